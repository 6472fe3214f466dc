"""Policies read from YAML."""

from pathlib import Path

import pytest

from assistant.domain.errors import SetupError
from assistant.domain.policy import Policy
from assistant.signals.policy_file import load_policy

WHOLE = """
offer_frustration: 0.4
max_failed_turns: 2
people_only: [harm, points]
priorities: {frustrated: urgent}
hours:
  zone: Asia/Tokyo
  days: {mon: "10:00-18:00", Saturday: "10:00-15:00"}
  holidays: [2026-01-01]
channels:
  line: {max_failed_turns: 1}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_whole_policy(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, WHOLE))
    assert policy.offer_frustration == 0.4
    assert policy.people_only == {"harm", "points"}
    assert policy.hours.days == {0: ("10:00", "18:00"), 5: ("10:00", "15:00")}
    assert policy.for_channel("line").max_failed_turns == 1
    assert policy.for_channel("line").offer_frustration == 0.4
    assert policy.for_channel("web").max_failed_turns == 2


def test_no_file_and_an_empty_file_are_the_built_in_policy(tmp_path: Path) -> None:
    assert load_policy(None) == Policy()
    assert load_policy(written(tmp_path, "")) == Policy()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("offer_frustation: 0.4", "unknown key 'offer_frustation'"),
        ("offer_frustration: high", "expected a number from 0 to 1, not 'high'"),
        ("offer_frustration: 1.4", "expected a number from 0 to 1, not 1.4"),
        ("max_failed_turns: 0", "1 or more"),
        ("people_only: harm", "expected a list"),
        ("priorities: {harm: top}", "must be one of urgent, high, normal, low"),
        ("offer_frustration: 0.9", "must rise"),
        ("hours: {zone: Tokyo}", "unknown time zone"),
        ("hours: {days: {funday: '10:00-18:00'}}", "unknown day"),
        ("hours: {days: {mon: morning}}", "expected hours like"),
        ("hours: {holidays: [soon]}", "expected dates like"),
        ("[1, 2]", "expected `key: value` lines"),
        ("a: [", "not YAML"),
        ("channels: {line: {max_failed_turns: x}}", "channels.line"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SetupError) as caught:
        load_policy(written(tmp_path, text))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")
