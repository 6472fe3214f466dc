"""Opening hours."""

from datetime import UTC, datetime

import pytest

from assistant.domain.policy import BusinessHours, Policy

HOURS = BusinessHours(days={day: ("10:00", "18:00") for day in range(5)}, holidays=frozenset({"2026-11-23"}))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "open_now", "opening"),
    [
        ("2026-11-24T01:00", True, "2026-11-24T01:00"),  # Tuesday 10:00 in Tokyo
        ("2026-11-24T00:59", False, "2026-11-24T01:00"),
        ("2026-11-24T09:00", False, "2026-11-25T01:00"),  # 18:00 is closed
        ("2026-11-20T09:30", False, "2026-11-24T01:00"),  # Friday evening, Monday is a holiday
    ],
)
def test_hours(now: str, open_now: bool, opening: str) -> None:
    assert HOURS.is_open(utc(now)) is open_now
    assert HOURS.find_next_opening(utc(now)) == utc(opening)


def test_without_days_people_always_answer_except_on_holidays() -> None:
    hours = BusinessHours(holidays=frozenset({"2026-11-23"}))
    assert hours.is_open(utc("2026-11-22T14:59"))
    assert not hours.is_open(utc("2026-11-22T15:00"))
    assert hours.find_next_opening(utc("2026-11-22T15:00")) == utc("2026-11-23T15:00")


def test_a_team_that_never_opens_has_no_next_opening() -> None:
    always = frozenset(f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32))
    assert BusinessHours(holidays=always).find_next_opening(utc("2026-03-01T00:00")) is None


def test_a_channel_has_its_own_policy_or_the_common_one() -> None:
    line = Policy(max_failed_turns=2)
    policy = Policy(channels={"line": line})
    assert policy.for_channel("line") is line
    assert policy.for_channel("web") is policy
