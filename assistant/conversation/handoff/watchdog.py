"""The watchdog: no customer waits without hearing something, whoever was to answer."""

from collections.abc import Callable
from datetime import datetime

from assistant.conversation.handoff.handover import HandoffRequest, hand_over
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_reply, save_conversation
from assistant.domain.audit import WATCHDOG
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Job, JobKind
from assistant.domain.messages import Author, Reply
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
        clock: Clock,
    ) -> None:
        self._database, self._policy, self._pick_facts = database, policy, pick_facts
        self._wire, self._clock = wire, clock

    async def handle_deadline(self, item: Job) -> None:
        """Acknowledge, and see that the conversation is in the queue."""
        now = self._clock()
        await self._database.write(lambda store: self._apply_deadline(store, item, now))
        self._wire.publish_draft(item.conversation, "")
        self._wire.notify(item.conversation)

    def _apply_deadline(self, store: Store, item: Job, now: datetime) -> None:
        conversation = store.conversations.get(item.conversation)
        if not store.jobs.complete_job(JobKind.DEADLINE, item.conversation, item.lease):
            return
        act: dict[State, Callable[[], None]] = {
            State.ASSISTANT: lambda: self._start_handoff(store, conversation, now),
            State.AGENT: lambda: _append_acknowledgement(
                store, conversation.expire_claim(now), "watchdog", now, new_owner_by=WATCHDOG
            ),
            State.QUEUED: lambda: _append_acknowledgement(store, conversation, "still_waiting", now),
            State.CLOSED: lambda: None,
        }
        act[conversation.state]()

    def _start_handoff(self, store: Store, conversation: Conversation, now: datetime) -> None:
        policy = self._policy.for_channel(conversation.channel)
        why = HandoffRequest(verdict=LATE, decided_by="watchdog")
        hand_over(store, conversation, why, policy, self._pick_facts, now)


def _append_acknowledgement(
    store: Store,
    conversation: Conversation,
    situation: str,
    now: datetime,
    *,
    new_owner_by: str | None = None,
) -> None:
    text = words(situation, conversation.language)
    notice = Reply(text=text, language=conversation.language, kind="notice")
    conversation, _ = append_reply(store, conversation, Author.ASSISTANT, notice, now)
    save_conversation(store, conversation, now, new_owner_by=new_owner_by)
