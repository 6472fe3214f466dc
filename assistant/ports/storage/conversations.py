"""Conversations, messages, turns and handoffs, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.conversation import Conversation
from assistant.domain.inbox import InboxFilter, InboxPlace
from assistant.domain.messages import Author, Message
from assistant.domain.reply_verdicts import Thumb
from assistant.domain.turns import TurnRecord

Packet = dict[str, Any]


class ConversationRowStore(Protocol):
    """Conversations, one by one."""

    def get(self, conversation: str) -> Conversation: ...  # NotFound
    def find_by_token(self, conversation: str, token_hash: str) -> Conversation | None: ...
    def add(self, conversation: Conversation, token_hash: str | None) -> None: ...
    def save(self, conversation: Conversation) -> None: ...
    def list_existing(self, conversations: Sequence[str]) -> Sequence[Conversation]: ...  # those that exist
    def list_by_customer(self, customer: str, *, before: str) -> Sequence[Conversation]: ...  # newest first
    def count_by_customer(self, customer: str, *, before: str) -> int: ...  # as listed, however many


class InboxStore(Protocol):
    """The queue, and agents' inboxes."""

    def count_waiting_before(self, conversation: Conversation) -> int: ...
    def list_inbox(
        self, wanted: InboxFilter, *, after: InboxPlace | None, limit: int
    ) -> Sequence[Conversation]: ...
    def count_inbox(self, wanted: InboxFilter, *, limit: int) -> int: ...  # at most *limit*
    def count_by_state(self, agent: str) -> dict[str, int]: ...
    def count_queued(self, *, origin: str | None = None) -> int: ...  # all, or from one address
    # longest waiting first
    def list_queued(self, customer: str, *, besides: str) -> Sequence[Conversation]: ...


class ConversationStore(ConversationRowStore, InboxStore, Protocol):
    """Every conversation."""


class ReadMarkStore(Protocol):
    """What agents have seen."""

    def count_unread(
        self, agent: str, own: Sequence[str], followed: Collection[str] = ()
    ) -> Mapping[str, int]: ...
    def mark_read(self, agent: str, conversation: str, seq: int) -> None: ...  # 0: unread again


class TranscriptStore(Protocol):
    """Messages. Nine members because lists of conversations read the last ones of many at once."""

    def add(self, message: Message) -> None: ...
    def get(self, conversation: str, message: str) -> Message | None: ...
    def list_public(
        self, conversation: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Message]: ...
    def list_all(self, conversation: str) -> Sequence[Message]: ...  # private notes too
    def load_last(self, conversations: Sequence[str]) -> Mapping[str, Message]: ...
    def load_many(
        self, messages: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Message]: ...  # by conversation and id
    def list_speakers(
        self, conversation: str, since: datetime
    ) -> Sequence[tuple[Author, datetime]]: ...  # customer and agents to each other
    def load_last_customer_texts(
        self, conversations: Sequence[str]
    ) -> Mapping[str, str]: ...  # of the customer
    def update_text(self, conversation: str, message: str, text: str, kind: str) -> None: ...


class MessageStore(TranscriptStore, ReadMarkStore, Protocol):
    """Every message, and who has seen it."""


class TurnStore(Protocol):
    """Eight members because recent turns of every conversation are listed here too, to decide them again."""

    def add(self, conversation: str, seq: int, record: TurnRecord, now: datetime) -> None: ...
    def list_all(self, conversation: str, *, after: int = 0) -> Sequence[TurnRecord]: ...
    def load_recent_feelings(
        self, conversations: Sequence[str]
    ) -> Mapping[str, Mapping[str, float]]: ...  # the highest of the last turns
    def list_recent(
        self, since: datetime, *, limit: int
    ) -> Sequence[tuple[str, str, TurnRecord]]: ...  # (conversation, channel, turn)
    def redact_turn(self, conversation: str, seq: int) -> None: ...  # removes the words of a turn
    def count_turns(self, conversation: str) -> int: ...
    def load_turn_counts(self, conversation: str) -> tuple[int, int]: ...  # the two beside, in one query
    def find_last_answered_seq(
        self, conversation: str
    ) -> int: ...  # seq of the last customer message in a turn


class HandoffStore(Protocol):
    """Handoffs and their packets; wide because a packet is kept, shown, redacted and looked back on."""

    def add(self, conversation: str, epoch: int, reason: str, packet: Packet, now: datetime) -> None: ...
    def load_last_packet(self, conversation: str) -> dict[str, Any] | None: ...
    def list_packets(self, conversation: str) -> Sequence[dict[str, Any]]: ...  # of all handoffs, in order
    def load_last_packets(self, conversations: Sequence[str]) -> Mapping[str, dict[str, Any]]: ...
    def redact_packets(self, conversation: str, words: str, instead: str) -> None: ...
    def replace_packet(self, packet: dict[str, Any]) -> None: ...  # replaces the one of its epoch
    def mark_claimed(self, conversation: str, now: datetime) -> None: ...
    def list_recent_claims(
        self, *, since: datetime, limit: int
    ) -> Sequence[tuple[datetime, datetime]]: ...  # handed over, claimed; newest first


class FeedbackStore(Protocol):
    def add(self, values: dict[str, Any]) -> None: ...
    def list_thumbs(self, conversation: str) -> Sequence[Thumb]: ...
    def list_recent_thumbs_down(self, since: datetime, *, limit: int) -> Sequence[Thumb]: ...  # newest first
    def load_last_values(self, kind: str, conversations: Sequence[str]) -> Mapping[str, int]: ...
