"""What must be true of every conversation at every moment, told from what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.domain.audit import AuditEntry
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Job
from assistant.domain.messages import Author, Message
from assistant.domain.turns import TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """Everything that the database holds about one conversation."""

    conversation: Conversation
    messages: Sequence[Message]
    records: Sequence[TurnRecord]
    turn: Job | None
    deadline: Job | None
    audit: Sequence[AuditEntry]

    @property
    def unheard(self) -> bool:
        """The customer spoke last, and it is not over."""
        last = self.messages[-1] if self.messages else None
        over = self.conversation.state is State.CLOSED
        return bool(
            last and last.author is Author.CUSTOMER and last.seq > self.conversation.episode_from and not over
        )


def nothing_is_lost_or_doubled(held: StoredConversation, acknowledged: Mapping[str, str]) -> None:
    stored = [m for m in held.messages if m.author is Author.CUSTOMER]
    assert {m.id: m.text for m in stored} == acknowledged
    assert len(stored) == len(acknowledged)


def numbers_have_no_gaps(held: StoredConversation) -> None:
    assert [m.seq for m in held.messages] == list(range(1, held.conversation.seq + 1))


def each_burst_has_one_reply(held: StoredConversation) -> None:
    asked = [record.message_id for record in held.records]
    replies = [record.reply_id for record in held.records if record.reply_id]
    assert len(set(asked)) == len(asked)
    said = [m.id for m in held.messages if m.author is Author.ASSISTANT and m.kind == "text"]
    assert sorted(said) == sorted(replies)


def the_assistant_is_silent(held: StoredConversation, since: int) -> None:
    """While a person has it."""
    late = [m for m in held.messages if m.seq > since and m.kind == "text"]
    assert all(m.author is not Author.ASSISTANT for m in late)


def who_is_not_answered_has_a_turn_to_come(held: StoredConversation) -> None:
    """While the assistant owns it, and for what was said since it does."""
    places = {m.id: m.seq for m in held.messages}
    answered = max([held.conversation.episode_from, *(places[r.message_id] for r in held.records)])
    open_ = [m for m in held.messages if m.author is Author.CUSTOMER and m.seq > answered]
    if open_ and held.conversation.state is State.ASSISTANT:
        assert held.turn is not None


def nobody_waits_in_silence(held: StoredConversation) -> None:
    waits = held.unheard or held.conversation.state is State.QUEUED
    assert not waits or held.deadline is not None


def every_change_of_owner_is_audited(held: StoredConversation) -> None:
    assert [entry.epoch for entry in held.audit] == list(range(1, held.conversation.epoch + 1))
    last = held.audit[-1].details
    assert (last["state"], last["agent"]) == (held.conversation.state, held.conversation.agent)
