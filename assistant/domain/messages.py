"""What is said in a conversation, by whom, and what goes with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Author(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a sentence of a reply stands in the knowledge base."""

    #: The number that the text refers to as ``[n]``, from 1.
    n: int
    article: str
    title: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A tappable answer: *value* is sent in the customer's name, *label* is shown."""

    label: str
    value: str


#: A handoff that asks how the customer can be reached, and the notice that their address arrived.
CONTACT_QUESTION = "handoff_contact"
CONTACT_NOTED = "contact_noted"
#: The first message of a wait is passed on.
ADDED_NOTED = "added_noted"
#: An agent asks the customer to stop harassing; customers see it as any other message.
WARNING = "warning"
#: Nobody asked for it just now (domain/proactive.py).
PROACTIVE = "proactive"
#: The question at the end, on an app.
SURVEY_MESSAGE = "survey"
#: Asks whether somebody may be written to (conversation/consents.py).
CONSENT_QUESTION = "consent_question"
HANDOFF_KINDS = ("handoff", CONTACT_QUESTION)
NOTICE_KINDS = ("notice", CONTACT_NOTED, ADDED_NOTED, PROACTIVE, CONSENT_QUESTION)


def get_public_kind(kind: str) -> str:
    """The kind as the contract has it: what is told apart inside is a handoff or a notice."""
    if kind == WARNING:
        return "text"
    return "handoff" if kind in HANDOFF_KINDS else "notice" if kind in NOTICE_KINDS else kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something to be said to the customer, before it is stored and numbered."""

    text: str
    #: BCP-47 language of the text.
    language: str
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    #: What kind of line it is, for the interface and for whoever looks back: text, handoff, notice …
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMessage:
    """What an agent typed: an answer, or a private note."""

    message_id: str
    text: str
    private: bool = False
    #: Id of a saved reply whose actions follow.
    macro: str | None = None
    #: As in `Reply`.
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One stored thing that was said."""

    id: str
    conversation: str
    #: Order within the conversation, from 1 without gaps; a private note carries that of the one before.
    seq: int
    author: Author
    text: str
    created_at: datetime
    language: str | None = None
    #: As in `Reply`.
    kind: str = "text"
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    #: The agent who wrote it.
    agent: str | None = None
    agent_name: str | None = None
    #: Seen by agents only, never by the customer.
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One thing a customer said, whichever channel carried it."""

    conversation: str
    #: The sender's own id for it; a second delivery of the same id is dropped.
    message_id: str
    text: str
    #: Whether the channel shows who sent it; the sender of a mail may be forged.
    is_proven: bool = True
