"""docs/policy.md names every key of the policy file, with the default that the code has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import yaml

from assistant.domain.budgets import Budgets, Prices
from assistant.domain.conversation import Priority
from assistant.domain.hours import BusinessHours
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy
from assistant.domain.signals import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
ROW = re.compile(r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {key: (default, unit, effect) for key, default, unit, effect in ROW.findall(PAGE)}
#: Found out at the start: where the machine is, or where the first language is spoken.
COMPUTED = {"zone", "hours.zone", "digest"}


def defaults() -> Iterator[tuple[str, Any]]:
    """Every key of a policy file with its built-in value, as YAML has it."""
    policy = Policy()
    for field in fields(Policy):
        value = getattr(policy, field.name)
        if isinstance(value, Budgets | BusinessHours | ProactivePolicy):
            for inner in fields(value):
                yield f"{field.name}.{inner.name}", plain(getattr(value, inner.name))
        else:
            yield field.name, plain(value)


def plain(value: Any) -> Any:
    if isinstance(value, Prices):
        return dict(value.models)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value if isinstance(value, str | int | float) else asdict(value)


def test_every_key_is_there_and_no_other() -> None:
    assert set(ROWS) == {key for key, _ in defaults()}


def test_the_defaults_are_those_of_the_code() -> None:
    wrong = {
        key: (ROWS[key][0], value)
        for key, value in defaults()
        if key not in COMPUTED and yaml.safe_load(ROWS[key][0].strip("`")) != value
    }
    assert wrong == {}


def test_every_key_has_a_unit_and_an_effect() -> None:
    assert [key for key, (_, unit, effect) in ROWS.items() if not unit.strip() or len(effect) < 10] == []


def test_the_names_that_a_policy_may_use_are_listed() -> None:
    assert [name for name in (*Reason, *Priority) if f"`{name}`" not in PAGE] == []
