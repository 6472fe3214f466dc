"""Event streams: they read what was committed and pass on drafts; they never run anything."""

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from fastapi.sse import ServerSentEvent

from assistant.api.app_shapes import messages_out
from assistant.api.context import Context
from assistant.api.render import render
from assistant.api.rows import inbox_rows
from assistant.api.shapes import message_out, state_out, survey_out
from assistant.conversation.reception import survey
from assistant.domain.messages import Message
from assistant.stores import Store

#: Something is sent at least this often, so that proxies and clients know the stream lives.
HEARTBEAT_SECONDS = 10.0
#: Journal entries read at a time.
PAGE = 200


def event(name: str, data: dict[str, Any], number: int | None = None) -> ServerSentEvent:
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return ServerSentEvent(event=name, raw_data=raw, id=None if number is None else str(number))


def number_of(last_event_id: str | None) -> int | None:
    """The number a client says it has seen; None for none, or for what we never sent."""
    if last_event_id is None or not (last_event_id.isascii() and last_event_id.isdigit()):
        return None
    return int(last_event_id) if len(last_event_id) < 16 else None


async def customer_events(
    ctx: Context, conversation: str, last_event_id: str | None
) -> AsyncIterator[ServerSentEvent]:
    """State, every message after *last_event_id* in order, then whatever happens."""
    seen = number_of(last_event_id) or 0
    told: dict[str, Any] | None = None
    asked: dict[str, Any] | None = None
    with ctx.wire.follow(conversation) as follower:
        passing: list[tuple[str, str, dict[str, Any]]] = []
        while not follower.over:
            state, question, messages = await ctx.database.read(
                partial(_news, conversation_id=conversation, after=seen)
            )
            if seen > state["seq"]:
                seen, told = 0, None
                yield event("reset", {})
                continue
            if told != state["public"]:
                told = state["public"]
                yield event("state", state["public"])
            for passed in passing:
                if shown := _passing_to_customer(passed):
                    yield shown
            for message in messages:
                seen = message.seq
                yield event("message", message_out(message, ctx.hosts), message.seq)
            if question is not None and question != asked:
                yield event("survey", question)
            asked = question
            passing = await follower.news(HEARTBEAT_SECONDS)
            if not passing:
                yield ServerSentEvent(comment="")


def _news(
    store: Store, conversation_id: str, after: int
) -> tuple[dict[str, Any], dict[str, Any] | None, list[Message]]:
    conversation = store.conversations.get(conversation_id)
    agent = store.agents.get(conversation.agent) if conversation.agent else None
    state = {"seq": conversation.seq, "public": state_out(conversation, agent)}
    question = survey_out(survey(store, conversation))
    return state, question, list(store.messages.public(conversation_id, after=after))


def _passing_to_customer(passed: tuple[str, str, dict[str, Any]]) -> ServerSentEvent | None:
    """Drafts and others' typing; the customer's own typing is no news to them."""
    _, name, data = passed
    if name == "typing" and data["author"] == "customer":
        return None
    if name == "delta":
        data = data | {"html": render(data["text"]) if data["text"] else ""}
    return event(name, data)


async def agent_events(ctx: Context, last_event_id: str | None) -> AsyncIterator[ServerSentEvent]:
    """Everything that changes in any conversation, from after *last_event_id*, or from now on."""
    now = ctx.clock()
    (first, last), newest = await ctx.database.read(
        lambda store: (store.journal.span(), store.journal.newest(now))
    )
    seen = number_of(last_event_id)
    if seen is not None and not first - 1 <= seen <= last:
        seen = None
        yield event("reset", {})
    seen = newest if seen is None else seen
    with ctx.wire.follow() as follower:
        yield ServerSentEvent(comment="")
        while not follower.over:
            entries = await ctx.database.read(partial(_entries, ctx=ctx, after=seen))
            for number, name, data in entries:
                seen = number
                yield event(name, data, number)
            if len(entries) >= PAGE:
                continue
            passing = await follower.news(HEARTBEAT_SECONDS)
            for conversation, name, data in passing:
                if name == "delta" or data["author"] == "customer":
                    yield event(name, data | {"conversation": conversation})
            if not passing:
                yield ServerSentEvent(comment="")


def _entries(store: Store, ctx: Context, after: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Journal entries with the present state of what they speak of."""
    entries = []
    for number, conversation, message_id in store.journal.after(after, limit=PAGE, now=ctx.clock()):
        if message_id is None:
            rows = inbox_rows(store, [store.conversations.get(conversation)])
            entries.append((number, "conversation", rows[0]))
        elif message := store.messages.get(conversation, message_id):
            data = {
                "conversation": conversation,
                "message": messages_out(store, conversation, [message], ctx.hosts)[0],
            }
            entries.append((number, "message", data))
    return entries
