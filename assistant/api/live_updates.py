"""Server-sent event streams: they read committed data and forward drafts; they run nothing."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from assistant.api.channel_schemas import serialize_messages, serialize_public_messages
from assistant.api.context import ApiContext
from assistant.api.inbox_rows import load_inbox_rows
from assistant.api.reply_html import render_reply
from assistant.api.responses import MessageOut, SurveyEndsOut, SurveyOptionOut, SurveyOut
from assistant.api.schemas import serialize_state
from assistant.api.sse import HEARTBEAT, format_event
from assistant.conversation.surveys import Survey, build_survey
from assistant.domain.errors import NotFound, Unavailable
from assistant.ports.storage.store import Store

T = TypeVar("T")

#: (conversation, event, data) of what is not stored.
Passing = list[tuple[str, str, dict[str, Any]]]

#: Interval of heartbeats, so that proxies and clients keep the stream open.
HEARTBEAT_SECONDS = 10.0
#: How long an agent's stream waits until it looks whether its session has ended.
SESSION_CHECK_SECONDS = 2.0
#: Journal entries, or messages, read at a time.
PAGE = 200


def serialize_survey(survey: Survey | None) -> SurveyOut | None:
    if survey is None:
        return None
    options = [SurveyOptionOut(label=label, value=value) for value, label in survey.options]
    ends = SurveyEndsOut(low=survey.ends[0], high=survey.ends[1]) if survey.ends else None
    return {"kind": survey.kind, "question": survey.question, "options": options, "ends": ends}


def parse_last_event_id(last_event_id: str | None) -> int | None:
    """The id in Last-Event-ID; None when it is missing or was not sent by us."""
    if last_event_id is None or not (last_event_id.isascii() and last_event_id.isdigit()):
        return None
    return int(last_event_id) if len(last_event_id) < 16 else None


async def iterate_customer_events(
    ctx: ApiContext, conversation: str, last_event_id: str | None
) -> AsyncIterator[str]:
    """State, every message after *last_event_id* in order, then live events."""
    seen = parse_last_event_id(last_event_id) or 0
    sent_state: dict[str, Any] | None = None
    asked: SurveyOut | None = None
    with ctx.notifier.subscribe(conversation) as follower:
        passing: Passing = []
        while not follower.is_closed:
            changes = await _read_when_available(
                ctx, partial(_load_conversation_update, ctx=ctx, conversation_id=conversation, after=seen)
            )
            if changes is None:
                return
            state, question, messages = changes
            if seen > state["seq"]:
                seen, sent_state = 0, None
                yield format_event("reset", {})
                continue
            if sent_state != state["public"]:
                sent_state = state["public"]
                yield format_event("state", state["public"])
            for shown in filter(None, map(_format_transient_event, passing)):
                yield shown
            for message in messages:
                seen = message["seq"]
                yield format_event("message", message, seen)
            if len(messages) >= PAGE:
                passing = []
                continue
            if question is not None and question != asked:
                yield format_event("survey", question)
            asked = question
            while (woken := await follower.next_events(HEARTBEAT_SECONDS)) is None:
                yield HEARTBEAT
            passing = woken


async def _read_when_available(ctx: ApiContext, step: Callable[[Store], T]) -> T | None:
    """The result of *step* once the database answers; None when its rows were erased."""
    while True:
        try:
            return await ctx.database.read(step)
        except NotFound:
            return None
        except Unavailable:
            await asyncio.sleep(random.uniform(1, 3))


def _load_conversation_update(
    store: Store, ctx: ApiContext, conversation_id: str, after: int
) -> tuple[dict[str, Any], SurveyOut | None, list[MessageOut]]:
    """Read and rendered in the database's thread: all streams share the event loop."""
    conversation = store.conversations.get(conversation_id)
    agent = store.agents.get(conversation.agent) if conversation.agent else None
    state = {"seq": conversation.seq, "public": serialize_state(conversation, agent)}
    question = serialize_survey(build_survey(store, conversation, ctx.clock()))
    messages = store.messages.list_public(conversation_id, after=after, limit=PAGE)
    return state, question, serialize_public_messages(store, conversation_id, messages, ctx.hosts)


def _format_transient_event(passed: tuple[str, str, dict[str, Any]]) -> str | None:
    """Drafts and others' typing; customers do not get their own typing back, nor what agents do."""
    _, name, data = passed
    if name == "colleague" or (name == "typing" and data["author"] == "customer"):
        return None
    if name == "delta":
        data = data | {"html": render_reply(data["text"]) if data["text"] else ""}
    return format_event(name, data)


async def iterate_agent_events(
    ctx: ApiContext, secret_hash: str, last_event_id: str | None
) -> AsyncIterator[str]:
    """Every change in any conversation after *last_event_id*, or from now on.

    The stream ends when its session or token does; checked before anything is sent, and every few seconds.
    """
    now = ctx.clock()
    (first, last), newest = await ctx.database.read(
        lambda store: (store.journal.load_id_range(), store.journal.find_latest_id(now))
    )
    seen = parse_last_event_id(last_event_id)
    if seen is not None and not first - 1 <= seen <= last:
        seen = None
        yield format_event("reset", {})
    seen = newest if seen is None else seen
    if (agent := await _note_presence(ctx, secret_hash)) is None:
        return
    with ctx.notifier.subscribe() as follower:
        yield HEARTBEAT
        beaten = time.monotonic()
        while not follower.is_closed:
            noted, entries = await _read_when_available(
                ctx, partial(_load_journal_events, ctx=ctx, agent=agent, after=seen)
            ) or (0, [])
            for number, name, data in entries:
                yield format_event(name, data, number)
            seen = max(seen, noted)
            if noted and len(entries) >= PAGE:
                continue
            passing = await follower.next_events(min(SESSION_CHECK_SECONDS, HEARTBEAT_SECONDS))
            if await _note_presence(ctx, secret_hash) is None:
                return
            if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                yield HEARTBEAT
            for conversation, name, data in passing or ():
                if (
                    name == "delta"
                    or data.get("author") == "customer"
                    or data.get("agent") not in (None, agent)
                ):
                    yield format_event(name, data | {"conversation": conversation})


async def _note_presence(ctx: ApiContext, secret_hash: str) -> str | None:
    """Whose console is open is at the desk; None: the session or the token has ended."""
    found = await _read_when_available(
        ctx, lambda store: store.agents.find_by_secret(secret_hash, ctx.clock())
    )
    if found is not None:
        await ctx.presence.record_presence(found[0].id, ctx.clock())
    return None if found is None else found[0].id


def _load_journal_events(
    store: Store, ctx: ApiContext, agent: str, after: int
) -> tuple[int, list[tuple[int, str, Mapping[str, Any]]]]:
    """The last id read, and the journal entries with the current state of what they refer to.

    Entries are coalesced: of several for one conversation the first is enough.
    """
    noted = store.journal.list_after(after, limit=PAGE, now=ctx.clock())
    changed = {conversation for _, conversation, message in noted if message is None}
    existing = store.conversations.list_existing(list(changed))
    rows = {row["id"]: row for row in load_inbox_rows(store, existing, agent)}
    entries: list[tuple[int, str, Mapping[str, Any]]] = []
    for number, conversation, message_id in noted:
        if message_id is None:
            if conversation in rows:
                entries.append((number, "conversation", rows.pop(conversation)))
        elif message := store.messages.get(conversation, message_id):
            data = {
                "conversation": conversation,
                "message": serialize_messages(store, conversation, [message], ctx.hosts)[0],
            }
            entries.append((number, "message", data))
            if message.private and store.mentions.has_named(conversation, message.id, agent):
                entries.append((number, "mention", data))
    return (noted[-1][0] if noted else 0, entries)
