"""The watchdog: no customer waits without hearing something, whoever was to answer."""

from collections.abc import Callable
from datetime import datetime

from assistant.conversation.handoff.handover import Handover, hand_over
from assistant.conversation.templates import say as words
from assistant.conversation.transcript import save, say
from assistant.domain.audit import WATCHDOG
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Due, Kind
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

    async def deadline_passed(self, item: Due) -> None:
        """Acknowledge, and see that the conversation is in the queue."""
        now = self._clock()
        await self._database.write(lambda store: self._step(store, item, now))
        self._wire.publish_draft(item.conversation, "")
        self._wire.notify(item.conversation)

    def _step(self, store: Store, item: Due, now: datetime) -> None:
        conversation = store.conversations.get(item.conversation)
        if not store.jobs.complete_job(Kind.DEADLINE, item.conversation, item.lease):
            return
        act: dict[State, Callable[[], None]] = {
            State.ASSISTANT: lambda: self._to_people(store, conversation, now),
            State.AGENT: lambda: _acknowledge(
                store, conversation.lapse(now), "watchdog", now, new_owner_by=WATCHDOG
            ),
            State.QUEUED: lambda: _acknowledge(store, conversation, "still_waiting", now),
            State.CLOSED: lambda: None,
        }
        act[conversation.state]()

    def _to_people(self, store: Store, conversation: Conversation, now: datetime) -> None:
        policy = self._policy.for_channel(conversation.channel)
        why = Handover(verdict=LATE, decided_by="watchdog")
        hand_over(store, conversation, why, policy, self._pick_facts, now)


def _acknowledge(
    store: Store,
    conversation: Conversation,
    situation: str,
    now: datetime,
    *,
    new_owner_by: str | None = None,
) -> None:
    text = words(situation, conversation.language)
    notice = Reply(text=text, language=conversation.language, kind="notice")
    conversation, _ = say(store, conversation, Author.ASSISTANT, notice, now)
    save(store, conversation, now, new_owner_by=new_owner_by)
