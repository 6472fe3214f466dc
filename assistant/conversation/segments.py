"""Which segments a customer is in, and the snapshot of their purchases that says so."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from assistant.domain.conversation import Priority
from assistant.domain.people import Customer
from assistant.domain.policy import Policy
from assistant.domain.priorities import select_highest
from assistant.domain.segments import (
    Identity,
    Purchase,
    SegmentMembership,
    compute_scores,
    match_segments,
    parse_purchase,
)
from assistant.ports.storage.store import Store


def list_segments(store: Store, customer: Customer, policy: Policy) -> list[SegmentMembership]:
    """By what was bought with identities that surely are theirs."""
    proven = sorted((one.channel, one.id) for one in customer.identities if one.verified)
    if not policy.segments or not proven:
        return []
    return match_segments(policy.segments, store.purchase_scores.list_by_identities(proven))


def raise_by_segments(store: Store, customer: Customer, policy: Policy, priority: Priority) -> Priority:
    """The place in the queue that their segments give them at least."""
    wanted = [
        Priority(one.rule.priority) for one in list_segments(store, customer, policy) if one.rule.priority
    ]
    return select_highest(priority, *wanted)


def update_scores(store: Store, now: datetime) -> int:
    """Take a new snapshot; returns how many buyers have scores."""
    purchases: dict[Identity, list[Purchase]] = defaultdict(list)
    for kind, identity, line in store.purchase_scores.iterate_orders():
        if purchase := parse_purchase(line):
            purchases[kind, identity].append(purchase)
    scores = compute_scores(purchases, now)
    store.purchase_scores.replace_all(scores)
    return len(scores)


def describe_segments(segments: list[SegmentMembership], language: str) -> list[dict[str, Any]]:
    """As agents see them."""
    return [
        {
            "name": one.rule.title.get(language) or one.rule.name,
            "owner": one.rule.owner,
            "reasons": list(one.reasons),
            "taken_at": one.taken_at,
        }
        for one in segments
    ]
