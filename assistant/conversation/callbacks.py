"""Calls back: planned from the desk or by whoever waits, due as rows, and looked for again when missed."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.snooze import end_snooze
from assistant.conversation.templates import format_moment
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.domain.audit import ASSISTANT, CUSTOMER
from assistant.domain.audit import format_actor as actor
from assistant.domain.callbacks import (
    Callback,
    CallbackOutcome,
    CallbackState,
    list_callback_slots,
    normalize_number,
    require_slot,
)
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, Conflict, NotFound, NotQueued
from assistant.domain.hours import Span
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import Author
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

MAX_OPEN = 5
MAX_TOPIC_CHARACTERS = 200
RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackChoice:
    """What whoever waits chooses: the beginning of an offered time."""

    number: str
    topic: str
    slot_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    number: str
    topic: str
    slot_from: datetime
    slot_to: datetime


def plan_callback(
    store: Store, conversation_id: str, agent: Agent, wanted: CallbackRequest, now: datetime
) -> Callback:
    """An agent plans a call."""
    conversation = store.conversations.get(conversation_id)
    require_slot(wanted.slot_from, wanted.slot_to, now)
    return _add_callback(store, conversation, wanted, actor(agent.id), now)


def list_offered_slots(conversation: Conversation, policy: Policy, now: datetime) -> list[Span]:
    """Times that whoever waits may choose; none unless the policy offers calls."""
    if conversation.state is not State.QUEUED:
        return []
    policy = policy.for_channel(conversation.channel)
    return list_callback_slots(policy.hours, now, policy.callback_slots)


def find_planned_callback(store: Store, conversation_id: str) -> Callback | None:
    """The next call that is still to come."""
    planned = [one for one in _list_open(store, conversation_id) if one.state is CallbackState.PLANNED]
    return min(planned, key=lambda one: one.slot_from, default=None)


def request_callback(
    store: Store, conversation_id: str, choice: CallbackChoice, policy: Policy, now: datetime
) -> Callback:
    """Whoever waits chooses one of the offered times, once; they keep their place in the queue."""
    conversation = store.conversations.get(conversation_id)
    if conversation.state is not State.QUEUED:
        raise NotQueued
    slots = dict(list_offered_slots(conversation, policy, now))
    end = slots.get(choice.slot_from)
    if end is None:
        raise BadInput("That time is not offered any more; choose another.", field="slot")
    if find_planned_callback(store, conversation.id):
        raise Conflict("A call is planned already.")
    wanted = CallbackRequest(**asdict(choice), slot_to=end)
    callback = _add_callback(store, conversation, wanted, CUSTOMER, now)
    time = format_moment(choice.slot_from, now, conversation.language, zone=policy.zone)
    text = words("callback_planned", conversation.language, time=time, ending=callback.number[-4:])
    conversation, _ = append_notice(store, conversation, Author.ASSISTANT, text, now)
    save_conversation(store, conversation, now)
    return callback


def finish_callback(
    store: Store, callback_id: str, agent: Agent, outcome: CallbackOutcome, note: str, now: datetime
) -> Callback:
    """How it went; Conflict when a colleague was first."""
    before = store.callbacks.get(callback_id)
    if before is None:
        raise NotFound("There is no such call.")
    if before.state is CallbackState.DONE:
        raise Conflict("How this call went is written down already.")
    callback = replace(before, state=CallbackState.DONE, outcome=outcome, note=note.strip())
    store.callbacks.save(callback)
    _note_change(store, callback, actor(agent.id), "callback_done", now)
    _schedule_next(store, callback.conversation, now)
    return callback


def _add_callback(
    store: Store, conversation: Conversation, wanted: CallbackRequest, by: str, now: datetime
) -> Callback:
    if len(_list_open(store, conversation.id)) >= MAX_OPEN:
        raise BadInput(f"{MAX_OPEN} calls are planned already; say how they went first.")
    callback = Callback(
        id=uuid4().hex,
        conversation=conversation.id,
        number=normalize_number(wanted.number),
        topic=" ".join(wanted.topic.split())[:MAX_TOPIC_CHARACTERS],
        slot_from=wanted.slot_from,
        slot_to=wanted.slot_to,
        created_by=by,
        created_at=now,
    )
    store.callbacks.save(callback)
    _note_change(store, callback, by, "callback_planned", now)
    _schedule_next(store, conversation.id, now)
    return callback


def _note_change(store: Store, callback: Callback, by: str, action: str, now: datetime) -> None:
    """In the audit log without number and words; screens look again."""
    details = {"callback": callback.id, "outcome": callback.outcome}
    store.audit.append_entry(by, action, now, conversation=callback.conversation, **details)
    store.journal.append_entry(callback.conversation, None, now)


def _list_open(store: Store, conversation_id: str) -> list[Callback]:
    return [
        one
        for one in store.callbacks.list_by_conversation(conversation_id)
        if one.state is not CallbackState.DONE
    ]


def _schedule_next(store: Store, conversation_id: str, now: datetime) -> None:
    """Due when the next call begins, and when its time is over."""
    planned = [one for one in _list_open(store, conversation_id) if one.state is CallbackState.PLANNED]
    moments = [one.slot_from if one.slot_from > now else one.slot_to for one in planned]
    if moments:
        store.jobs.schedule(JobKind.CALLBACK, conversation_id, min(moments), now)
    else:
        store.jobs.complete_job(JobKind.CALLBACK, conversation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackReminder:
    """The handler of callback jobs: wakes a conversation when it is time to call, and after a missed call."""

    database: Database[Store]
    timing: Timing
    wire: Notifier
    clock: Clock

    async def remind_agent(self, item: Job) -> None:
        now = self.clock()
        await self.database.write(lambda store: self._apply_due(store, item, now))
        self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """A call is never forgotten: it is tried again later."""
        now = self.clock()
        await self.database.write(
            lambda store: store.jobs.schedule(JobKind.CALLBACK, item.conversation, now + RETRY, now)
        )

    def _apply_due(self, store: Store, item: Job, now: datetime) -> None:
        conversation = store.conversations.get(item.conversation)
        if not store.jobs.complete_job(JobKind.CALLBACK, conversation.id, item.lease):
            return
        for callback in _list_open(store, conversation.id):
            if callback.state is CallbackState.PLANNED and callback.slot_to <= now:
                missed = replace(callback, state=CallbackState.MISSED)
                store.callbacks.save(missed)
                _note_change(store, missed, ASSISTANT, "callback_missed", now)
        save_conversation(store, end_snooze(store, conversation, self.timing, now), now)
        _schedule_next(store, conversation.id, now)
