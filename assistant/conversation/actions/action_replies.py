"""What is said while something is done for a customer; results of the business's system are hostile text."""

import re
from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from assistant.conversation.actions.slot_values import format_value
from assistant.conversation.templates import render_template as words
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.actions import ActionFlow, Asking, Effect, Slot, SlotKind, Tool
from assistant.domain.markdown import escape_markdown
from assistant.domain.messages import Button, Reply
from assistant.domain.unicode_forms import fold_compatibility, replace_unprintable

#: Characters of one field of a result, and items of a list in it.
MAX_FIELD_CHARACTERS = 200
MAX_ITEMS = 10
#: An address would be made a link.
LINK = re.compile(r"(?i)\b(?:https?|ftp|javascript|data|mailto)\s*:\S*|\bwww\.\S+")
#: Inside a bare host name, which would be made one as well; a space after it ends that.
HOST_DOT = re.compile(r"(?<=\w)(?:\.(?=[^\W\d_]{2})|。(?=[A-Za-z]{2}))")


def clean_text(value: str) -> str:
    """One line of plain words, safe inside Markdown."""
    return escape_markdown(clean_line(value))


def clean_line(value: str) -> str:
    """One line of plain words without anything that becomes a link."""
    text = value[: 4 * MAX_FIELD_CHARACTERS]
    folded = fold_compatibility(text)
    if LINK.search(folded) or HOST_DOT.search(folded):  # else its full-width characters stay as they are
        text = HOST_DOT.sub(r"\g<0> ", LINK.sub("", folded))
    return " ".join(replace_unprintable(text, " ").split())[:MAX_FIELD_CHARACTERS]


def select_fields(tool: Tool, result: Mapping[str, Any], language: str) -> dict[str, str]:
    """The allowed fields of a result, as they are said; everything else is dropped."""
    found = {}
    for name, kind in tool.result_fields.items():
        value = result.get(name)
        if isinstance(value, dict):  # by language
            value = value.get(language)
        if isinstance(value, list):
            value = [clean_text(str(item)) for item in value[:MAX_ITEMS] if isinstance(item, str | int)]
            found[name] = format_value(kind, value, language)
        elif value is not None:
            found[name] = clean_text(format_value(kind, value, language))
    return {name: value for name, value in found.items() if value}


def describe_arguments(tool: Tool, values: Mapping[str, str], language: str) -> dict[str, str]:
    """The arguments as the customer knows them: a choice by its label."""
    shown = {}
    for slot in tool.slots:
        if slot.name in values:
            value = values[slot.name]
            shown[slot.name] = clean_text(slot.choices.get(value, {}).get(language, value))
    return shown


def render_result(
    tool: Tool, values: Mapping[str, str], result: Mapping[str, Any], language: str
) -> str | None:
    """The first sentence whose conditions hold and whose holes can be filled; None: there is none."""
    known = describe_arguments(tool, values, language) | select_fields(tool, result, language)
    for template in tool.results:
        if all(str(result.get(name)) == value for name, value in template.when.items()):
            sentence = Template(template.text[language])
            if set(sentence.get_identifiers()) <= known.keys():
                return sentence.substitute(known)
    return None


def render_effect(
    tool: Tool, values: Mapping[str, str], preview: Mapping[str, Any], language: str
) -> str | None:
    """What exactly a yes will do; None where the preview does not tell all of it."""
    known = describe_arguments(tool, values, language) | select_fields(tool, preview, language)
    sentence = Template(tool.confirm[language])
    if not set(sentence.get_identifiers()) <= known.keys():
        return None
    effect = sentence.substitute(known)
    is_final = tool.effect is Effect.IRREVERSIBLE
    return f"{words('action_irreversible', language)}\n{effect}" if is_final else effect


def render_refusal(tool: Tool, code: str, language: str) -> str:
    refusal = tool.refusals.get(code)
    return refusal[language] if refusal else words("action_refused", language)


def build_question(tool: Tool, flow: ActionFlow, *, is_again: bool = False) -> Reply:
    """The one question that is open, with a way out and a person."""
    language = flow.language
    if flow.asking == Asking.PROOF:
        text = words("action_proof_again" if is_again else "action_ask_proof", language)
        return build_reply(text, language)
    if flow.asking == Asking.CODE:
        text = words("action_code_again" if is_again else "action_ask_code", language)
        return build_reply(text, language)
    slot = tool.get_slot(flow.asking)
    text = (slot.ask_again if is_again else slot.ask)[language]
    return build_reply(text, language, _list_choices(slot, language))


def build_reply(text: str, language: str, choices: Sequence[Button] = (), *, can_stop: bool = True) -> Reply:
    stop = words("button_stop", language)
    ways = [Button(label=stop, value=stop)] if can_stop else []
    return Reply(text=text, language=language, buttons=(*choices, *ways, build_person_button(language)))


def build_confirmation(effect: str, language: str, first: str = "") -> Reply:
    text = f"{first}\n\n{effect}" if first else effect
    buttons = [words(name, language) for name in ("button_yes", "button_no")]
    choices = [Button(label=label, value=label) for label in buttons]
    return build_reply(text, language, choices, can_stop=False)


def _list_choices(slot: Slot, language: str) -> list[Button]:
    if slot.kind is not SlotKind.CHOICE:
        return []
    labels = [labels[language] for labels in slot.choices.values()]
    return [Button(label=label, value=label) for label in labels]
