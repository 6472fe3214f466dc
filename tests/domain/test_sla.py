"""Deadlines over lunch, nights, holidays and changed clocks; they rest while the customer has to answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.app.hours_file import PUBLIC_HOLIDAYS
from assistant.domain.conversation import Conversation, Priority, State
from assistant.domain.hours import BusinessHours
from assistant.domain.messages import Author
from assistant.domain.sla import (
    Episode,
    Metric,
    SlaClock,
    SlaRule,
    compute_clocks,
    find_next_event,
    find_rule,
    show_clocks,
)
from assistant.domain.teams import Assignment, Team

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
DAY = ("10:00", "12:00", "13:00", "18:00")
WEEK = BusinessHours(
    days=dict.fromkeys(range(5), DAY),
    holidays=frozenset({"2026-12-29", "2026-12-30", "2026-12-31"}),
    public_holidays=PUBLIC_HOLIDAYS["japan"],
)
NIGHT = BusinessHours(days={4: ("22:00", "30:00"), 5: ("05:00", "08:00")})
DESK_IN_BERLIN = BusinessHours(zone="Europe/Berlin", days={6: ("01:00", "05:00"), 0: ("09:00", "17:00")})


def at(text: str, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "due"),
    [
        # Monday; over lunch; into the next day.
        (WEEK, "2026-11-30T10:00", 60, "2026-11-30T11:00"),
        (WEEK, "2026-11-30T11:30", 60, "2026-11-30T13:30"),
        (WEEK, "2026-11-30T11:00", 60, "2026-11-30T12:00"),
        (WEEK, "2026-11-30T17:30", 60, "2026-12-01T10:30"),
        (WEEK, "2026-11-30T03:00", 30, "2026-11-30T10:30"),
        # A whole day has 7 hours; Friday evening ends on Monday.
        (WEEK, "2026-11-30T10:00", 7 * 60, "2026-11-30T18:00"),
        (WEEK, "2026-12-04T17:30", 60, "2026-12-07T10:30"),
        # 23 November 2026 is a public holiday, a Monday.
        (WEEK, "2026-11-20T17:30", 60, "2026-11-24T10:30"),
        # Days that the business closes, then New Year, a Friday, and a weekend.
        (WEEK, "2026-12-28T17:00", 120, "2027-01-04T11:00"),
        # 21 to 23 September 2026: two holidays and the day between them.
        (WEEK, "2026-09-18T17:00", 120, "2026-09-24T11:00"),
        # Past midnight; two shifts that overlap count once.
        (NIGHT, "2026-12-04T23:00", 120, "2026-12-05T01:00"),
        (NIGHT, "2026-12-05T05:00", 180, "2026-12-05T08:00"),
        (NIGHT, "2026-12-05T07:30", 60, "2026-12-11T22:30"),
        # Always open: the wall's clock.
        (BusinessHours(), "2026-11-30T23:30", 60, "2026-12-01T00:30"),
        (BusinessHours(holidays=frozenset({"2026-12-01"})), "2026-11-30T23:30", 60, "2026-12-02T00:30"),
    ],
)
def test_a_target_is_reached_in_opening_hours(
    hours: BusinessHours, start: str, minutes: int, due: str
) -> None:
    assert hours.add_open_time(at(start), timedelta(minutes=minutes)) == at(due)
    assert hours.measure_open_time(at(start), at(due)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # 29 March 2026: from 2:00 to 3:00 there is no hour; 25 October has one twice.
        ("2026-03-29T01:00", 180, "2026-03-29T05:00"),
        ("2026-03-29T01:30", 60, "2026-03-29T03:30"),
        ("2026-10-25T01:00", 300, "2026-10-25T05:00"),
        ("2026-10-25T04:30", 60, "2026-10-26T09:30"),
    ],
)
def test_an_hour_that_is_left_out_or_twice_counts_as_it_passes(start: str, minutes: int, due: str) -> None:
    assert DESK_IN_BERLIN.add_open_time(at(start, BERLIN), timedelta(minutes=minutes)) == at(due, BERLIN)


def test_who_never_opens_has_no_deadline() -> None:
    never = BusinessHours(days={0: ()})
    assert never.add_open_time(at("2026-11-30T10:00"), timedelta(minutes=1)) is None
    assert never.measure_open_time(at("2026-11-30T10:00"), at("2026-12-30T10:00")) == timedelta()


RULE = SlaRule(name="all", first_reply=60, next_reply=30, resolution=240)
C, A = Author.CUSTOMER, Author.AGENT


def clocks_of(*turns: tuple[Author, str], ended: str | None = None) -> dict[Metric, list[SlaClock]]:
    episode = Episode(
        begun_at=at("2026-11-30T10:00"),
        turns=[(who, at(f"2026-11-30T{moment}")) for who, moment in turns],
        ended_at=at(f"2026-11-30T{ended}") if ended else None,
    )
    found: dict[Metric, list[SlaClock]] = {metric: [] for metric in Metric}
    for clock in compute_clocks(RULE, WEEK, episode):
        found[clock.metric].append(clock)
    return found


def test_the_first_reply_ends_the_first_clock_alone() -> None:
    (waiting,) = clocks_of((C, "10:10"))[Metric.FIRST_REPLY]
    assert (waiting.warn_at, waiting.due_at) == (at("2026-11-30T10:45"), at("2026-11-30T11:00"))
    found = clocks_of((C, "10:10"), (A, "10:20"))
    (first,) = found[Metric.FIRST_REPLY]
    assert (first.ended_at, first.due_at, first.is_dropped) == (at("2026-11-30T10:20"), None, False)
    assert found[Metric.NEXT_REPLY] == []


def test_a_late_reply_is_a_breach_that_stays() -> None:
    (first,) = clocks_of((A, "11:30"))[Metric.FIRST_REPLY]
    assert first.is_breached(at("2026-11-30T11:30"))
    assert first.due_at == at("2026-11-30T11:00")


def test_the_resolution_rests_while_the_customer_has_to_answer() -> None:
    (rests,) = clocks_of((A, "11:00"))[Metric.RESOLUTION]
    assert rests.due_at is None
    # One hour was spent; from 16:00 on three of the four are left, and two until 18:00.
    found = clocks_of((A, "11:00"), (C, "16:00"))
    (goes_on,) = found[Metric.RESOLUTION]
    assert goes_on.due_at == at("2026-12-01T11:00")
    (next_one,) = found[Metric.NEXT_REPLY]
    assert (next_one.begun_at, next_one.due_at) == (at("2026-11-30T16:00"), at("2026-11-30T16:30"))


def test_each_further_message_is_no_new_wait_and_each_reply_has_its_own() -> None:
    found = clocks_of((A, "10:10"), (C, "11:00"), (C, "11:05"), (A, "11:10"), (A, "11:20"), (C, "13:00"))
    assert [clock.begun_at for clock in found[Metric.NEXT_REPLY]] == [
        at("2026-11-30T11:00"),
        at("2026-11-30T13:00"),
    ]


def test_what_ends_without_a_reply_is_not_met() -> None:
    found = clocks_of(ended="10:30")
    (first,) = found[Metric.FIRST_REPLY]
    assert (first.is_dropped, first.ended_at, first.due_at) == (True, at("2026-11-30T10:30"), None)
    (done,) = found[Metric.RESOLUTION]
    assert (done.ended_at, done.is_dropped) == (at("2026-11-30T10:30"), False)


def test_lists_show_the_next_deadline_or_that_the_clock_rests() -> None:
    now = at("2026-11-30T16:00")
    talk = Conversation(
        id="c", customer="p", channel="web", language="ja", created_at=now, updated_at=now, state=State.AGENT
    )
    every = [c for part in clocks_of((A, "11:00"), (C, "16:00")).values() for c in part]
    assert show_clocks(talk, every)["sla_metric"] == "next_reply"
    assert show_clocks(talk, every)["sla_due_at"] == at("2026-11-30T16:30")
    assert find_next_event(every, now) == at("2026-11-30T16:22:30")
    assert find_next_event(every, at("2026-11-30T16:25")) == at("2026-11-30T16:30")
    resting = [c for part in clocks_of((A, "11:00")).values() for c in part]
    assert show_clocks(talk, resting) == {
        "sla_metric": "resolution",
        "sla_warn_at": None,
        "sla_due_at": None,
    }


def test_the_first_rule_that_applies_holds() -> None:
    now = at("2026-11-30T10:00")
    talk = Conversation(
        id="c",
        customer="p",
        channel="line",
        language="ja",
        created_at=now,
        updated_at=now,
        priority=Priority.HIGH,
    )
    team = Team(id="t1", name="日本語", assignment=Assignment.MANUAL)
    by_priority = SlaRule(name="urgent", priority="urgent", first_reply=5)
    by_team = SlaRule(name="team", team="日本語", first_reply=10)
    by_id = SlaRule(name="id", team="t1", channel="line", first_reply=15)
    rest = SlaRule(name="rest", first_reply=60)
    rules = (by_priority, by_team, by_id, rest)
    assert find_rule(rules, talk, team) is by_team
    assert find_rule(rules, talk.with_priority(Priority.URGENT), team) is by_priority
    assert find_rule((by_priority, by_id, rest), talk, team) is by_id
    assert find_rule(rules, talk, None) is rest
    assert find_rule((by_priority,), talk, None) is None


def test_every_hour_counts_where_the_rule_says_so() -> None:
    rule = SlaRule(name="always", first_reply=60, around_the_clock=True)
    episode = Episode(begun_at=at("2026-11-30T23:30"), turns=())
    first, _ = compute_clocks(rule, WEEK, episode)
    assert first.due_at == at("2026-12-01T00:30")
