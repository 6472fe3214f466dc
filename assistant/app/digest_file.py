"""Reads when and to whom the weekly digest goes."""

import re
from collections.abc import Mapping
from typing import Any

from assistant.domain.digest import DigestRules
from assistant.domain.errors import SetupError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}")
MAX_RECIPIENTS = 20


def parse_digest(value: object, where: str) -> DigestRules:
    """``{to: [a@b.example], weekday: mon, hour: 9, language: ja}``; what is missing is as built in."""
    if not isinstance(value, Mapping):
        raise SetupError(f"{where}: expected to, weekday, hour and language")
    rules = DigestRules()
    rest = dict(value)
    to, day = rest.pop("to", list(rules.to)), rest.pop("weekday", WEEKDAYS[rules.weekday])
    hour, language = rest.pop("hour", rules.hour), rest.pop("language", rules.language)
    if rest:
        raise SetupError(
            f"{where}: unknown key {min(map(str, rest))!r}; known are hour, language, to, weekday"
        )
    if not isinstance(to, list) or not all(isinstance(one, str) and ADDRESS.fullmatch(one) for one in to):
        raise SetupError(f"{where}.to: expected a list of e-mail addresses")
    if len(to) > MAX_RECIPIENTS:
        raise SetupError(f"{where}.to: at most {MAX_RECIPIENTS} addresses")
    if day not in WEEKDAYS:
        raise SetupError(f"{where}.weekday: expected one of {', '.join(WEEKDAYS)}")
    if isinstance(hour, bool) or not isinstance(hour, int) or not 0 <= hour <= 23:
        raise SetupError(f"{where}.hour: expected a whole number from 0 to 23")
    if language not in ("ja", "en"):
        raise SetupError(f"{where}.language: expected ja or en")
    return DigestRules(to=tuple(to), weekday=WEEKDAYS.index(day), hour=hour, language=language)


def format_digest(rules: DigestRules) -> Mapping[str, Any]:
    """As a policy file has it."""
    day = WEEKDAYS[rules.weekday]
    return {"to": list(rules.to), "weekday": day, "hour": rules.hour, "language": rules.language}
