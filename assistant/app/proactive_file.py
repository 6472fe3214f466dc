"""Parses proactive rules, segments and attributes of a policy; every error is one line with a remedy."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation.templates import LANGUAGES
from assistant.domain.consents import Purpose
from assistant.domain.conversation import Priority
from assistant.domain.customer_data import AttributeRule
from assistant.domain.errors import BadInput, SetupError
from assistant.domain.proactive import ProactivePolicy, ProactiveRule
from assistant.domain.segments import SCORES, SegmentRule, parse_range
from assistant.text.characters import clean_text

BUILT_IN = Path(__file__).with_name("proactive_rules.yaml")
MAX_RULES = 100
MAX_NAME_CHARACTERS = 60
MAX_TEXT_CHARACTERS = 900
MAX_HOURS = 24 * 365
MAX_COUNT = 1_000_000
RULE_KEYS = {
    "name", "events", "purpose", "template", "texts", "delay_hours", "from_promise", "window_hours",
    "statuses", "segments", "holdout", "survey",
}  # fmt: skip
LIMIT_KEYS = {field.name for field in fields(ProactivePolicy)}
SURVEYS = ("", "ces")


@cache
def load_built_in_rules() -> tuple[ProactiveRule, ...]:
    rows = yaml.safe_load(BUILT_IN.read_text("utf-8"))
    return tuple(_parse_rule(row, f"{BUILT_IN.name}[{at}]") for at, row in enumerate(rows, 1))


def parse_proactive(value: object, where: str, base: ProactivePolicy) -> ProactivePolicy:
    """Limits over those of *base*; a rule replaces the one of its name, or comes after the others."""
    rows = _parse_mapping(value, where, LIMIT_KEYS)
    rules = {rule.name: rule for rule in base.rules}
    for at, row in enumerate(_parse_list(rows.get("rules", []), f"{where}.rules"), 1):
        rule = _parse_rule(row, f"{where}.rules[{at}]")
        rules[rule.name] = rule
    readers: dict[str, Callable[[object, str], Any]] = {
        "quiet_from": _parse_clock,
        "quiet_until": _parse_clock,
        "per_day": lambda row, at: {**base.per_day, **_parse_counts(row, at, set(Purpose))},
        "per_week": lambda row, at: {**base.per_week, **_parse_counts(row, at, set(Purpose))},
        "per_hour": lambda row, at: _parse_number(row, at, MAX_COUNT, whole=True),
        "quotas": lambda row, at: _parse_counts(row, at, None),
        "quota_reserve": lambda row, at: _parse_number(row, at, 1),
    }
    values = {key: readers[key](row, f"{where}.{key}") for key, row in rows.items() if key != "rules"}
    return replace(base, rules=tuple(rules.values()), **values)


def parse_segments(value: object, where: str) -> tuple[SegmentRule, ...]:
    rules = tuple(
        _parse_segment(row, f"{where}[{at}]") for at, row in enumerate(_parse_list(value, where), 1)
    )
    if len({rule.name for rule in rules}) < len(rules):
        raise SetupError(f"{where}: two segments have one name; name them differently")
    return rules


def parse_attributes(value: object, where: str) -> dict[str, AttributeRule]:
    """Key of a fact -> what it is kept for, and how long."""
    found = {}
    for key, row in _parse_mapping(value, where, None).items():
        rows = _parse_mapping(row, f"{where}.{key}", {"purpose", "keep_days"})
        purpose = _parse_text(rows.get("purpose"), f"{where}.{key}.purpose", 200)
        days = rows.get("keep_days")
        keep = (
            None if days is None else int(_parse_number(days, f"{where}.{key}.keep_days", 36_500, whole=True))
        )
        found[key] = AttributeRule(purpose=purpose, keep_days=keep)
    return found


def _parse_rule(value: object, where: str) -> ProactiveRule:
    row = _parse_mapping(value, where, RULE_KEYS)
    purpose, survey, template = row.get("purpose"), row.get("survey", ""), row.get("template", "")
    if purpose not in list(Purpose):
        raise SetupError(f"{where}: purpose must be one of {', '.join(Purpose)}, not {purpose!r:.60}")
    if survey not in SURVEYS:
        raise SetupError(f"{where}: survey may be ces, not {survey!r:.60}")
    texts = {
        name: _parse_text(text, f"{where}.texts.{name}", MAX_TEXT_CHARACTERS)
        for name, text in _parse_mapping(row.get("texts", {}), f"{where}.texts", None).items()
    }
    if not texts and template not in LANGUAGES["en"]:
        raise SetupError(f"{where}: write texts: {{ja: …, en: …}}, or name a template of ours")
    events = _parse_names(row.get("events"), f"{where}.events")
    if not events:
        raise SetupError(f"{where}: name the events, such as [order.shipped]")
    return ProactiveRule(
        name=_parse_text(row.get("name"), f"{where}.name", MAX_NAME_CHARACTERS),
        events=events,
        purpose=Purpose(purpose),
        template="" if texts else template,
        texts=texts,
        delay=_parse_hours(row.get("delay_hours", 0), f"{where}.delay_hours"),
        from_promise=row.get("from_promise", False) is True,
        window=_parse_hours(row.get("window_hours", 24), f"{where}.window_hours"),
        statuses=_parse_names(row.get("statuses", []), f"{where}.statuses"),
        segments=_parse_names(row.get("segments", []), f"{where}.segments"),
        holdout=_parse_number(row.get("holdout", 0), f"{where}.holdout", 1),
        survey=survey,
    )


def _parse_segment(value: object, where: str) -> SegmentRule:
    row = _parse_mapping(value, where, {"name", "owner", "title", "when", "priority"})
    when = _parse_mapping(row.get("when"), f"{where}.when", set(SCORES))
    try:
        ranges = {name: parse_range(each) for name, each in when.items()}
    except BadInput as error:
        raise SetupError(f"{where}.when: {error}") from error
    if not ranges or row.get("priority", "") not in ("", *Priority):
        raise SetupError(f"{where}: it needs when: {{recency: 4+}}, and a priority of {', '.join(Priority)}")
    title = _parse_mapping(row.get("title", {}), f"{where}.title", None)
    return SegmentRule(
        name=_parse_text(row.get("name"), f"{where}.name", MAX_NAME_CHARACTERS),
        owner=_parse_text(row.get("owner"), f"{where}.owner", 255),
        title={key: _parse_text(text, f"{where}.title.{key}", 80) for key, text in title.items()},
        when=ranges,
        priority=row.get("priority", ""),
    )


def _parse_mapping(value: object, where: str, known: set[str] | None) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SetupError(f"{where}: expected `key: value` lines, not {value!r:.60}")
    unknown = value.keys() - (value.keys() if known is None else known)
    if unknown:
        raise SetupError(
            f"{where}: unknown key {min(map(str, unknown))!r}; known are {', '.join(sorted(known or ()))}"
        )
    return {str(key): row for key, row in value.items()}


def _parse_list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_RULES:
        raise SetupError(f"{where}: expected a list of at most {MAX_RULES}, not {value!r:.60}")
    return value


def _parse_names(value: object, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SetupError(f"{where}: expected a list of names, not {value!r:.60}")
    return frozenset(value)


def _parse_text(value: object, where: str, most: int) -> str:
    text = clean_text(value).strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= most:
        raise SetupError(f"{where}: write 1 to {most} characters, not {value!r:.60}")
    return text


def _parse_clock(value: object, where: str) -> str:
    hour, _, minute = str(value).partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and len(minute) == 2 and int(minute) < 60):
        raise SetupError(f'{where}: write a time as "21:00", not {value!r:.60}')
    return f"{int(hour):02}:{minute}"


def _parse_hours(value: object, where: str) -> timedelta:
    return timedelta(hours=_parse_number(value, where, MAX_HOURS))


def _parse_number(value: object, where: str, most: float, *, whole: bool = False) -> Any:
    kinds = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value <= most:
        raise SetupError(f"{where}: expected a number from 0 to {most}, not {value!r:.60}")
    return value


def _parse_counts(value: object, where: str, known: set[Any] | None) -> dict[str, int]:
    rows = _parse_mapping(value, where, known)
    return {name: _parse_number(row, f"{where}.{name}", MAX_COUNT, whole=True) for name, row in rows.items()}
