"""What other systems of the business say of a customer: each fact with its source and age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.domain.errors import BadInput

#: Of one fact, and of one customer's facts.
MAX_VALUE_CHARACTERS = 500
MAX_KEY_CHARACTERS = 64
MAX_FACTS = 100
#: Keys of orders begin with it.
ORDER_PREFIX = "order:"
#: Fields of an order that agents are shown.
ORDER_FIELDS = ("status", "items", "placed_at", "total", "eta", "tracking")
#: Event -> status of its order where the event names none.
ORDER_EVENTS = {
    "order.created": "accepted",
    "order.shipped": "shipped",
    "order.delivered": "delivered",
    "order.cancelled": "cancelled",
    "order.refunded": "refunded",
    "order.return_received": "return received",
    "order.payment_failed": "payment failed",
}
CUSTOMER_EVENT = "customer.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFact:
    """One fact about whoever has an identity; its text is hostile."""

    #: Channel of the identity, or ``email``.
    identity_type: str
    identity: str
    key: str
    value: str
    #: ``lookup``, ``push``, or the name of an import.
    source: str
    #: When it was true there, and when we heard of it.
    as_of: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRule:
    """What a fact is kept for, and for how many days; None: as long as the customer."""

    purpose: str
    keep_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact with how sure it is that it is about this customer."""

    fact: CustomerFact
    #: By a proven identity; else by an address that they only named.
    is_verified: bool


def parse_event(event: Mapping[str, Any], now: datetime) -> list[CustomerFact]:
    """The facts of a pushed event; BadInput for what is none."""
    kind, data = event.get("type"), event.get("data")
    if not isinstance(data, Mapping) or not isinstance(kind, str):
        raise BadInput("An event has a type and data.")
    who = data.get("customer")
    if not isinstance(who, Mapping) or not all(_is_text(who.get(name)) for name in ("type", "value")):
        raise BadInput("data.customer names an identity: {type, value}.")
    if kind == CUSTOMER_EVENT:
        values = _parse_attributes(data.get("attributes"))
    elif kind in ORDER_EVENTS:
        values = _parse_order(data.get("order"), ORDER_EVENTS[kind])
    else:
        raise BadInput(f"Unknown event; known are {CUSTOMER_EVENT}, {', '.join(ORDER_EVENTS)}.")
    as_of = now if event.get("timestamp") is None else parse_moment(event["timestamp"])
    if as_of is None:
        raise BadInput("timestamp: give a time with its offset, such as 2026-12-01T09:00:00+09:00.")
    return build_facts((str(who["type"]), str(who["value"])), values, "push", min(as_of, now), now)


def build_facts(
    identity: tuple[str, str], values: Mapping[str, Any], source: str, as_of: datetime, now: datetime
) -> list[CustomerFact]:
    """Facts of one identity, keys and values cut to what is kept."""
    return [
        CustomerFact(
            identity_type=identity[0][:32].lower(),
            identity=normalize_identity(*identity),
            key=normalize_key(key),
            value=clean_line(str(value))[:MAX_VALUE_CHARACTERS],
            source=source,
            as_of=as_of,
            received_at=now,
        )
        for key, value in list(values.items())[:MAX_FACTS]
        if normalize_key(key) and value is not None
    ]


def describe_order(order: Mapping[str, Any]) -> str:
    """An order in a line: its fields that agents are shown."""
    parts = []
    for name in ORDER_FIELDS:
        value = order.get(name)
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value[:10])
        if value not in (None, "") and not isinstance(value, dict):
            parts.append(f"{name} {value}")
    return "; ".join(parts)


def build_order_facts(orders: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {
        f"{ORDER_PREFIX}{order['id']}": describe_order(order) for order in orders if _is_text(order.get("id"))
    }


def normalize_identity(kind: str, value: str) -> str:
    return value.strip().lower()[:255] if kind.lower() == "email" else value.strip()[:255]


def normalize_key(key: object) -> str:
    return clean_line(str(key))[:MAX_KEY_CHARACTERS]


def clean_line(text: str) -> str:
    """One line without controls."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def parse_moment(value: object) -> datetime | None:
    """RFC 3339 with its offset."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the year 9999 ends, and the year 1 begins, in no other zone
        return None


def _parse_attributes(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping) or any(isinstance(one, dict | list) for one in value.values()):
        raise BadInput("data.attributes is an object of plain values.")
    return dict(value)


def _parse_order(value: object, status: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not _is_text(value.get("id")):
        raise BadInput("data.order is an object with an id.")
    return build_order_facts([{"status": status, **value}])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 255
