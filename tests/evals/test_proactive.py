"""The judge of proactive messages sees every broken promise; the product's rules break none."""

from datetime import timedelta

import pytest

from assistant.domain.consents import ConsentState
from evals.quality.proactive import judge_sent
from evals.quality.proactive_senders import MemorySender, NaiveSender, TableSender
from evals.quality.proactive_world import LIMITS, START, Sent, World, build_world

NOON = START + timedelta(hours=3)  # in Japan
ONE = Sent(at=NOON, person=1, rule="shipped", purpose="orders", order="KM-1")


def again(hours: float, **change: str) -> Sent:
    values = {"rule": "shipped", "purpose": "orders", "order": "KM-1", **change}
    return Sent(at=NOON + timedelta(hours=hours), person=1, **values)


@pytest.mark.parametrize(
    ("sent", "breach"),
    [
        ([again(0, purpose="tips")], "without consent"),
        ([again(49)], "without consent"),
        ([again(11)], "in quiet hours"),
        ([ONE, again(1)], "twice"),
        ([ONE, again(1, order="KM-2"), again(2, order="KM-3")], "over the cap"),
    ],
)
def test_each_broken_promise_is_seen(sent: list[Sent], breach: str) -> None:
    world = World(events=(), consents={1: [(NOON + timedelta(days=2), ConsentState.WITHDRAWN)]})
    found = judge_sent(sent, world, LIMITS)
    assert found[breach] == 1
    assert sum(found.values()) == 1


def test_the_rules_break_none_where_a_naive_sender_breaks_all() -> None:
    world = build_world(2_000, 3)
    sent = MemorySender(world, LIMITS).run()
    assert len(sent) > 300
    assert sum(judge_sent(sent, world, LIMITS).values()) == 0
    assert min(judge_sent(NaiveSender(world, LIMITS).run(), world, LIMITS).values()) > 50


def test_neither_do_the_tables_when_transactions_are_rolled_back() -> None:
    world = build_world(60, 4)
    sent = TableSender(world, LIMITS).run()
    assert len(sent) > 10
    assert sum(judge_sent(sent, world, LIMITS).values()) == 0
