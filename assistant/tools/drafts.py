"""The file of an imported tool, a draft for the operator to review; what its source says is hostile."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from assistant.conversation.actions.action_replies import clean_line
from assistant.conversation.templates import render_template
from assistant.domain.actions import Effect, IdentityLevel
from assistant.domain.markdown import escape_markdown
from assistant.domain.tool_sources import ArgumentKind, RemoteArgument
from assistant.domain.unicode_forms import replace_unprintable
from assistant.tools.catalogue import LANGUAGES, NAMELESS

HEADER = """\
# Imported from {source}. Read all of it before customers meet it: effect, min_identity, what is asked and
# said (ja and en), which fields of a result are shown. Then set `reviewed: true`; until then it is not used.
"""
MAX_LABEL_CHARACTERS = 60
MAX_NAME_CHARACTERS = 48
MAX_DESCRIPTION_CHARACTERS = 1_000
MAX_SOURCE_CHARACTERS = 120
MAX_WORDS = 6
MAX_RESULT_FIELDS = 8
MAX_TEXT_CHARACTERS = 200
TIMEOUT_SECONDS = 8
#: A pattern that nothing fits: the operator knows a better one.
NOTHING = "(?!)"
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-鿿]")
WORDS = {"ja": re.compile(r"[ァ-ヶー一-鿿]{2,}"), "en": re.compile(r"\b[A-Za-z]{4,}\b")}
#: Words of purposes that name nothing.
COMMON_WORDS = re.compile(
    "with|from|this|that|your|their|given|specified|details?|returns?|single|list|update|create|post|data"
    "|by|information|取得|情報|更新|作成|登録|一覧|指定",
    re.I,
)
#: Descriptions may have HTML.
TAG = re.compile(r"<[^<>]{0,200}>")
#: Patterns that cost no time: classes and digits with fixed counts.
SAFE_PATTERN = re.compile(r"\^?((?:(?:\[[A-Z0-9\-]+\]|\\d|[A-Z0-9_-])(?:\{\d{1,2}(?:,\d{1,2})?\})?)+)\$?")
STRING_PATTERNS = {
    ArgumentKind.INTEGER: "-?[0-9]{1,15}",
    ArgumentKind.NUMBER: r"-?[0-9]{1,12}(\.[0-9]{1,6})?",
}


class Unusable(Exception):
    """Why an operation cannot be a tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArgument:
    """An argument that the operation needs."""

    slot: str
    remote: RemoteArgument
    label: str
    choices: Sequence[str] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOperation:
    """What another system offers, in its words."""

    name: str
    purpose: str
    effect: Effect
    arguments: Sequence[SourceArgument]
    #: Field of a result -> text, date or list.
    result_fields: Mapping[str, str] = field(default_factory=dict)
    #: Field -> label.
    result_labels: Mapping[str, str] = field(default_factory=dict)
    min_identity: IdentityLevel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The operator's word on a tool; None: as it is imported."""

    effect: Effect | None = None
    min_identity: IdentityLevel | None = None


class _DraftDumper(yaml.SafeDumper):
    """Files that people edit: lines as lines, and the same text twice where it stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_DraftDumper.add_representer(str, _represent_text)


def build_name(text: str) -> str:
    """A name of a file and of a placeholder, whatever *text* is; empty where nothing of it can be one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text[:200])
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")[:MAX_NAME_CHARACTERS].strip("_")
    return f"n_{name}" if name[:1].isdigit() else name


def build_label(*texts: object) -> str:
    """The first of *texts* that says something, in a line."""
    for text in texts:
        if isinstance(text, str) and (line := clean_line(TAG.sub(" ", text[:MAX_DESCRIPTION_CHARACTERS]))):
            return line[:MAX_LABEL_CHARACTERS].strip()
    return ""


def classify_operation(operation: SourceOperation, classes: Mapping[str, Classification]) -> SourceOperation:
    """*operation* as the operator classifies it; Unusable for a read that tells nothing."""
    own = classes.get(operation.name, Classification())
    effect = own.effect or operation.effect
    if effect is Effect.READ and not operation.result_fields:
        raise Unusable("its answer has no fields that could be shown")
    return replace(operation, effect=effect, min_identity=own.min_identity)


def render_draft(operation: SourceOperation, source: str, block: Mapping[str, Any]) -> str:
    """The YAML file; *block*: how it is called, by the name of its key."""
    is_write = operation.effect is not Effect.READ
    words = {language: _build_words(operation.purpose, language) for language in LANGUAGES}
    data: dict[str, Any] = {
        "name": operation.name,
        "reviewed": False,
        "effect": operation.effect.value,
        "min_identity": int(operation.min_identity or (3 if is_write else 2)),
        "purpose": dict.fromkeys(LANGUAGES, operation.purpose),
        "subject": operation.arguments[0].slot,
        "timeout_seconds": TIMEOUT_SECONDS,
        **block,
        "schema": _build_schema(operation),
        "slots": [_build_slot(one) for one in operation.arguments],
    }
    if is_write:
        data["confirm"] = {language: _render_effect(operation, language) for language in LANGUAGES}
        data["consent_words"] = words
    data["result_fields"] = dict(operation.result_fields)
    data["results"] = _build_results(operation, is_write=is_write)
    data |= {
        "words": words,
        "unless": dict.fromkeys(LANGUAGES, NOTHING),
        "examples": {language: [operation.purpose] for language in LANGUAGES},
        "contrast": {
            language: [render_template("tool_about", language, purpose=operation.purpose)]
            for language in LANGUAGES
        },
    }
    text = yaml.dump(data, Dumper=_DraftDumper, allow_unicode=True, sort_keys=False, width=110)
    named = " ".join(replace_unprintable(source, " ").split())[:MAX_SOURCE_CHARACTERS]
    return HEADER.format(source=named) + text


def build_argument_block(arguments: Sequence[SourceArgument], *, has_places: bool) -> dict[str, Any]:
    """Slot -> how the other side calls it."""
    rows = {}
    for one in arguments:
        row = {"name": one.remote.name, "type": one.remote.kind.value}
        rows[one.slot] = row | ({"in": one.remote.place.value} if has_places else {})
    return rows


def select_safe_pattern(pattern: object) -> str:
    """A pattern for what customers write, or empty: one from outside may take forever."""
    found = SAFE_PATTERN.fullmatch(pattern) if isinstance(pattern, str) and len(pattern) <= 80 else None
    return found[1] if found else ""


def _build_schema(operation: SourceOperation) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [one.slot for one in operation.arguments],
        "additionalProperties": False,
        "properties": {one.slot: _build_property(one) for one in operation.arguments},
    }


def _build_property(one: SourceArgument) -> dict[str, Any]:
    if one.choices:
        return {"type": "string", "enum": list(one.choices)}
    pattern = one.pattern or STRING_PATTERNS.get(one.remote.kind, "")
    limits = {"pattern": f"^{pattern}$"} if pattern else {"minLength": 1}
    return {"type": "string", **limits, "maxLength": MAX_TEXT_CHARACTERS}


def _build_slot(one: SourceArgument) -> dict[str, Any]:
    pattern = one.pattern or STRING_PATTERNS.get(one.remote.kind, "")
    row: dict[str, Any] = {"name": one.slot, "kind": "text"}
    if one.choices:
        row["kind"] = "choice"
        row["choices"] = {value: _name_choice(one, value) for value in one.choices}
    elif pattern:
        row |= {"kind": "number", "pattern": pattern}
    for key, situation in (("ask", "tool_ask"), ("ask_again", "tool_ask_again")):
        row[key] = {
            language: render_template(situation, language, label=escape_markdown(one.label))
            for language in LANGUAGES
        }
    return row


def _name_choice(one: SourceArgument, value: str) -> dict[str, str]:
    if one.remote.kind is ArgumentKind.BOOLEAN:
        situation = "tool_yes" if value == "true" else "tool_no"
        return {language: render_template(situation, language) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, value)


def _render_effect(operation: SourceOperation, language: str) -> str:
    lines = "\n".join(f"- {_escape(one.label)}: ${{{one.slot}}}" for one in operation.arguments)
    return render_template("tool_confirm", language, purpose=_escape(operation.purpose), lines=lines)


def _build_results(operation: SourceOperation, *, is_write: bool) -> list[dict[str, Any]]:
    """A change is done; of a read a line for each field."""
    if is_write:
        return [{"when": {}} | {language: render_template("action_done", language) for language in LANGUAGES}]
    labels = operation.result_labels
    lines = "\n".join(f"- {_escape(labels[name])}: ${{{name}}}" for name in operation.result_fields)
    return [
        {"when": {}}
        | {language: render_template("tool_result", language, lines=lines) for language in LANGUAGES}
    ]


def _build_words(purpose: str, language: str) -> str:
    """The words of a purpose that may name it, as a pattern."""
    found = [
        word
        for word in dict.fromkeys(WORDS[language].findall(purpose))
        if not COMMON_WORDS.fullmatch(word) and word.lower() not in NAMELESS
    ]
    joined = "|".join(word.lower() for word in found[:MAX_WORDS])
    if not joined or len(joined) > MAX_TEXT_CHARACTERS - 10:
        return NOTHING
    return joined if language == "ja" else rf"\b(?:{joined})\b"


def _escape(text: str) -> str:
    """*text* inside a sentence: no Markdown and no placeholder of its own."""
    return escape_markdown(text).replace("$", "$$")
