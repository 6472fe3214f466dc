"""Segments of customers by recency, frequency and amount of their purchases, as named rules with an owner.

They decide what agents see, the place in the queue and who is told of something; never what anybody is
answered or may do.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.domain.customer_data import parse_moment
from assistant.domain.errors import BadInput

#: With fewer buyers a fifth of them says nothing.
MIN_BUYERS = 25
SCORES = ("recency", "frequency", "monetary")
#: Orders in these states are no purchases.
UNDONE_STATUSES = frozenset({"cancelled", "refunded"})

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    placed_at: datetime
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseScore:
    """Quintiles, 5 is the most recent, most frequent, most spent; as of a snapshot."""

    identity_type: str
    identity: str
    recency: int
    frequency: int
    monetary: int
    orders: int
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRule:
    name: str
    #: Who answers for it.
    owner: str
    #: Language -> name that agents see.
    title: Mapping[str, str] = field(default_factory=dict)
    #: Score -> the lowest and highest value.
    when: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    #: Place in the queue at least; empty: as it is.
    priority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMembership:
    rule: SegmentRule
    #: Why: ``recency 5``.
    reasons: tuple[str, ...]
    taken_at: datetime


def compute_scores(
    purchases: Mapping[Identity, Sequence[Purchase]], taken_at: datetime
) -> list[PurchaseScore]:
    """RFM quintiles of everybody who bought something; empty for fewer than `MIN_BUYERS`.

    A value on the edge between two quintiles belongs to the lower one: equal buyers have equal scores.
    """
    buyers = {who: some for who, some in purchases.items() if some}
    if len(buyers) < MIN_BUYERS:
        return []
    latest = {who: max(one.placed_at.timestamp() for one in some) for who, some in buyers.items()}
    count = {who: float(len(some)) for who, some in buyers.items()}
    spent = {who: sum(one.amount for one in some) for who, some in buyers.items()}
    quintiles = [_rank_quintiles(values) for values in (latest, count, spent)]
    return [
        PurchaseScore(
            identity_type=who[0],
            identity=who[1],
            recency=quintiles[0][who],
            frequency=quintiles[1][who],
            monetary=quintiles[2][who],
            orders=len(some),
            taken_at=taken_at,
        )
        for who, some in buyers.items()
    ]


def _rank_quintiles(values: Mapping[Identity, float]) -> dict[Identity, int]:
    ordered = sorted(values.values())
    return {who: bisect_left(ordered, value) * 5 // len(ordered) + 1 for who, value in values.items()}


def parse_purchase(order: str) -> Purchase | None:
    """The purchase in an order's line (`describe_order`); None where it was undone or has no date."""
    fields = dict(part.partition(" ")[::2] for part in order.split("; "))
    placed = parse_moment(fields.get("placed_at", "")) or parse_moment(
        f"{fields.get('placed_at', '')}T00:00Z"
    )
    if placed is None or fields.get("status") in UNDONE_STATUSES:
        return None
    try:
        amount = float(fields.get("total", "0").replace(",", "").strip(" ¥円JPY$") or 0)
    except ValueError:
        amount = 0.0
    return Purchase(placed_at=placed, amount=amount if 0 <= amount < 1e12 else 0.0)


def match_segments(rules: Iterable[SegmentRule], scores: Sequence[PurchaseScore]) -> list[SegmentMembership]:
    """The segments that a person is in, by the identity that bought most."""
    if not scores:
        return []
    best = max(scores, key=lambda one: (one.orders, one.identity))
    return [
        SegmentMembership(
            rule=rule,
            reasons=tuple(f"{name} {getattr(best, name)}" for name in rule.when),
            taken_at=best.taken_at,
        )
        for rule in rules
        if all(low <= getattr(best, name) <= high for name, (low, high) in rule.when.items())
    ]


def parse_range(value: object) -> tuple[int, int]:
    """4, [2, 3] or "4+" as the lowest and highest quintile; BadInput."""
    if isinstance(value, str) and value.endswith("+") and value[:-1].isdigit():
        low, high = int(value[:-1]), 5
    elif isinstance(value, int) and not isinstance(value, bool):
        low = high = value
    elif isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value):
        low, high = value
    else:
        raise BadInput("write a quintile as 4, [2, 3] or 4+")
    if not 1 <= low <= high <= 5:
        raise BadInput("quintiles go from 1 to 5")
    return low, high
