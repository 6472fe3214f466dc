"""Reads a policy from YAML; every error is one line with place and remedy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from assistant.app.digest_file import parse_digest
from assistant.app.hours_file import parse_hours, parse_zone
from assistant.app.proactive_file import (
    load_built_in_rules,
    parse_attributes,
    parse_proactive,
    parse_segments,
)
from assistant.app.sla_file import parse_sla
from assistant.domain.budgets import Budget, Budgets, Price, Prices
from assistant.domain.cases import CaseTrigger
from assistant.domain.conversation import Priority
from assistant.domain.errors import SetupError
from assistant.domain.hours import JAPAN, BusinessHours
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy
from assistant.domain.rehearsals import REHEARSAL_LIMITS
from assistant.domain.signals import TOPICS
from assistant.domain.surveys import ASSISTANT, PERSON, SurveyKind
from assistant.text.characters import clean_text

#: Counted in turns, people or seconds, not 0–1: the least and the most. Presence is written twice a minute.
COUNTS: Mapping[str, tuple[int, int]] = {
    "max_guided_turns": (1, 100),
    "max_failed_turns": (1, 100),
    "offer_again_turns": (1, 100),
    "queue_limit": (1, 100_000),
    "callback_slots": (0, 100),
    "presence_seconds": (60, 86_400),
    "case_due_hours": (1, 1_000),
}
#: A year.
MAX_MINUTES = 525_600
MAX_SURVEY_DAYS = 3_650
#: Of tokens or calls.
MAX_BUDGET = 10**12
#: Of a million tokens, in any currency.
MAX_PRICE = 1e9
MAX_HELPLINE_CHARACTERS = 500
#: What no policy leaves to the assistant alone.
ALWAYS_PEOPLE_ONLY = "harm"
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
NUMBERS = frozenset(field.name for field in fields(Policy) if field.type == "float")


def load_policy(path: Path | str | None, zone: str = JAPAN) -> Policy:
    """The policy of a file, merged over the built-in one; None: the built-in one.

    *zone*: used if it names none.
    """
    return parse_policy(load_policy_rows(path), str(path), build_default_policy(zone))


def build_default_policy(zone: str) -> Policy:
    proactive = ProactivePolicy(rules=load_built_in_rules())
    return Policy(zone=zone, hours=BusinessHours(zone=zone), proactive=proactive)


def load_policy_rows(path: Path | str | None) -> Mapping[str, Any]:
    """What a policy file sets, not yet checked but for being a mapping; None: nothing."""
    if path is None:
        return {}
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as error:
        raise SetupError(f"policy {path}: cannot be read ({error.strerror}); set ASSISTANT_POLICY") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupError(f"policy {path}: not YAML ({' '.join(str(error).split())[:120]})") from error
    return _parse_mapping(data or {}, str(path))


def parse_policy(data: object, where: str = "policy", base: Policy | None = None) -> Policy:
    rows, base = _parse_mapping(data, where), base or Policy()
    base = _apply_zone(rows, where, base)
    readers: dict[str, Callable[[object, str], Any]] = {
        "people_only": _parse_topics,
        "priorities": _parse_priorities,
        "zone": parse_zone,
        "hours": lambda value, at: parse_hours(value, at, base.zone),
        "budgets": _parse_budgets,
        "prices": _parse_prices,
        "helplines": lambda value, at: {**base.helplines, **_parse_helplines(value, at)},
        "waiting_news_minutes": lambda value, at: {**base.waiting_news_minutes, **_parse_minutes(value, at)},
        "sla": parse_sla,
        "proactive": lambda value, at: parse_proactive(value, at, base.proactive),
        "proactive_on": _parse_names,
        "segments": parse_segments,
        "attributes": parse_attributes,
        "surveys": _parse_surveys,
        "surveys_after": _parse_survey_owners,
        "cases": _parse_cases,
        "digest": parse_digest,
        "rehearsal": lambda value, at: {**base.rehearsal, **_parse_limits(value, at)},
        "idle_close_minutes": lambda value, at: {**base.idle_close_minutes, **_parse_minutes(value, at)},
        **dict.fromkeys(NUMBERS, _parse_fraction),
        **{name: partial(_parse_count, bounds=bounds) for name, bounds in COUNTS.items()},
    }
    channels = rows.pop("channels", None)
    if unknown := rows.keys() - readers.keys():
        raise SetupError(
            f"{where}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(readers))}"
        )
    values: dict[str, Any] = {key: readers[key](value, f"{where}: {key}") for key, value in rows.items()}
    policy = replace(base, **values)
    _check_order(policy, where)
    if channels is None:
        return policy
    own = _parse_mapping(channels, f"{where}: channels")
    return replace(
        policy,
        channels={name: parse_policy(row, f"{where}: channels.{name}", policy) for name, row in own.items()},
    )


def _apply_zone(rows: Mapping[str, Any], where: str, base: Policy) -> Policy:
    """*base* with the business's zone: `zone`, or that of the opening hours."""
    hours = rows.get("hours")
    named = rows.get("zone") or (hours.get("zone") if isinstance(hours, Mapping) else None)
    if named is None:
        return base
    zone = parse_zone(named, f"{where}: zone" if "zone" in rows else f"{where}: hours.zone")
    return replace(base, zone=zone, hours=replace(base.hours, zone=zone))


def _check_order(policy: Policy, where: str) -> None:
    rising = (policy.calm_frustration, policy.offer_frustration, policy.handoff_frustration)
    if list(rising) != sorted(rising):
        raise SetupError(
            f"{where}: calm_frustration, offer_frustration and handoff_frustration must rise, not {rising}"
        )
    known = {rule.name for rule in policy.proactive.rules}
    if unknown := policy.proactive_on - known:
        raise SetupError(
            f"{where}: proactive_on: there is no rule {min(unknown)!r}; there are {', '.join(sorted(known))}"
        )
    if policy.clarify_score > policy.answer_score:
        raise SetupError(f"{where}: clarify_score must not be above answer_score")


def _parse_mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SetupError(f"{where}: expected `key: value` lines, not {_format_value(value)}")
    return {str(key): row for key, row in value.items()}


def _parse_fraction(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SetupError(f"{where}: expected a number from 0 to 1, not {_format_value(value)}")
    return float(value)


def _parse_count(value: object, where: str, bounds: tuple[int, int]) -> int:
    least, most = bounds
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SetupError(
            f"{where}: expected a whole number from {least} to {most}, not {_format_value(value)}"
        )
    return value


def _parse_names(value: object, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SetupError(f"{where}: expected a list of names like [harm, legal], not {_format_value(value)}")
    return frozenset(value)


def _parse_topics(value: object, where: str) -> frozenset[str]:
    names = _parse_names(value, where)
    if unknown := names - TOPICS:
        raise SetupError(
            f"{where}: unknown topic {_format_value(min(unknown))}; known are {', '.join(sorted(TOPICS))}"
        )
    if ALWAYS_PEOPLE_ONLY not in names:
        raise SetupError(f"{where}: {ALWAYS_PEOPLE_ONLY} must stay; danger to life always goes to a person")
    return names


def _parse_helplines(value: object, where: str) -> dict[str, str]:
    """Language -> sentence, without invisible characters."""
    rows = _parse_mapping(value, where)
    found = {}
    for language, text in rows.items():
        if not LANGUAGE.fullmatch(language):
            raise SetupError(f"{where}: {_format_value(language)} is no language; write ja or en")
        sentence = clean_text(text) if isinstance(text, str) else ""
        if not 0 < len(sentence) <= MAX_HELPLINE_CHARACTERS:
            raise SetupError(
                f"{where}: {language} must be a sentence of 1 to {MAX_HELPLINE_CHARACTERS} characters, "
                f"not {_format_value(text)}"
            )
        found[language] = sentence
    return found


def _parse_minutes(value: object, where: str) -> dict[str, int]:
    """Channel -> minutes, 0 to a year."""
    rows = _parse_mapping(value, where)
    return {name: _parse_count(row, f"{where}.{name}", (0, MAX_MINUTES)) for name, row in rows.items()}


def _parse_surveys(value: object, where: str) -> dict[str, int]:
    """Kind -> days, 1 or more."""
    rows = _parse_mapping(value, where)
    if unknown := rows.keys() - set(SurveyKind):
        raise SetupError(f"{where}: unknown survey {sorted(unknown)[0]!r}; known are {', '.join(SurveyKind)}")
    return {name: _parse_count(days, f"{where}.{name}", (1, MAX_SURVEY_DAYS)) for name, days in rows.items()}


def _parse_limits(value: object, where: str) -> dict[str, float]:
    """Measure of a rehearsal -> share."""
    rows = _parse_mapping(value, where)
    if unknown := rows.keys() - REHEARSAL_LIMITS.keys():
        raise SetupError(f"{where}: unknown {min(unknown)!r}; known are {', '.join(REHEARSAL_LIMITS)}")
    return {name: _parse_fraction(row, f"{where}.{name}") for name, row in rows.items()}


def _parse_survey_owners(value: object, where: str) -> frozenset[str]:
    names = _parse_names(value, where)
    if unknown := names - {ASSISTANT, PERSON}:
        raise SetupError(f"{where}: unknown {sorted(unknown)[0]!r}; known are {ASSISTANT}, {PERSON}")
    return names


def _parse_cases(value: object, where: str) -> dict[str, float]:
    """Trigger -> threshold."""
    rows = _parse_mapping(value, where)
    if unknown := rows.keys() - set(CaseTrigger):
        raise SetupError(f"{where}: unknown {sorted(unknown)[0]!r}; known are {', '.join(CaseTrigger)}")
    for name, number in rows.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 10:
            raise SetupError(f"{where}.{name}: expected a number from 0 to 10, not {_format_value(number)}")
    return rows


def _parse_priorities(value: object, where: str) -> dict[str, str]:
    rows = _parse_mapping(value, where)
    for name, priority in rows.items():
        if priority not in list(Priority):
            raise SetupError(
                f"{where}: {name} must be one of {', '.join(Priority)}, not {_format_value(priority)}"
            )
    return rows


def _parse_budgets(value: object, where: str) -> Budgets:
    rows = _parse_mapping(value, where)
    known = [field.name for field in fields(Budgets)]
    if unknown := rows.keys() - set(known):
        raise SetupError(f"{where}: unknown budget {sorted(unknown)[0]!r}; known are {', '.join(known)}")
    return replace(
        Budgets(), **{name: _parse_budget(row, f"{where}.{name}", name) for name, row in rows.items()}
    )


def _parse_budget(value: object, where: str, name: str) -> Budget:
    rows = _parse_mapping(value, where)
    if unknown := rows.keys() - {"tokens", "calls"}:
        raise SetupError(f"{where}: unknown key {sorted(unknown)[0]!r}; known are calls, tokens")
    for key, number in rows.items():
        _parse_count(number, f"{where}.{key}", (0, MAX_BUDGET))
    budget: Budget = getattr(Budgets(), name)
    return replace(budget, **rows)


def _parse_prices(value: object, where: str) -> Prices:
    return Prices(
        models={
            name: _parse_price(row, f"{where}.{name}") for name, row in _parse_mapping(value, where).items()
        }
    )


def _parse_price(value: object, where: str) -> Price:
    rows = _parse_mapping(value, where)
    if rows.keys() != {"input", "output"} or not all(
        isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= MAX_PRICE
        for number in rows.values()
    ):
        raise SetupError(f"{where}: expected input and output, each the price of a million tokens")
    return Price(input=float(rows["input"]), output=float(rows["output"]))


def _format_value(value: object) -> str:
    return repr(value)[:60]
