"""What other systems say of a customer, with source, age, and whether it surely is about them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from assistant.domain.customer_data import (
    ORDER_PREFIX,
    AttributeRule,
    CustomerFact,
    KnownFact,
    build_facts,
    build_order_facts,
)
from assistant.domain.customer_data import parse_moment as parse_as_of
from assistant.domain.people import Customer, Identity
from assistant.ports.actions import CustomerRecord
from assistant.ports.storage.store import Store

EMAIL = "email"
NO_RULES: Mapping[str, AttributeRule] = {}
LOOKUP = "lookup"
#: Facts about what we told customers of our own accord begin with it.
NOTICE_PREFIX = "notice "


def load_known_facts(store: Store, customer: Customer) -> list[KnownFact]:
    """Facts of the customer's identities; those of an address that they only named are not verified."""
    proven = {(one.channel, one.id) for one in customer.identities if one.verified}
    named = {(one.channel, one.id) for one in customer.identities}
    if customer.email:
        named.add((EMAIL, customer.email.strip().lower()))
    if not named:
        return []
    facts = store.customer_facts.list_by_identities(sorted(named))
    return [KnownFact(fact=fact, is_verified=(fact.identity_type, fact.identity) in proven) for fact in facts]


def describe_attributes(
    known: list[KnownFact], now: datetime, rules: Mapping[str, AttributeRule] = NO_RULES
) -> dict[str, str]:
    """Key -> value with source, age, whether it is verified and, where *rules* say, what it is kept for."""
    return {
        one.fact.key: f"{one.fact.value} ({describe_origin(one, now)}"
        + (f", for {rules[one.fact.key].purpose})" if one.fact.key in rules else ")")
        for one in known
    }


def describe_verified_orders(known: list[KnownFact], now: datetime) -> list[str]:
    """``order KM-1: status shipped (…)`` for orders that surely are theirs."""
    orders = [one for one in known if one.is_verified and one.fact.key.startswith(ORDER_PREFIX)]
    return [
        f"order {one.fact.key.removeprefix(ORDER_PREFIX)}: {one.fact.value} ({describe_origin(one, now)})"
        for one in orders
    ]


def describe_notices(store: Store, conversation: str, now: datetime) -> list[str]:
    """What we told them of our own accord there or just before, with the order: their answer is about it."""
    before = store.conversations.get(conversation).previous
    sent = store.proactive.list_by_conversations([one for one in (conversation, before) if one])
    return [
        f"{NOTICE_PREFIX}{one.rule}: sent {format_age(now - one.decided_at)}"
        + (f", order {one.order_id}" if one.order_id else "")
        for one in sent
        if one.decided_at is not None
    ]


def describe_origin(known: KnownFact, now: datetime) -> str:
    proof = "verified" if known.is_verified else "claimed address"
    return f"{known.fact.source}, {format_age(now - known.fact.as_of)}, {proof}"


def format_age(age: timedelta) -> str:
    """As agents read it: minutes, hours or days."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min old"
    return f"{minutes // 60} h old" if minutes < 48 * 60 else f"{minutes // 1440} days old"


def build_lookup_facts(identity: Identity, record: CustomerRecord, now: datetime) -> list[CustomerFact]:
    """The answer of a lookup as facts."""
    as_of = min(parse_as_of(record.as_of) or now, now)
    plain = {key: value for key, value in record.profile.items() if not isinstance(value, dict | list)}
    values = {**plain, **build_order_facts(record.orders)}
    return build_facts((identity.channel, identity.id), values, LOOKUP, as_of, now)


def add_customer_facts(
    store: Store, packet: dict[str, Any], customer: Customer, now: datetime
) -> dict[str, Any]:
    """The packet with what other systems say of the customer, as of now."""
    known = load_known_facts(store, customer)
    orders = describe_verified_orders(known, now)
    heads = {line.partition(":")[0] for line in orders}
    verified = [line for line in packet["facts"]["verified"] if line.partition(":")[0] not in heads]
    attributes = {**packet["customer"]["attributes"], **describe_attributes(known, now)}
    notices = describe_notices(store, packet["conversation"], now)
    verified = [line for line in verified if not line.startswith(NOTICE_PREFIX)]
    return {
        **packet,
        "customer": {**packet["customer"], "attributes": attributes},
        "facts": {**packet["facts"], "verified": verified + orders + notices},
    }
