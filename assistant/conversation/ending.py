"""How conversations end: the outcome ledger, and the end of those that nobody writes in any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.surveys import ask_survey
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.conversation.webhook_events import publish_event
from assistant.domain.audit import ASSISTANT
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import ANSWER_KINDS, Job, JobKind
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.outcomes import (
    EndedConversation,
    OutcomeKind,
    OutcomeRecord,
    classify_outcome,
    measure_frustration,
)
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.policy import Policy
from assistant.domain.turns import Utterance
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

#: Where a channel never ends by silence, how often it is looked whether that still holds.
IDLE_RECHECK = timedelta(days=1)
#: Of what the customer wrote to an agent, so many tell whether they took it.
MAX_LAST_LINES = 2


def save_outcome(
    store: Store,
    before: Conversation,
    ended: Conversation,
    ended_by: str,
    *,
    agents_word: str | None = None,
    pick_facts: FactPicker | None = None,
) -> OutcomeKind:
    """Enter and return the outcome of a conversation; *before* is its value before the end.

    *pick_facts* reads what the customer said, which counts where no agent says how it ended.
    """
    assert ended.closed_at is not None
    store.jobs.complete_job(JobKind.IDLE, ended.id)
    messages, turns = store.messages.list_public(ended.id), store.turns.list_all(ended.id)
    said = build_utterances(messages)
    helped = store.feedback.load_last_values("helped", [ended.id]).get(ended.id)
    kind, why = classify_outcome(
        EndedConversation(
            state=before.state,
            turns=turns,
            agents_word=agents_word,
            helped=None if helped is None else helped == 1,
            has_messages=any(message.author is Author.CUSTOMER for message in messages),
            is_unanswered=_is_unanswered(messages),
            has_agent_reply=any(message.author is Author.AGENT for message in messages),
            takes_agents_reply=pick_facts is not None and pick_facts.takes_reply(select_agents_part(said)),
            tells_matter=pick_facts is None or pick_facts.tells_matter(said),
        )
    )
    start, end = measure_frustration(turns)
    store.outcomes.add(
        OutcomeRecord(
            conversation=ended.id,
            kind=kind,
            ended_by=ended_by,
            why=why,
            ended_at=ended.closed_at,
            frustration_start=start,
            frustration_end=end,
        )
    )
    about = {"outcome": kind.value, "why": why, "channel": ended.channel}
    publish_event(store, EventType.CONVERSATION_CLOSED, ended.closed_at, conversation=ended.id, **about)
    store.jobs.schedule(JobKind.CASE, ended.id, ended.closed_at, ended.closed_at)
    return kind


def _is_unanswered(messages: Sequence[Message]) -> bool:
    spoken = [message for message in messages if message.author is not Author.SYSTEM]
    return bool(spoken) and spoken[-1].author is Author.CUSTOMER


def select_agents_part(said: Sequence[Utterance]) -> list[Utterance]:
    """The last words of an agent and the last of the customer's to them, before the assistant went on."""
    last = max((at for at, line in enumerate(said) if line.author is Author.AGENT), default=None)
    if last is None:
        return []
    later = takewhile(lambda line: line.author is not Author.ASSISTANT, said[last + 1 :])
    return [said[last], *[line for line in later if line.author is Author.CUSTOMER][-MAX_LAST_LINES:]]


class IdleCloser:
    """Ends conversations of the assistant that nobody writes in any more."""

    def __init__(
        self,
        database: Database[Store],
        policy: Policy,
        pick_facts: FactPicker,
        wire: Notifier,
        clock: Clock,
    ) -> None:
        self._database, self._policy, self._pick_facts = database, policy, pick_facts
        self._wire, self._clock = wire, clock

    async def close_idle(self, item: Job) -> None:
        """End it if it has been silent for long enough, else look again when it will have been."""
        now = self._clock()
        if await self._database.write(lambda store: self._apply_idle(store, item, now)):
            self._wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """Keeps failing: looked at again tomorrow; nobody waits for it."""
        await self._database.write(lambda store: store.jobs.reschedule(item, self._clock() + IDLE_RECHECK))

    def _apply_idle(self, store: Store, item: Job, now: datetime) -> bool:
        conversation = store.conversations.get(item.conversation)
        if conversation.state is State.CLOSED:
            store.jobs.complete_job(item.kind, item.conversation, item.lease)
            return False
        policy = self._policy.for_channel(conversation.channel)
        minutes = policy.get_idle_close_minutes(conversation.channel)
        due_at = conversation.updated_at + timedelta(minutes=minutes)
        if not minutes or due_at > now or not _can_end(store, conversation):
            later = due_at if minutes and due_at > now else now + (timedelta(minutes=minutes) or IDLE_RECHECK)
            store.jobs.reschedule(item, later)
            return False
        end_idle_conversation(store, conversation, policy, self._pick_facts, now)
        return True


def _can_end(store: Store, conversation: Conversation) -> bool:
    """Whether the assistant has it and owes nothing: people end what people have."""
    pending = any(store.jobs.get(kind, conversation.id) for kind in ANSWER_KINDS)
    return conversation.state is State.ASSISTANT and not pending


def end_idle_conversation(
    store: Store, before: Conversation, policy: Policy, pick_facts: FactPicker, now: datetime
) -> Conversation:
    """End it; said, and asked how it was, only on a page, because an app would ring."""
    spoken = before
    if before.channel == WEB and before.seq:
        notice = Reply(text=words("closed_idle", before.language), language=before.language, kind="notice")
        spoken, _ = append_reply(store, before, Author.SYSTEM, notice, now)
    ended = spoken.close_idle(now)
    outcome = save_outcome(store, before, ended, ASSISTANT, pick_facts=pick_facts)
    if before.channel == WEB:
        ended = ask_survey(store, ended, outcome, policy, now)
    return save_conversation(store, ended, now, new_owner_by=ASSISTANT)
