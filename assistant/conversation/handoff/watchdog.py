"""The watchdog: no customer waits without hearing something, whoever was to answer."""

from collections.abc import Callable
from datetime import datetime

from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.handoff.priority_update import list_unheard, raise_priority, save_added_signals
from assistant.conversation.handoff.wait_estimate import load_waiting_status
from assistant.conversation.handoff.waiting_news import (
    append_waiting_news,
    schedule_waiting_news,
    tell_waiting_news,
)
from assistant.conversation.snooze import end_snooze
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.conversation.turn.turn_input import build_utterances
from assistant.domain.audit import WATCHDOG
from assistant.domain.conversation import Conversation, State
from assistant.domain.foreign_desks import is_foreign_owner
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

LATE = Verdict(decision=Decision.HANDOFF, reason=Reason.DEADLINE)


class Watchdog:
    def __init__(
        self,
        database: Database[Store],
        policy: Policy,
        pick_facts: FactPicker,
        wire: Notifier,
        timing: Timing,
        clock: Clock,
    ) -> None:
        self._database, self._policy, self._pick_facts = database, policy, pick_facts
        self._wire, self._timing, self._clock = wire, timing, clock

    async def handle_deadline(self, item: Job) -> None:
        """Acknowledge, and see that the conversation is in the queue; who waits there hears how it stands."""
        now = self._clock()
        if await self._database.write(lambda store: self._apply_deadline(store, item, now)):
            self._wire.publish_draft(item.conversation, "")
            self._wire.notify(item.conversation)

    def _apply_deadline(self, store: Store, item: Job, now: datetime) -> bool:
        """Whether anything was said."""
        conversation = store.conversations.get(item.conversation)
        if not store.jobs.complete_job(JobKind.DEADLINE, item.conversation, item.lease):
            return False
        policy = self._policy.for_channel(conversation.channel)
        act: dict[State, Callable[[], object]] = {
            State.ASSISTANT: lambda: self._start_handoff(store, conversation, policy, now),
            State.AGENT: lambda: self._remind_agent(store, conversation, policy, now),
            State.QUEUED: lambda: tell_waiting_news(store, conversation, policy, now),
            State.CLOSED: lambda: None,
        }
        return act[conversation.state]() is not None

    def _remind_agent(
        self, store: Store, conversation: Conversation, policy: Policy, now: datetime
    ) -> Conversation:
        """The end of a snooze wakes it; else the agent was silent for too long.

        People in a foreign desk keep it, as they have hours of their own; the customer hears where it is.
        """
        if is_foreign_owner(conversation.agent):
            told = words("desk_waiting", conversation.language)
            return save_conversation(
                store, append_notice(store, conversation, Author.ASSISTANT, told, now)[0], now
            )
        if conversation.snoozed_until is None:
            return self._expire_claim(store, conversation, policy, now)
        return save_conversation(store, end_snooze(store, conversation, self._timing, now), now)

    def _start_handoff(
        self, store: Store, conversation: Conversation, policy: Policy, now: datetime
    ) -> Conversation:
        why = HandoffRequest(verdict=LATE, decided_by="watchdog")
        return hand_over(store, conversation, why, policy, self._pick_facts, now)[0]

    def _expire_claim(
        self, store: Store, conversation: Conversation, policy: Policy, now: datetime
    ) -> Conversation:
        """The agent was silent for too long: the customer waits again, and hears how it stands."""
        unheard = list_unheard(store.messages.list_public(conversation.id))
        signals = self._pick_facts(build_utterances(unheard)).signals
        queued = raise_priority(conversation.expire_claim(now), signals, policy)
        save_added_signals(store, queued, signals, unheard)
        schedule_waiting_news(store, queued, now)
        status = load_waiting_status(store, queued, policy, now)
        return append_waiting_news(store, queued, "watchdog", status, now, new_owner_by=WATCHDOG)
