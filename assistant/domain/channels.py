"""Between us and a messaging app: who writes, what their app tells us, what is on its way to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.file_types import INLINE_TYPES
from assistant.domain.messages import Button, Message

#: Apps that let us write for a day after the customer did, and no longer.
WINDOW_CHANNELS = frozenset({"whatsapp", "messenger", "instagram"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody can be reached in an app."""

    channel: str
    #: Which of our accounts in that app; "" where there is one.
    account: str = ""
    #: The app's own id of the person.
    peer: str
    #: The app's own id of a thread or group; "" where the person is the thread.
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One address, the conversation that goes on there now, and what the app needs to be answered."""

    id: str
    address: Address
    customer: str
    conversation: str
    #: When the customer last wrote: apps close their windows by it.
    heard_at: datetime
    #: What the next send may use: a reply token, a subject, an earlier message's id.
    context: Mapping[str, str] = field(default_factory=dict)
    #: Why nothing can be sent there (blocked, STOP); None: it can.
    unreachable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message and is fetched afterwards."""

    #: image, video, audio or file.
    kind: str
    #: What the channel's `fetch_address` needs to get it.
    source: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEvent:
    """Something the app tells us; *id* is the app's own, by which a second delivery is known."""

    id: str
    address: Address


#: What customers send besides words and files; the wording names each as ``sent_<kind>``.
KINDS = (
    "sticker",
    "reaction",
    "location",
    "contact",
    "order",
    "product",
    "form",
    "poll",
    "dice",
    "link",
    "post",
    "story",
    "button",
    "unknown",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(ChannelEvent):
    """The customer sent a message."""

    message_id: str
    #: Their own words; "" where there are none.
    text: str
    attachments: tuple[Attachment, ...] = ()
    #: text, or one of KINDS: something else came, with or without words.
    kind: str = "text"
    #: What came besides words, as people can read it: a contact's name, what was ordered.
    about: str = ""
    #: A word that takes STOP back; where nobody said STOP it is a word like any other.
    restarts: bool = False
    name: str | None = None
    locale: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    #: The app proves who writes; a mail's sender is only claimed.
    verified: bool = True
    #: Nothing shows that the address is the writer's own: one automatic answer goes there, no more.
    unproven: bool = False
    #: Why only people answer it; None: the assistant may.
    people_only: EvidenceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(ChannelEvent):
    """The customer changed a message."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(ChannelEvent):
    """The customer took a message back: nobody may read it any more."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachabilityChanged(ChannelEvent):
    """The customer followed us, unblocked us, or sent START; None: *why* they no longer can be reached."""

    why: str | None = None
    #: They came of their own accord: say who we are.
    greet: bool = False
    #: What is said then, by its name in the wording.
    template: str = "greeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUpdate(ChannelEvent):
    """What became of something we sent, by the app's id for it."""

    platform_id: str
    #: sent, delivered, read or failed.
    status: str
    why: str | None = None


class DeliveryState(StrEnum):
    WAITING = "waiting"
    #: A call to the app is out, or was when the process died.
    SENDING = "sending"
    SENT = "sent"
    #: For good: agents see why.
    FAILED = "failed"
    #: Written by the assistant before somebody else took over; never sent.
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to an app, in as many parts as the app needs."""

    id: str
    conversation: str
    message: str
    thread: str
    #: The conversation's epoch in which it was said.
    epoch: int
    state: DeliveryState = DeliveryState.WAITING
    #: Parts that have arrived.
    part: int = 0
    #: Tries of the present part.
    tries: int = 0
    #: The app's ids of the parts.
    platform_ids: tuple[str, ...] = ()
    #: delivered, read: what the app said afterwards.
    status: str | None = None
    why: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that a customer sent."""

    #: Random, so that nobody guesses another's.
    id: str
    conversation: str
    message: str
    kind: str
    name: str
    source: str
    #: By its content; None until it is fetched.
    type: str | None = None
    size: int | None = None
    #: Why it could not be had.
    why: str | None = None
    created_at: datetime


# -- calls in, calls out


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A call to our webhook, as it came over the wire."""

    method: str
    #: The address under which the app knows us, query included.
    url: str
    #: Names in lower case.
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """As much of a message as one call to the app carries."""

    texts: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    #: Sanitised HTML of the same, where the app shows it.
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """An agent's file: its content for apps that are handed it, its address for those that load it."""

    name: str
    type: str
    data: bytes
    #: Signed and public; it expires.
    url: str

    @property
    def is_image(self) -> bool:
        return self.type in INLINE_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message and where it goes."""

    message: Message
    thread: Thread
    #: The same for every try of the same part.
    key: str
    #: Earlier tries of this part, whatever came of them.
    tries: int
    #: The assistant speaks for the first time, or again after a person: it says what it is.
    introduces: bool
    now: datetime
    #: Sent in place of the words, which are its name.
    file: OutboundFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    #: The app's id for it.
    id: str
    #: What of the thread's context is used up.
    spent: tuple[str, ...] = ()
    #: What the next message needs.
    context: Mapping[str, str] = field(default_factory=dict)
    #: It counts against the quota of the app's plan.
    is_push: bool = False
