"""Conversations that people answer in another desk: Zendesk, Chatwoot, Slack, e-mail, or a webhook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assistant.domain.conversation import Conversation, State
from assistant.domain.messages import Message

#: The accounts under which other desks own conversations; nobody can sign in with them.
AGENT_PREFIX = "desk:"
#: Of the addresses that show packets.
PACKET_PATH = "/v1/desks/packets/"
#: In a link's context: the number of the last message when it was taken back.
TAKEN_BACK_AT = "taken_back_at"
#: How long the link to a packet opens it.
PACKET_LINK_LIFETIME = timedelta(days=14)


class LinkState(StrEnum):
    #: The ticket is not there yet; our own agents may still take the conversation.
    OPENING = "opening"
    #: The foreign desk owns the conversation.
    OPEN = "open"
    #: Solved there, or ended here.
    CLOSED = "closed"
    #: Our own people or the assistant have it again.
    TAKEN_BACK = "taken_back"
    #: It could not be opened, or is gone.
    FAILED = "failed"


#: In which something may still go there.
ACTIVE_STATES = (LinkState.OPENING, LinkState.OPEN)


class DeskEventKind(StrEnum):
    REPLY = "reply"
    NOTE = "note"
    CLOSED = "closed"
    REOPENED = "reopened"
    #: Somebody took it there.
    ASSIGNED = "assigned"
    #: Something happened; what it was is to be fetched.
    CHANGED = "changed"


class DeskStep(StrEnum):
    """What is told to a foreign desk."""

    OPEN = "open"
    MESSAGE = "message"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskEvent:
    """Something that happened in a foreign desk; *id* is the same however often and by which way it comes."""

    id: str
    kind: DeskEventKind
    #: The desk's own id of the ticket or thread.
    remote: str
    #: Events of a ticket are applied in this order; texts of one desk have the same length.
    position: str
    text: str = ""
    #: Who wrote it there.
    author: str = ""
    #: Files as (name, address); only what a customer may open.
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCall:
    """A webhook call of a foreign desk, verified and parsed."""

    events: Sequence[DeskEvent] = ()
    #: What is answered.
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLink:
    """One handoff that went to a foreign desk."""

    id: str
    #: ``zendesk``, or ``zendesk:tokyo`` for a second account.
    desk: str
    conversation: str
    state: LinkState
    created_at: datetime
    #: The desk's own id of the ticket or thread; None: there is none yet.
    remote: str | None = None
    #: Where people open it.
    remote_url: str | None = None
    #: What agents call it: ``#123``.
    label: str | None = None
    #: What the desk's adapter needs besides.
    context: Mapping[str, str] = field(default_factory=dict)
    #: The last message that went there.
    sent_seq: int = 0
    #: What a call is out for, or was when the process died.
    sending: str | None = None
    #: Failed tries of it, since when, and why.
    tries: int = 0
    failing_since: datetime | None = None
    why: str | None = None
    #: Nothing is sent before.
    retry_at: datetime | None = None
    #: When it was last asked what happened there, and up to where that is known.
    polled_at: datetime | None = None
    cursor: str = ""
    #: Fields of the packet that do not fit there, of how many.
    loss: Sequence[str] = ()
    fields: int = 0

    @property
    def agent(self) -> str:
        """The id of the account that owns its conversation."""
        return AGENT_PREFIX + self.desk

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES

    @property
    def last_shown_seq(self) -> int | None:
        """The last message that people there may read, once the conversation is taken back."""
        if mark := self.context.get(TAKEN_BACK_AT):
            return int(mark)
        return self.sent_seq if self.state is LinkState.TAKEN_BACK else None

    def owns(self, conversation: Conversation) -> bool:
        return conversation.state is State.AGENT and conversation.agent == self.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDelivery:
    """Something on its way to a foreign desk."""

    step: DeskStep
    link: DeskLink
    #: The same on every try.
    key: str
    #: An earlier try may have arrived.
    may_have_arrived: bool
    language: str
    #: OPEN: the packet, and a link that shows all of it.
    packet: Mapping[str, Any] = field(default_factory=dict)
    packet_url: str = ""
    #: OPEN: all that was said; MESSAGE: the one message.
    messages: Sequence[Message] = ()
    #: CLOSE: why, for people there.
    note: str = ""
    customer: str = ""
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReceipt:
    """What a foreign desk made of a delivery."""

    remote: str | None = None
    remote_url: str | None = None
    label: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    loss: Sequence[str] = ()
    fields: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNews:
    """What a foreign desk tells when it is asked."""

    events: Sequence[DeskEvent]
    cursor: str


def is_foreign_owner(agent: str | None) -> bool:
    return agent is not None and agent.startswith(AGENT_PREFIX)
