"""One turn of the assistant: gather, think, and commit the outcome only if nothing changed meanwhile."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from assistant.conversation.actions.proposing import store_action_update
from assistant.conversation.consents import ask_consent
from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.conversation.turn.result import TurnResult
from assistant.conversation.turn.think import TurnDependencies, compute_turn_result
from assistant.conversation.turn.turn_input import TurnInput, load_turn_input
from assistant.domain.conversation import Conversation, State
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import Author
from assistant.domain.signals import Decision, Reason, Signals, Verdict
from assistant.domain.turns import TurnRecord
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: How soon a turn looks again whether the customer has stopped typing.
TYPING_RECHECK = timedelta(seconds=0.4)
#: What stays of the deadline for committing when thinking has used up the rest.
SPARE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnHandler:
    """Takes the assistant's turns."""

    database: Database[Store]
    mind: TurnDependencies
    wire: Notifier
    timing: Timing
    pick_facts: FactPicker
    clock: Clock

    async def take_turn(self, item: Job) -> None:
        """Answer the burst that waits in a conversation; harmless to call twice."""
        if await self._defer_while_typing(item):
            return
        pause = self.timing.max_burst
        gathered = await self.database.read(lambda store: load_turn_input(store, item.conversation, pause))
        if gathered is None or gathered.conversation.state is not State.ASSISTANT:
            await self.database.write(
                lambda store: store.jobs.complete_job(item.kind, item.conversation, item.lease)
            )
            return
        started = time.monotonic()
        self.wire.publish_typing(item.conversation, Author.ASSISTANT, True)
        thought = await self._run_with_deadline(gathered)
        thought = replace(thought, milliseconds=round((time.monotonic() - started) * 1000))
        shown = await self.database.write(lambda store: self._commit_result(store, item, gathered, thought))
        if not shown:
            self.wire.publish_draft(item.conversation, "")
        self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """Work that keeps failing takes the conversation to a person, and the customer hears so."""
        verdict = Verdict(decision=Decision.HANDOFF, reason=Reason.FAILURE)
        why = HandoffRequest(verdict=verdict, decided_by="watchdog")

        def step(store: Store) -> None:
            conversation = store.conversations.get(item.conversation)
            ours = store.jobs.complete_job(item.kind, item.conversation, item.lease)
            if ours and conversation.state is State.ASSISTANT:
                policy = self.mind.policy.for_channel(conversation.channel)
                hand_over(store, conversation, why, policy, self.pick_facts, self.clock())
            elif ours and conversation.state is State.QUEUED:
                schedule_waiting_news(store, conversation, self.clock())

        await self.database.write(step)
        self.wire.notify(item.conversation)

    async def _defer_while_typing(self, item: Job) -> bool:
        now = self.clock()
        if not self.wire.is_typing(item.conversation) or now >= item.since + self.timing.max_burst:
            return False
        await self.database.write(lambda store: store.jobs.reschedule(item, now + TYPING_RECHECK))
        return True

    async def _run_with_deadline(self, gathered: TurnInput) -> TurnResult:
        async def progress(text: str) -> None:
            self.wire.publish_draft(gathered.conversation.id, text)

        limit = max(1.0, self.timing.turn_deadline.total_seconds() - SPARE_SECONDS)
        try:
            async with asyncio.timeout(limit):
                return await compute_turn_result(self.mind, gathered, progress)
        except TimeoutError:
            log.warning("turn ran out of time", conversation=gathered.conversation.id, seconds=limit)
            signals = self.mind.reader.compute_signals(gathered.text, gathered.history)
            verdict = Verdict(decision=Decision.HANDOFF, reason=Reason.DEADLINE)
            return TurnResult(signals=signals, verdict=verdict, reply=None)

    def _commit_result(self, store: Store, item: Job, gathered: TurnInput, thought: TurnResult) -> bool:
        """Store the outcome; False when it came too late, because somebody else owns the conversation now,
        another worker took the turn over, or the customer went on writing before anything was shown."""
        conversation = store.conversations.get(gathered.conversation.id)
        if not store.jobs.complete_job(JobKind.TURN, conversation.id, item.lease):
            return False
        if has_owner_changed(conversation, gathered):
            return False
        conversation = conversation.with_language(thought.signals.language)
        _update_familiarity(store, gathered, thought)
        if thought.reply is None:
            self._store_handoff(store, conversation, gathered, thought)
        else:
            self._store_answer(store, conversation, gathered, thought)
        return True

    def _store_answer(
        self,
        store: Store,
        conversation: Conversation,
        gathered: TurnInput,
        thought: TurnResult,
    ) -> None:
        assert thought.reply is not None
        now = self.clock()
        unread = has_newer_messages(conversation, gathered)
        conversation, message = append_reply(store, conversation, Author.ASSISTANT, thought.reply, now)
        record = _build_turn_record(gathered, thought, message.id)
        store.turns.add(conversation.id, gathered.last_seq, record, now)
        if thought.action is not None:
            store_action_update(store, conversation, thought.action, gathered, now)
        if thought.action is not None and thought.action.is_told and not unread:
            conversation = self._ask_consent(store, conversation, thought.signals)
        save_conversation(store, conversation, now)
        store.jobs.complete_job(JobKind.DEADLINE, conversation.id)
        if unread:
            store.jobs.schedule(JobKind.TURN, conversation.id, now + self.timing.debounce, now)
            store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + self.timing.turn_deadline, now)

    def _ask_consent(self, store: Store, conversation: Conversation, signals: Signals) -> Conversation:
        """Whether more may be told, beside news of an order; who is new to chats is asked nothing else."""
        policy = self.mind.policy.for_channel(conversation.channel)
        is_new = signals.unfamiliarity >= policy.guide_unfamiliarity
        return conversation if is_new else ask_consent(store, conversation, policy, self.clock())

    def _store_handoff(
        self,
        store: Store,
        conversation: Conversation,
        gathered: TurnInput,
        thought: TurnResult,
    ) -> None:
        now = self.clock()
        record = _build_turn_record(gathered, thought, None)
        store.turns.add(conversation.id, gathered.last_seq, record, now)
        asked = thought.verdict.reason is Reason.ASKED_FOR_PERSON
        why = HandoffRequest(
            verdict=thought.verdict,
            decided_by=_select_decider(thought.verdict) if asked else "policy",
            signals=thought.signals,
            suggested=thought.suggested,
            answer=thought.beside,
        )
        policy = self.mind.policy.for_channel(conversation.channel)
        hand_over(store, conversation, why, policy, self.pick_facts, now)


def _select_decider(verdict: Verdict) -> str:
    return (
        "model"
        if any(item.why == EvidenceReason.MODEL_READS_REQUEST for item in verdict.evidence)
        else "matcher"
    )


def has_owner_changed(conversation: Conversation, gathered: TurnInput) -> bool:
    """Whether somebody else owns, or owned meanwhile, what was thought about."""
    return conversation.epoch != gathered.conversation.epoch or conversation.state is not State.ASSISTANT


def has_newer_messages(conversation: Conversation, gathered: TurnInput) -> bool:
    """Whether there are words that the thought does not know of."""
    return conversation.seq > gathered.last_seq


def _build_turn_record(gathered: TurnInput, thought: TurnResult, reply_id: str | None) -> TurnRecord:
    return TurnRecord.from_trace(
        thought, turn=gathered.turn, message_id=gathered.message_id, reply_id=reply_id
    )


def _update_familiarity(store: Store, gathered: TurnInput, thought: TurnResult) -> None:
    """How at home the customer is with bots, drifting slowly towards what this turn shows."""
    shown = 1 - thought.signals.unfamiliarity
    known = gathered.customer.familiarity
    store.customers.set_familiarity(
        gathered.customer.id, round(shown if known is None else 0.7 * known + 0.3 * shown, 3)
    )
