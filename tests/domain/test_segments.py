"""Quintiles of buyers at a dated snapshot, and the named rules over them."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.domain.customer_data import describe_order
from assistant.domain.errors import BadInput
from assistant.domain.segments import (
    Purchase,
    SegmentRule,
    compute_scores,
    match_segments,
    parse_purchase,
    parse_range,
)

TODAY = datetime(2026, 12, 1, tzinfo=UTC)


def buyers(number: int) -> dict[tuple[str, str], list[Purchase]]:
    """The first bought longest ago, least often and for least."""
    return {
        ("web", f"u{at:02}"): [Purchase(placed_at=TODAY - timedelta(days=number - at), amount=100.0 * at)]
        * (at + 1)
        for at in range(number)
    }


def test_quintiles_go_up_from_the_least() -> None:
    scores = {one.identity: one for one in compute_scores(buyers(25), TODAY)}
    assert [scores[name].recency for name in ("u00", "u04", "u05", "u24")] == [1, 1, 2, 5]
    assert (scores["u24"].frequency, scores["u24"].monetary, scores["u24"].orders) == (5, 5, 25)
    assert scores["u00"].taken_at == TODAY


def test_the_lower_edge_wins_ties_and_few_buyers_have_no_scores() -> None:
    same = {("web", f"u{at}"): [Purchase(placed_at=TODAY, amount=1.0)] for at in range(30)}
    assert {one.frequency for one in compute_scores(same, TODAY)} == {1}
    assert compute_scores(buyers(24), TODAY) == []


def test_a_purchase_is_read_from_the_line_of_an_order() -> None:
    order = {"status": "delivered", "items": ["Mug"], "placed_at": "2026-11-30", "total": "¥3,200"}
    assert parse_purchase(describe_order(order)) == Purchase(
        placed_at=datetime(2026, 11, 30, tzinfo=UTC), amount=3200.0
    )
    assert parse_purchase(describe_order({**order, "status": "cancelled"})) is None
    assert parse_purchase("status delivered") is None
    lying = parse_purchase("status delivered; placed_at 2026-11-30; total nan")
    assert lying is not None
    assert lying.amount == 0.0


def test_a_rule_names_its_reasons() -> None:
    loyal = SegmentRule(name="loyal", owner="mori", when={"recency": (4, 5), "frequency": (4, 5)})
    new = SegmentRule(name="new", owner="mori", when={"frequency": (1, 1)})
    best = [one for one in compute_scores(buyers(25), TODAY) if one.identity == "u24"]
    (found,) = match_segments([loyal, new], best)
    assert (found.rule.name, found.reasons) == ("loyal", ("recency 5", "frequency 5"))
    assert match_segments([loyal], []) == []


@pytest.mark.parametrize(("value", "span"), [(4, (4, 4)), ([2, 3], (2, 3)), ("4+", (4, 5))])
def test_a_range_of_quintiles(value: object, span: tuple[int, int]) -> None:
    assert parse_range(value) == span


@pytest.mark.parametrize("value", [0, 6, "high", [3, 2], True, None, [1, "5"]])
def test_what_is_no_range_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        parse_range(value)
