"""Conversations as rows of the agents' inbox."""

from collections.abc import Sequence
from typing import Any

from assistant.api.schemas import format_timestamp
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.ports.storage.store import Store

#: Mark -> its signal, most serious first.
MARKS = {"distress": "distress", "harassment": "harassment", "anger": "frustration"}
#: Characters of the last message in a row.
MAX_EXCERPT_CHARACTERS = 140


def load_inbox_rows(store: Store, conversations: Sequence[Conversation]) -> list[dict[str, Any]]:
    """One row per conversation, with a fixed number of queries for all of them."""
    ids = [one.id for one in conversations]
    names = store.customers.load_names([one.customer for one in conversations])
    last, words = store.messages.load_last(ids), store.messages.load_last_customer_texts(ids)
    asks = store.handoffs.load_last_asks(ids)
    marks = list_marks(store, ids)
    agents = {agent.id: agent.name for agent in store.agents.list_all()} if conversations else {}
    rows = []
    for one in conversations:
        name, verified = names.get(one.customer, (None, False))
        latest = last.get(one.id)
        rows.append(
            {
                "id": one.id,
                "state": one.state,
                "epoch": one.epoch,
                "channel": one.channel,
                "language": one.language,
                "customer": {"id": one.customer, "name": name, "verified": verified},
                "agent": {"id": one.agent, "name": agents.get(one.agent)} if one.agent else None,
                "priority": one.priority,
                "reason": one.reason,
                "marks": marks.get(one.id, []),
                "ask": _format_snippet(asks.get(one.id) or words.get(one.id)),
                "waiting_since": format_timestamp(one.waiting_since),
                "last": latest
                and {
                    "author": latest.author,
                    "text": _format_snippet(latest.text),
                    "created_at": format_timestamp(latest.created_at),
                },
                "updated_at": format_timestamp(one.updated_at),
                "created_at": format_timestamp(one.created_at),
                "outcome": one.outcome,
            }
        )
    return rows


def list_marks(store: Store, conversations: Sequence[str]) -> dict[str, list[str]]:
    """Conversation -> what to know before opening it: ``distress``, ``harassment``, ``anger``."""
    return {
        conversation: [name for name, signal in MARKS.items() if feelings[signal] >= FEELING_THRESHOLD]
        for conversation, feelings in store.turns.load_recent_feelings(conversations).items()
    }


def _format_snippet(text: str | None) -> str | None:
    return None if text is None else " ".join(mask_secrets(text).split())[:MAX_EXCERPT_CHARACTERS]
