"""Conversations as rows of the agents' inbox."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.api.agent_responses import (
    AgentReferenceOut,
    FoundPlaceOut,
    InboxRowOut,
    LastMessageOut,
)
from assistant.api.callback_responses import CallbackOut
from assistant.api.responses import DeadlineOut
from assistant.api.schemas import format_timestamp
from assistant.domain.callbacks import Callback, CallbackState
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation, State
from assistant.domain.inbox import SearchHit
from assistant.domain.messages import Message
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.ports.storage.store import Store
from assistant.text.search_terms import extract_excerpt

#: Mark -> its signal, most serious first.
MARKS = {"distress": "distress", "harassment": "harassment", "anger": "frustration"}
#: Characters of the last message in a row.
MAX_EXCERPT_CHARACTERS = 140


def load_found_rows(store: Store, hits: Sequence[SearchHit], query: str, agent: str) -> list[InboxRowOut]:
    """Rows of what was searched, in its order, each with the place where it was found."""
    conversations = {one.id: one for one in store.conversations.list_existing([h.conversation for h in hits])}
    rows = load_inbox_rows(store, [conversations[hit.conversation] for hit in hits], agent)
    messages = store.messages.load_many([(hit.conversation, hit.message) for hit in hits if hit.message])
    return [
        {**row, "found": _serialize_place(messages.get((hit.conversation, hit.message or "")), query)}
        for row, hit in zip(rows, hits, strict=True)
    ]


def _serialize_place(message: Message | None, query: str) -> FoundPlaceOut | None:
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


def load_inbox_rows(store: Store, conversations: Sequence[Conversation], agent: str) -> list[InboxRowOut]:
    """One row per conversation as *agent* sees it, with a fixed number of queries for all of them."""
    ids = [one.id for one in conversations]
    names = store.customers.load_names([one.customer for one in conversations])
    last, words = store.messages.load_last(ids), store.messages.load_last_customer_texts(ids)
    packets, felt = store.handoffs.load_last_packets(ids), store.turns.load_recent_feelings(ids)
    tags = store.tags.load_by_conversation(ids)
    followed, mentions = store.followers.select_followed(agent, ids), store.mentions.count_unread(agent, ids)
    own = [one.id for one in conversations if one.agent == agent]
    unread = store.messages.count_unread(agent, own, followed)
    agents = {agent.id: agent.name for agent in store.agents.list_all()} if conversations else {}
    calls, now = store.callbacks.load_next(ids), datetime.now(UTC)
    rows: list[InboxRowOut] = []
    for one in conversations:
        name, verified = names.get(one.customer, (None, False))
        latest, packet = last.get(one.id), packets.get(one.id)
        rows.append(
            {
                "id": one.id,
                "state": one.state,
                "epoch": one.epoch,
                "channel": one.channel,
                "language": one.language,
                "customer": {"id": one.customer, "name": name, "verified": verified},
                "agent": AgentReferenceOut(id=one.agent, name=agents.get(one.agent, ""))
                if one.agent
                else None,
                "priority": one.priority,
                "reason": one.reason,
                "marks": _list_marks(one, felt.get(one.id, {}), packet),
                "ask": _format_snippet((packet and packet["issue"]["ask"]) or words.get(one.id)),
                "waiting_since": format_timestamp(one.waiting_since),
                "last": _serialize_last_message(latest) if latest else None,
                "updated_at": format_timestamp(one.updated_at),
                "created_at": format_timestamp(one.created_at),
                "outcome": one.outcome,
                "tags": [{"id": tag.id, "name": tag.name} for tag in tags.get(one.id, ())],
                "snoozed_until": format_timestamp(one.snoozed_until),
                "sla": _serialize_deadline(one),
                "unread": unread.get(one.id, 0),
                "mentions": mentions.get(one.id, 0),
                "following": one.id in followed,
                "callback": serialize_callback(calls[one.id], now) if one.id in calls else None,
            }
        )
    return rows


def serialize_callback(callback: Callback, now: datetime) -> CallbackOut:
    is_due = callback.state is CallbackState.PLANNED and callback.slot_from <= now
    return {
        "id": callback.id,
        "number": callback.number,
        "topic": callback.topic,
        "slot_from": format_timestamp(callback.slot_from),
        "slot_to": format_timestamp(callback.slot_to),
        "state": "due" if is_due else callback.state.value,
        "outcome": callback.outcome,
        "note": callback.note,
    }


def _serialize_last_message(message: Message) -> LastMessageOut:
    return {
        "author": message.author,
        "text": _format_snippet(message.text),
        "created_at": format_timestamp(message.created_at),
    }


def _serialize_deadline(one: Conversation) -> DeadlineOut | None:
    if one.sla_metric is None:
        return None
    warn_at, due_at = format_timestamp(one.sla_warn_at), format_timestamp(one.sla_due_at)
    return {"metric": one.sla_metric, "warn_at": warn_at, "due_at": due_at}


def _list_marks(
    conversation: Conversation, feelings: Mapping[str, float], packet: Mapping[str, Any] | None
) -> list[str]:
    """What to know before opening it: ``distress``, ``harassment``, ``anger``.

    *feelings* are those of the last turns. What is written while waiting is no turn: the packet tells of it,
    until the assistant has the conversation again.
    """
    is_with_people = conversation.state in (State.QUEUED, State.AGENT)
    added = packet.get("feelings") or {} if packet and is_with_people else {}
    return [
        mark
        for mark, signal in MARKS.items()
        if max(feelings.get(signal, 0.0), added.get(signal, 0.0)) >= FEELING_THRESHOLD
    ]


def _format_snippet(text: str | None) -> str | None:
    return None if text is None else " ".join(mask_secrets(text).split())[:MAX_EXCERPT_CHARACTERS]
