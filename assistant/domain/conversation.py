"""A conversation's life: who owns it, and the only ways in which that changes."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from assistant.domain.errors import AlreadyClaimed, ConversationClosed, NotClosed, NotOwner, NotQueued
from assistant.domain.signals import Reason


class State(StrEnum):
    #: The bot owns it.
    ASSISTANT = "assistant"
    #: Waiting for a person; the bot does not answer.
    QUEUED = "queued"
    #: A person owns it; the bot is silent.
    AGENT = "agent"
    CLOSED = "closed"


#: In which the customer is answered by people.
PEOPLE_STATES = (State.QUEUED, State.AGENT)


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Outcome(StrEnum):
    """How a conversation ended; a team may use words of its own besides these."""

    SOLVED = "solved"
    WORKAROUND = "workaround"
    UNSOLVED = "unsolved"
    NO_REPLY = "no_reply"
    SPAM = "spam"
    #: It went to another desk or company.
    TRANSFERRED_OUT = "transferred_out"
    #: The customer closed it.
    CLOSED_BY_CUSTOMER = "closed_by_customer"
    #: Nobody wrote for long.
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One issue of one customer on one channel.

    Every change of owner raises *epoch*; whatever was computed under an older epoch is void.
    """

    id: str
    customer: str
    channel: str
    language: str
    created_at: datetime
    updated_at: datetime
    state: State = State.ASSISTANT
    epoch: int = 1
    #: Number of the last message; the next one gets one more.
    seq: int = 0
    #: Messages up to this one belong to an earlier episode: old wishes in them are not obeyed again.
    episode_from: int = 0
    agent: str | None = None
    priority: Priority = Priority.NORMAL
    reason: Reason | None = None
    #: Since when the customer has been waiting for a person.
    waiting_since: datetime | None = None
    #: What the customer was told about waiting.
    told: str | None = None
    closed_at: datetime | None = None
    #: One of `Outcome`, or a team's own word.
    outcome: str | None = None
    #: The conversation before this one, and in a few words what it was about.
    previous: str | None = None
    carried: str | None = None
    #: A keyed hash of the web address that it was opened from: limits count by it, nobody can be found by it.
    origin: str | None = None
    #: Until when its agent has put it aside.
    snoozed_until: datetime | None = None
    #: The next deadline of its service level agreement: of what, when it is near, when it is over. A metric
    #: without a deadline: the clock rests.
    sla_metric: str | None = None
    sla_warn_at: datetime | None = None
    sla_due_at: datetime | None = None

    def with_next_seq(self, now: datetime) -> Self:
        """The next message takes a number."""
        return replace(self, seq=self.seq + 1, updated_at=now)

    def with_priority(self, priority: Priority) -> Self:
        return replace(self, priority=priority)

    def with_language(self, language: str) -> Self:
        return replace(self, language=language)

    def hand_off(self, reason: Reason, priority: Priority, told: str, now: datetime) -> Self:
        """Wait for a person from *now*; whoever waits already keeps their place."""
        self._require_open()
        return replace(
            self,
            state=State.QUEUED,
            epoch=self.epoch + 1,
            agent=None,
            reason=reason,
            priority=priority,
            told=told,
            waiting_since=self.waiting_since or now,
            updated_at=now,
        )

    def claim(self, agent: str, now: datetime) -> Self:
        """Give the conversation to *agent*; claiming one's own again changes nothing."""
        self._require_open()
        if self.state is State.AGENT:
            if self.agent == agent:
                return self
            raise AlreadyClaimed
        reason = self.reason if self.state is State.QUEUED else Reason.AGENT_TOOK_OVER
        return replace(
            self, state=State.AGENT, epoch=self.epoch + 1, agent=agent, reason=reason, updated_at=now
        )

    def release(self, agent: str, now: datetime) -> Self:
        """Back to the queue, with the waiting time kept."""
        self.require_owner(agent)
        return self._move_to_queue(now)

    def transfer(self, agent: str, to: str, now: datetime) -> Self:
        self.require_owner(agent)
        return replace(self, epoch=self.epoch + 1, agent=to, snoozed_until=None, updated_at=now)

    def expire_claim(self, now: datetime) -> Self:
        """The agent has been silent for too long: somebody else may take over."""
        return self._move_to_queue(now)

    def return_to_assistant(self, agent: str, now: datetime) -> Self:
        """The assistant answers again, from the next message on."""
        self.require_owner(agent)
        return self._move_to_assistant(now)

    def cancel_wait(self, now: datetime) -> Self:
        """The customer does not want to wait any longer."""
        self._require_open()
        if self.state is not State.QUEUED:
            raise NotQueued
        return self._move_to_assistant(now)

    def resolve(self, agent: str, outcome: str, now: datetime) -> Self:
        self.require_owner(agent)
        return self._move_to_closed(outcome, now)

    def close(self, now: datetime) -> Self:
        """The customer ends it; ending it twice is harmless."""
        return self if self.state is State.CLOSED else self._move_to_closed(Outcome.CLOSED_BY_CUSTOMER, now)

    def close_idle(self, now: datetime) -> Self:
        """Nobody has written for long, and the assistant has it."""
        if self.state is not State.ASSISTANT:
            raise NotOwner
        return self._move_to_closed(Outcome.IDLE, now)

    def snooze(self, agent: str, until: datetime, now: datetime) -> Self:
        """Put aside until then, or until somebody else says something."""
        self.require_owner(agent)
        return replace(self, snoozed_until=until, updated_at=now)

    def wake(self, now: datetime) -> Self:
        return self if self.snoozed_until is None else replace(self, snoozed_until=None, updated_at=now)

    def reopen(self, agent: str, now: datetime) -> Self:
        """A closed conversation goes on with *agent*, as a new episode."""
        if self.state is not State.CLOSED:
            raise NotClosed
        return replace(
            self,
            state=State.AGENT,
            epoch=self.epoch + 1,
            agent=agent,
            outcome=None,
            closed_at=None,
            episode_from=self.seq,
            updated_at=now,
        )

    def require_owner(self, agent: str) -> None:
        """NotOwner unless *agent* has it."""
        self._require_open()
        if self.state is not State.AGENT or self.agent != agent:
            raise NotOwner

    def _require_open(self) -> None:
        if self.state is State.CLOSED:
            raise ConversationClosed

    def _move_to_queue(self, now: datetime) -> Self:
        return replace(
            self,
            state=State.QUEUED,
            epoch=self.epoch + 1,
            snoozed_until=None,
            agent=None,
            waiting_since=self.waiting_since or now,
            updated_at=now,
        )

    def _move_to_assistant(self, now: datetime) -> Self:
        return replace(
            self,
            state=State.ASSISTANT,
            epoch=self.epoch + 1,
            snoozed_until=None,
            agent=None,
            reason=None,
            priority=Priority.NORMAL,
            waiting_since=None,
            told=None,
            episode_from=self.seq,
            updated_at=now,
        )

    def _move_to_closed(self, outcome: str, now: datetime) -> Self:
        return replace(
            self,
            state=State.CLOSED,
            epoch=self.epoch + 1,
            snoozed_until=None,
            outcome=outcome,
            waiting_since=None,
            closed_at=now,
            updated_at=now,
        )
