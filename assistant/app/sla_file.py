"""Parses the service level agreements of a policy; every error is one line with a remedy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from assistant.domain.conversation import Priority
from assistant.domain.errors import SetupError
from assistant.domain.sla import Metric, SlaRule
from assistant.text.characters import clean_line

MAX_RULES = 50
MAX_NAME_CHARACTERS = 60
#: Three months of every hour.
MAX_TARGET_MINUTES = 90 * 24 * 60
KEYS = tuple(field.name for field in fields(SlaRule))
SCOPES = ("priority", "team", "channel")


def parse_sla(value: object, where: str) -> tuple[SlaRule, ...]:
    """A list of rules; the first that applies to a conversation holds."""
    if not isinstance(value, list) or len(value) > MAX_RULES:
        raise SetupError(f"{where}: expected a list of at most {MAX_RULES} rules, not {_format(value)}")
    rules = tuple(_parse_rule(row, f"{where}[{at}]") for at, row in enumerate(value, 1))
    names = [rule.name for rule in rules]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SetupError(f"{where}: two rules are called {twice!r}; name them differently")
    return rules


def format_sla(rules: Sequence[SlaRule]) -> list[dict[str, Any]]:
    """Rules as a policy file has them."""
    return [{key: value for key, value in asdict(rule).items() if value is not None} for rule in rules]


def _parse_rule(value: object, where: str) -> SlaRule:
    if not isinstance(value, Mapping):
        raise SetupError(f"{where}: expected `key: value` lines, not {_format(value)}")
    row = {str(key): each for key, each in value.items() if each is not None and each != ""}
    if unknown := row.keys() - set(KEYS):
        raise SetupError(f"{where}: unknown key {min(unknown)!r}; known are {', '.join(KEYS)}")
    for key in ("name", *SCOPES):
        if key in row or key == "name":
            row[key] = _parse_name(row.get(key), f"{where}: {key}")
    if row.get("priority", Priority.NORMAL) not in list(Priority):
        raise SetupError(
            f"{where}: priority must be one of {', '.join(Priority)}, not {_format(row['priority'])}"
        )
    if not isinstance(row.get("around_the_clock", False), bool):
        raise SetupError(f"{where}: around_the_clock must be true or false")
    targets = [metric for metric in Metric if metric in row]
    if not targets:
        raise SetupError(f"{where}: set first_reply, next_reply or resolution, in minutes")
    for metric in targets:
        _check_minutes(row[metric], f"{where}: {metric}")
    return SlaRule(**row)


def _parse_name(value: object, where: str) -> str:
    """A name in one line, without invisible characters."""
    name = clean_line(value) if isinstance(value, str) else ""
    if not 0 < len(name) <= MAX_NAME_CHARACTERS:
        raise SetupError(f"{where} must be 1 to {MAX_NAME_CHARACTERS} characters, not {_format(value)}")
    return name


def _check_minutes(value: object, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_TARGET_MINUTES:
        raise SetupError(
            f"{where}: expected whole minutes from 1 to {MAX_TARGET_MINUTES}, not {_format(value)}"
        )


def _format(value: object) -> str:
    return repr(value)[:60]
