"""The one decision about a message that nobody asked for: every reason against it counts by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.domain.consents import ConsentState, Purpose
from assistant.domain.proactive import (
    ProactiveAction,
    ProactiveCase,
    ProactivePolicy,
    ProactiveRule,
    decide_notice,
    draw_share,
    find_quiet_end,
)

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # in Japan
RULE = ProactiveRule(
    name="shipped",
    events=frozenset({"order.shipped"}),
    purpose=Purpose.ORDERS,
    statuses=frozenset({"shipped"}),
)
LIMITS = ProactivePolicy(per_day={"orders": 2}, per_week={"orders": 3}, per_hour=10)
FINE = ProactiveCase(now=NOON, expires_at=NOON + timedelta(days=1), status="shipped")


def test_nothing_against_it_is_sent() -> None:
    assert decide_notice(FINE, RULE, LIMITS).action is ProactiveAction.SEND


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_on": False}, "off"),
        ({"was_told": True}, "told"),
        ({"expires_at": NOON}, "expired"),
        ({"status": "delivered"}, "overtaken"),
        ({"status": None}, "overtaken"),
        ({"consent": ConsentState.WITHDRAWN}, "withdrawn"),
        ({"obstacle": "window"}, "window"),
        ({"has_words": False}, "language"),
        ({"quota_left": 0}, "quota"),
    ],
)
def test_what_is_wrong_for_good_drops_it(change: dict[str, Any], reason: str) -> None:
    decision = decide_notice(replace(FINE, **change), RULE, LIMITS)
    assert (decision.action, decision.reason) == (ProactiveAction.DROP, reason)


@pytest.mark.parametrize(
    ("change", "reason", "hours"),
    [
        ({"is_waiting": True}, "waiting_for_person", 0.5),
        ({"has_open_case": True}, "open_case", 0.5),
        ({"sent_at": [NOON - timedelta(hours=3), NOON - timedelta(hours=1)]}, "cap_day", 21),
        ({"sent_this_hour": 10}, "cap_hour", 1 / 6),
    ],
)
def test_what_passes_holds_it_until_then_and_drops_what_is_too_late_by_then(
    change: dict[str, Any], reason: str, hours: float
) -> None:
    decision = decide_notice(replace(FINE, **change), RULE, LIMITS)
    assert (decision.action, decision.reason) == (ProactiveAction.HOLD, reason)
    assert decision.until == NOON + timedelta(hours=hours)
    late = decide_notice(replace(FINE, **change, expires_at=NOON + timedelta(minutes=5)), RULE, LIMITS)
    assert (late.action, late.reason) == (ProactiveAction.DROP, reason)


def test_a_week_has_a_cap_of_its_own() -> None:
    sent = [NOON - timedelta(days=days) for days in (6, 4, 2)]
    case = replace(FINE, sent_at=sent, expires_at=NOON + timedelta(days=9))
    decision = decide_notice(case, RULE, LIMITS)
    assert (decision.reason, decision.until) == ("cap_week", NOON + timedelta(days=1))


def test_tips_need_a_yes_and_orders_only_no_no() -> None:
    tips = replace(RULE, purpose=Purpose.TIPS)
    assert decide_notice(FINE, tips, LIMITS).reason == "no_consent"
    given = replace(FINE, consent=ConsentState.GIVEN)
    assert decide_notice(given, tips, LIMITS).action is ProactiveAction.SEND


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ("2026-12-01T20:49:00+09:00", None),
        ("2026-12-01T20:51:00+09:00", "2026-12-02T08:00:00+09:00"),  # a delay would reach into the night
        ("2026-12-01T23:30:00+09:00", "2026-12-02T08:00:00+09:00"),
        ("2026-12-02T00:30:00+09:00", "2026-12-02T08:00:00+09:00"),
        ("2026-12-02T07:55:00+09:00", "2026-12-02T08:00:00+09:00"),
        ("2026-12-02T08:00:00+09:00", None),
    ],
)
def test_quiet_hours_are_those_of_the_zone(clock: str, ends: str | None) -> None:
    end = find_quiet_end(datetime.fromisoformat(clock), "Asia/Tokyo", LIMITS)
    assert end == (datetime.fromisoformat(ends) if ends else None)


def test_quiet_hours_at_noon_and_none_at_all() -> None:
    siesta = replace(LIMITS, quiet_from="13:00", quiet_until="15:00")
    at_two = datetime.fromisoformat("2026-12-01T14:00:00+09:00")
    assert find_quiet_end(at_two, "Asia/Tokyo", siesta) == at_two + timedelta(hours=1)
    never = replace(LIMITS, quiet_from="00:00", quiet_until="00:00")
    assert find_quiet_end(at_two.replace(hour=3), "Asia/Tokyo", never) is None


def test_the_holdout_is_a_share_of_the_people_who_could_be_told_and_stays_the_same() -> None:
    rule = replace(RULE, holdout=0.2)
    draws = [draw_share(rule.name, f"person {number}") for number in range(2_000)]
    assert draws == [draw_share(rule.name, f"person {number}") for number in range(2_000)]
    held = [decide_notice(replace(FINE, draw=draw), rule, LIMITS).action for draw in draws]
    assert 0.17 < held.count(ProactiveAction.HOLD_OUT) / 2_000 < 0.23
    dropped = decide_notice(replace(FINE, draw=0.0, consent=ConsentState.WITHDRAWN), rule, LIMITS)
    assert dropped.action is ProactiveAction.DROP


def test_only_whom_a_segment_names() -> None:
    rule = replace(RULE, segments=frozenset({"loyal"}))
    assert decide_notice(FINE, rule, LIMITS).reason == "segment"
    loyal = replace(FINE, segments=frozenset({"loyal"}))
    assert decide_notice(loyal, rule, LIMITS).action is ProactiveAction.SEND
