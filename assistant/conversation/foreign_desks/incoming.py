"""What people do in a foreign desk, taken in: each event once, in order, and never past our own fence."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from assistant.conversation.desk import (
    Resolution,
    add_agent_message,
    reopen_conversation,
    resolve_conversation,
)
from assistant.conversation.inbound.dead_events import build_dead_desk_event
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import MAX_TEXT, Timing
from assistant.conversation.transcript import append_agent_message, save_conversation
from assistant.domain.audit import format_actor
from assistant.domain.conversation import Conversation, Outcome, State
from assistant.domain.errors import AssistantError, Conflict, InternalError, NotFound
from assistant.domain.foreign_desks import (
    PACKET_PATH,
    TAKEN_BACK_AT,
    DeskEvent,
    DeskEventKind,
    DeskLink,
    LinkState,
)
from assistant.domain.jobs import JobKind
from assistant.domain.messages import AgentMessage
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Store

log = structlog.get_logger()

#: Callbacks may overtake each other: what came is applied this long after, in the desk's own order.
SETTLE = timedelta(seconds=2)
MAX_NAME_CHARACTERS = 80
#: Of what somebody wrote there; the rest is read there.
MAX_EVENT_CHARACTERS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRules:
    """What applying an event needs to know."""

    timing: Timing
    policy: Policy


def store_desk_events(store: Store, desk: str, events: Sequence[DeskEvent], now: datetime) -> None:
    """Keep every event that is new and belongs to a handoff of ours; they are applied soon."""
    for event in events:
        found = store.desk_links.find_by_remote(desk, event.remote)
        if found is None:
            continue
        try:
            with store.begin_savepoint():
                _store_event(store, found, event, now)
        except NotFound:  # erased meanwhile
            continue
        except InternalError as exc:
            log.exception("desk event not taken in", desk=desk, id=event.id[:80])
            store.jobs.dead_letter_event(build_dead_desk_event(event, found, str(exc)), now)


def _store_event(store: Store, found: DeskLink, event: DeskEvent, now: datetime) -> None:
    store.conversations.get(found.conversation)  # lock: a running job looks for events before it ends
    link = store.desk_links.get(found.id) or found
    if event.kind is not DeskEventKind.CHANGED and not store.desk_links.add_event(link.id, event, now):
        return
    # What went before it may have been missed: the desk is asked first.
    store.desk_links.save(replace(link, polled_at=None))
    store.jobs.hasten(JobKind.DESK, link.conversation, now + SETTLE, now)


def store_fetched_events(store: Store, link: DeskLink, events: Sequence[DeskEvent], now: datetime) -> None:
    """Keep what the desk told when it was asked: in its own order, so nothing has to settle."""
    for event in events:
        store.desk_links.add_event(link.id, event, now)


def apply_desk_events(store: Store, link_id: str, rules: DeskRules, now: datetime) -> bool:
    """Apply what is new of a link, in the desk's order; whether anything was."""
    link = store.desk_links.get(link_id)
    events = store.desk_links.list_new_events(link_id) if link else ()
    for event in events:
        why = None
        link = store.desk_links.get(link_id)
        assert link is not None
        try:
            with store.begin_savepoint():
                why = _apply_event(store, link, event, rules, now)
        except InternalError as exc:  # it costs no other event
            log.exception("desk event not applied", desk=link.desk, id=event.id[:80])
            store.jobs.dead_letter_event(build_dead_desk_event(event, link, str(exc)), now)
            why = "broken"
        except AssistantError as exc:
            why = exc.code
        store.desk_links.mark_applied(link_id, event.id, now, why)
    return bool(events)


def _apply_event(
    store: Store, link: DeskLink, event: DeskEvent, rules: DeskRules, now: datetime
) -> str | None:
    """Why it went no further than a note; None: it had its effect."""
    match event.kind:
        case DeskEventKind.REPLY:
            return _apply_reply(store, link, event, rules, now)
        case DeskEventKind.NOTE:
            append_desk_note(store, link, event, "desk_note", now)
        case DeskEventKind.ASSIGNED:
            append_desk_note(store, link, event, "desk_assigned", now)
        case DeskEventKind.CLOSED:
            return _apply_closing(store, link, event, rules, now)
        case DeskEventKind.REOPENED:
            return None if _regain(store, link, rules.timing, now) else "not owner"
    return None


def _apply_reply(
    store: Store, link: DeskLink, event: DeskEvent, rules: DeskRules, now: datetime
) -> str | None:
    """A person's answer reaches the customer while that desk owns the conversation; else it is a note."""
    text = _render_text(event)
    if not text.strip():
        return "empty"
    if PACKET_PATH in text or link.id in text:  # a quote of what we sent there
        append_desk_note(store, link, event, "desk_reply_packet", now)
        return "packet"
    if not _regain(store, link, rules.timing, now):
        append_desk_note(store, link, event, "desk_reply_held", now)
        return "not owner"
    agent, message_id = load_desk_agent(store, link, event), _build_message_id(link, event)
    store.handoffs.mark_claimed(link.conversation, now)
    for start in range(0, len(text), MAX_TEXT):  # a long mail is several messages
        part = f"{message_id}-{start // MAX_TEXT}" if start else message_id
        written = AgentMessage(message_id=part, text=text[start : start + MAX_TEXT])
        add_agent_message(store, link.conversation, agent, written, rules.timing, now)
    return None


def _apply_closing(
    store: Store, link: DeskLink, event: DeskEvent, rules: DeskRules, now: datetime
) -> str | None:
    conversation = store.conversations.get(link.conversation)
    if link.state is LinkState.OPEN and is_current(store, link) and link.owns(conversation):
        agent, policy = load_desk_agent(store, link, event), rules.policy.for_channel(conversation.channel)
        resolution = Resolution(outcome=Outcome.SOLVED)
        # Before the conversation: who closed it there need not be told that it is closed.
        store.desk_links.save(replace(link, state=LinkState.CLOSED))
        resolve_conversation(store, conversation.id, agent, resolution, policy, now)
        return None
    if link.state is LinkState.OPEN and conversation.state is State.CLOSED:
        store.desk_links.save(replace(link, state=LinkState.CLOSED))
        return None
    return "not owner"


def _regain(store: Store, link: DeskLink, timing: Timing, now: datetime) -> bool:
    """Whether the desk owns the conversation, now that somebody there acts: a closed one is opened again."""
    conversation = store.conversations.get(link.conversation)
    if not is_current(store, link):
        return False
    if link.owns(conversation):
        return True
    if link.state is LinkState.OPENING and conversation.state is State.QUEUED:
        claim_for_desk(store, conversation, link, timing, now)
        return True
    if TAKEN_BACK_AT in link.context:
        return False
    if conversation.state is State.CLOSED and link.state is LinkState.CLOSED:
        try:
            reopen_conversation(store, conversation.id, load_desk_agent(store, link), now)
        except Conflict:  # the customer has a newer conversation
            return False
        store.desk_links.save(replace(link, state=LinkState.OPEN))
        return True
    return False


def claim_for_desk(
    store: Store, conversation: Conversation, link: DeskLink, timing: Timing, now: datetime
) -> None:
    """The foreign desk owns it from now on; the customer hears so only if nobody answers soon."""
    claimed = conversation.claim(link.agent, now)
    store.jobs.complete_job(JobKind.TURN, conversation.id)
    store.jobs.complete_job(JobKind.ASSIGN, conversation.id)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + timing.agent_deadline, now)
    save_conversation(store, claimed, now, new_owner_by=format_actor(link.agent))


def is_current(store: Store, link: DeskLink) -> bool:
    """Whether no later handoff of the conversation went to a foreign desk."""
    last = store.desk_links.find_last(link.conversation)
    return last is not None and last.id == link.id


def load_desk_agent(store: Store, link: DeskLink, event: DeskEvent | None = None) -> Agent:
    """The account that owns the desk's conversations, by the name of who wrote there."""
    agent = store.agents.get(link.agent)
    if agent is None:
        raise InternalError(f"the account of {link.desk} is missing")
    author = " ".join(event.author.split())[:MAX_NAME_CHARACTERS] if event else ""
    return replace(agent, name=author or agent.name)


def append_desk_note(store: Store, link: DeskLink, event: DeskEvent, situation: str, now: datetime) -> None:
    """A private note of what somebody wrote in the foreign desk."""
    agent, language = load_desk_agent(store, link, event), store.conversations.get(link.conversation).language
    where = name_ticket(store, link)
    text = words(situation, language, desk=where, author=agent.name, text=_render_text(event))
    save_note(store, link, agent, _build_message_id(link, event), text, now)


def save_note(store: Store, link: DeskLink, agent: Agent, message_id: str, text: str, now: datetime) -> None:
    """A private note in the conversation, once."""
    conversation = store.conversations.get(link.conversation)
    if store.messages.get(conversation.id, message_id):
        return
    note = AgentMessage(message_id=message_id, text=text[:MAX_TEXT], private=True)
    append_agent_message(store, conversation, agent, note, now)
    save_conversation(store, conversation, now)


def name_ticket(store: Store, link: DeskLink) -> str:
    """As people call it: ``Zendesk #123``."""
    name = store.desk_links.list_names().get(link.desk, link.desk)
    return f"{name} {link.label}" if link.label else name


def _render_text(event: DeskEvent) -> str:
    lines = [event.text.strip(), *(f"{name} {address}".strip() for name, address in event.files)]
    return "\n".join(line for line in lines if line)[:MAX_EVENT_CHARACTERS]


def _build_message_id(link: DeskLink, event: DeskEvent) -> str:
    return "desk-" + hashlib.sha256(f"{link.id}/{event.id}".encode()).hexdigest()[:40]
