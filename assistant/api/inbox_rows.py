"""Conversations as rows of the agents' inbox."""

from collections.abc import Sequence
from typing import Any

from assistant.api.schemas import format_timestamp
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.inbox import SearchHit
from assistant.domain.messages import Message
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.ports.storage.store import Store
from assistant.text.search_terms import extract_excerpt

#: Mark -> its signal, most serious first.
MARKS = {"distress": "distress", "harassment": "harassment", "anger": "frustration"}
#: Characters of the last message in a row.
MAX_EXCERPT_CHARACTERS = 140


def load_found_rows(store: Store, hits: Sequence[SearchHit], query: str, agent: str) -> list[dict[str, Any]]:
    """Rows of what was searched, in its order, each with the place where it was found."""
    conversations = {one.id: one for one in store.conversations.list_existing([h.conversation for h in hits])}
    rows = load_inbox_rows(store, [conversations[hit.conversation] for hit in hits], agent)
    messages = store.messages.load_many([(hit.conversation, hit.message) for hit in hits if hit.message])
    return [
        row | {"found": _serialize_place(messages.get((hit.conversation, hit.message or "")), query)}
        for row, hit in zip(rows, hits, strict=True)
    ]


def _serialize_place(message: Message | None, query: str) -> dict[str, Any] | None:
    """None: in the customer's names or the conversation's tags, which the row shows already."""
    if message is None:
        return None
    return {
        "message": message.id,
        "author": message.author,
        "private": message.private,
        "created_at": format_timestamp(message.created_at),
        "excerpt": extract_excerpt(mask_secrets(message.text), query, MAX_EXCERPT_CHARACTERS),
    }


def load_inbox_rows(store: Store, conversations: Sequence[Conversation], agent: str) -> list[dict[str, Any]]:
    """One row per conversation as *agent* sees it, with a fixed number of queries for all of them."""
    ids = [one.id for one in conversations]
    names = store.customers.load_names([one.customer for one in conversations])
    last, words = store.messages.load_last(ids), store.messages.load_last_customer_texts(ids)
    asks = store.handoffs.load_last_asks(ids)
    marks, tags = list_marks(store, ids), store.tags.load_by_conversation(ids)
    unread = store.messages.count_unread(agent, [one.id for one in conversations if one.agent == agent])
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
                "tags": [{"id": tag.id, "name": tag.name} for tag in tags.get(one.id, ())],
                "snoozed_until": format_timestamp(one.snoozed_until),
                "unread": unread.get(one.id, 0),
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
