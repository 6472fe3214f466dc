"""The customer in a handoff packet."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.domain.people import Customer, PastConversation
from assistant.domain.signals import Signals


def format_timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def build_packet_customer(
    who: Customer | None, previous: Sequence[PastConversation], signals: Signals | None
) -> dict[str, Any]:
    return {
        "id": who.id if who else None,
        "name": who.name if who else None,
        "locale": who.locale if who else None,
        "verified": who.verified if who else False,
        "familiarity": _compute_familiarity(who, signals),
        "identities": [{"channel": i.channel, "id": i.id} for i in who.identities] if who else [],
        "attributes": dict(who.attributes) if who else {},
        "previous": [
            {
                "conversation": past.conversation,
                "closed_at": format_timestamp(past.closed_at) if past.closed_at else None,
                "summary": past.summary,
                "csat": past.csat,
                "notes": list(past.notes),
                "promises": list(past.promises),
            }
            for past in previous
        ],
    }


def _compute_familiarity(who: Customer | None, signals: Signals | None) -> float | None:
    """How much at home with bots: as kept for the customer, else as this conversation shows."""
    if who is not None and who.familiarity is not None:
        return round(who.familiarity, 2)
    return None if signals is None else round(1 - signals.unfamiliarity, 2)
