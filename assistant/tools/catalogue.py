"""Reads tools from YAML; every error is one line with file and remedy."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import jsonschema
import yaml

from assistant.conversation.templates import LANGUAGES as SPOKEN
from assistant.domain.actions import Effect, IdentityLevel, ResultTemplate, Slot, SlotKind, Tool
from assistant.domain.errors import BadInput, SetupError
from assistant.plugins import TOOLS, list_plugins, load_plugin
from assistant.tools.source_blocks import check_source, parse_source

#: Written for every tool; what a tool has in no other language is asked in English there.
LANGUAGES = ("ja", "en")
FURTHER_LANGUAGES = tuple(language for language in SPOKEN if language not in LANGUAGES)
FIELD_KINDS = ("text", "date", "list")
#: A call may take so long at most; a customer waits for it.
MAX_TIMEOUT_SECONDS = 20.0
MAX_TOOLS = 50
MAX_CONSENT_WORDS_CHARACTERS = 200
#: Words that name nothing: they keep their meaning in every yes and no.
NAMELESS = (
    "はい",
    "いいえ",
    "やめます",
    "待って",
    "でも",
    "yes",
    "no",
    "wait",
    "but",
    "don't",
    "if",
    "not",
    "x",
)


def load_tools(folder: Path) -> Mapping[str, Tool]:
    """The tools of a folder by name that were reviewed; SetupError for the first that cannot be used."""
    tools = load_all_tools(folder)
    return {name: tool for name, tool in tools.items() if tool.is_reviewed}


def load_all_tools(folder: Path) -> Mapping[str, Tool]:
    """As `load_tools`, with those that nobody has reviewed yet."""
    if not folder.is_dir():
        raise SetupError(f"tools {folder}: no such folder; set ASSISTANT_TOOLS")
    files = sorted(folder.glob("*.yaml"))
    if len(files) > MAX_TOOLS:
        raise SetupError(f"tools {folder}: more than {MAX_TOOLS} files")
    tools = [load_tool(file) for file in files]
    return {tool.name: tool for tool in tools}


def add_plugged_tools(tools: Mapping[str, Tool]) -> Mapping[str, Tool]:
    """*tools* and those of the packages that plug-ins name; SetupError where two have one name."""
    found = dict(tools)
    for name in list_plugins(TOOLS):
        more = load_tools(Path(str(files(load_plugin(TOOLS, name)))))
        if twice := sorted(found.keys() & more.keys()):
            raise SetupError(f"tools of the plug-in {name}: there is another tool {twice[0]!r}")
        found |= more
    return found


def check_arguments(tool: Tool, arguments: Mapping[str, str]) -> None:
    """BadInput unless the arguments fit the tool's schema."""
    try:
        jsonschema.validate(dict(arguments), dict(tool.schema))
    except jsonschema.ValidationError as error:
        # Not error.message: it quotes what the customer wrote.
        where = ".".join(map(str, error.absolute_path)) or "arguments"
        raise BadInput(f"{tool.name}: {where} does not fit ({error.validator})") from error


def load_tool(file: Path) -> Tool:
    """The tool of a file; SetupError with its first mistake."""
    where = f"tools {file.name}"
    try:
        data = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupError(f"{where}: not YAML ({' '.join(str(error).split())[:120]})") from error
    try:
        tool = _parse_tool(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SetupError(f"{where}: {type(error).__name__} at {str(error)[:120]}") from error
    if tool.name != file.stem:
        raise SetupError(f"{where}: name is {tool.name!r}; give the file the same name")
    _check_tool(tool, where)
    return tool


def _parse_tool(data: Mapping[str, Any]) -> Tool:
    return Tool(
        name=data["name"],
        effect=Effect(data["effect"]),
        min_identity=_parse_level(data["min_identity"]),
        purpose=_parse_texts(data["purpose"]),
        examples=_parse_lists(data["examples"]),
        contrast=_parse_lists(data["contrast"]),
        words=_parse_texts(data["words"]),
        unless=_parse_texts(data["unless"]),
        schema=data["schema"],
        slots=tuple(_parse_slot(row) for row in data["slots"]),
        confirm=_parse_texts(data["confirm"]) if "confirm" in data else {},
        consent_words=_parse_texts(data["consent_words"]) if "consent_words" in data else {},
        results=tuple(_parse_result(row) for row in data["results"]),
        refusals={code: _parse_texts(row) for code, row in data.get("refusals", {}).items()},
        result_fields=dict(data["result_fields"]),
        timeout_seconds=float(data["timeout_seconds"]),
        subject=data["subject"],
        source=parse_source(data),
        is_reviewed=_parse_review(data.get("reviewed", True)),
    )


def _parse_review(value: object) -> bool:
    """ValueError for anything but true and false: `reviewed: no!` is no yes."""
    if not isinstance(value, bool):
        raise ValueError(f"reviewed is true or false, not {value!r}")
    return value


def _parse_level(value: int) -> IdentityLevel:
    """ValueError below the level at which an order's data may be told."""
    if value not in tuple(IdentityLevel) or value < IdentityLevel.CHANNEL_PROVEN:
        raise ValueError(f"min_identity is 2, 3 or 4 (no order's data is told below 2), not {value!r}")
    return IdentityLevel(value)


def _parse_slot(row: Mapping[str, Any]) -> Slot:
    return Slot(
        name=row["name"],
        kind=SlotKind(row["kind"]),
        ask=_parse_texts(row["ask"]),
        ask_again=_parse_texts(row["ask_again"]),
        pattern=row.get("pattern", ""),
        asked_pattern=row.get("asked_pattern", ""),
        format=row.get("format", ""),
        choices={value: _parse_texts(labels) for value, labels in row.get("choices", {}).items()},
        choice_words=dict(row.get("choice_words", {})),
        default_choice=row.get("default_choice", ""),
    )


def _parse_result(row: Mapping[str, Any]) -> ResultTemplate:
    when = {name: str(value) for name, value in row["when"].items()}
    return ResultTemplate(when=when, text=_parse_texts(row))


def _parse_texts(row: Mapping[str, Any]) -> dict[str, str]:
    texts = {language: str(row[language]) for language in LANGUAGES}
    return texts | {language: str(row.get(language, texts["en"])) for language in FURTHER_LANGUAGES}


def _parse_lists(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    lists = {language: tuple(str(text) for text in row[language]) for language in LANGUAGES}
    further = {language: row.get(language, ()) for language in FURTHER_LANGUAGES}
    return lists | {language: tuple(map(str, texts)) for language, texts in further.items()}


def _check_tool(tool: Tool, where: str) -> None:
    """What would go wrong only once a customer is there."""
    try:
        jsonschema.Draft202012Validator.check_schema(dict(tool.schema))
    except jsonschema.SchemaError as error:
        raise SetupError(f"{where}: schema: {error.message[:120]}") from error
    slots = {slot.name for slot in tool.slots}
    if slots != set(tool.schema.get("properties", {})):
        raise SetupError(f"{where}: slots and the schema's properties must have the same names")
    if tool.subject not in slots:
        raise SetupError(f"{where}: subject {tool.subject!r} is no slot")
    if tool.is_write and not (tool.confirm and tool.consent_words):
        raise SetupError(f"{where}: a tool that changes something needs `confirm` and `consent_words`")
    _check_patterns(tool, where)
    check_source(tool, where)
    if not 0 < tool.timeout_seconds <= MAX_TIMEOUT_SECONDS:
        raise SetupError(f"{where}: timeout_seconds is above 0 and at most {MAX_TIMEOUT_SECONDS:.0f}")
    if unknown := set(tool.result_fields.values()) - set(FIELD_KINDS):
        raise SetupError(f"{where}: result_fields are {', '.join(FIELD_KINDS)}, not {sorted(unknown)[0]!r}")
    known = slots | set(tool.result_fields)
    for text in (*tool.confirm.values(), *(text for row in tool.results for text in row.text.values())):
        template = Template(text)
        if not template.is_valid() or not set(template.get_identifiers()) <= known:
            raise SetupError(f"{where}: a sentence has a hole that is no slot and no result field: {text!r}")


def _check_patterns(tool: Tool, where: str) -> None:
    patterns = [*tool.words.values(), *tool.unless.values(), *tool.consent_words.values()]
    for slot in tool.slots:
        patterns += [slot.pattern, slot.asked_pattern, *slot.choice_words.values()]
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise SetupError(f"{where}: {pattern!r} is no pattern ({error})") from error
    for pattern in tool.consent_words.values():
        if len(pattern) > MAX_CONSENT_WORDS_CHARACTERS:
            raise SetupError(
                f"{where}: consent_words have at most {MAX_CONSENT_WORDS_CHARACTERS} characters a language"
            )
        if any(re.search(pattern, text, re.IGNORECASE) for text in ("", *NAMELESS)):
            raise SetupError(f"{where}: consent_words {pattern!r} fit words that do not name the tool")
