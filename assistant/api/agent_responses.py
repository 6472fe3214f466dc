"""What the agents' API responds, as types."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from assistant.api.callback_responses import CallbackOut
from assistant.api.customer_responses import CustomerNoteOut
from assistant.api.responses import CitationOut, DeadlineOut, MediaOut, MessageFields, Timestamp
from assistant.domain.conversation import Priority, State
from assistant.domain.messages import Author
from assistant.domain.people import Role
from assistant.domain.signals import Decision, Reason


class AgentOut(TypedDict):
    id: str
    name: str
    email: str
    admin: bool
    #: May change articles and settings.
    lead: bool
    role: Role


class SignInOut(TypedDict):
    agent: AgentOut
    #: None for an API token, which needs none.
    csrf: str | None


class AgentReferenceOut(TypedDict):
    id: str
    name: str


class ColleagueOut(TypedDict):
    id: str
    name: str
    #: May change articles and settings, as administrators may.
    lead: bool


class RowCustomerOut(TypedDict):
    id: str
    name: str | None
    verified: bool


class LastMessageOut(TypedDict):
    author: Author
    text: str | None
    created_at: Timestamp


class TagOut(TypedDict):
    id: str
    name: str


class FoundPlaceOut(TypedDict):
    """The message in which a search found a conversation."""

    message: str
    author: Author
    private: bool
    created_at: Timestamp
    excerpt: str


class InboxRowOut(TypedDict):
    id: str
    state: State
    epoch: int
    channel: str
    language: str
    customer: RowCustomerOut
    agent: AgentReferenceOut | None
    priority: Priority
    reason: Reason | None
    marks: list[str]
    ask: str | None
    waiting_since: Timestamp | None
    last: LastMessageOut | None
    updated_at: Timestamp
    created_at: Timestamp
    outcome: str | None
    tags: list[TagOut]
    #: Until when its agent has put it aside.
    snoozed_until: Timestamp | None
    #: None: no target, or nobody waits for people.
    sla: DeadlineOut | None
    #: Not seen by the caller: the customer's messages in their own, and colleagues' too in followed ones.
    unread: int
    #: Notes that name the caller and that they have not seen.
    mentions: int
    #: Whether the caller follows it.
    following: bool
    #: The next call that nobody has made yet.
    callback: CallbackOut | None
    #: Of a search only; None: found in names or tags.
    found: NotRequired[FoundPlaceOut | None]


class InboxCountsOut(TypedDict):
    assistant: int
    queued: int
    agent: int
    mine: int
    #: The caller's own that they have put aside.
    snoozed: int
    #: Calls that nobody has made yet.
    callbacks: int
    #: Conversations with notes that name the caller and that they have not seen.
    mentions: int


class InboxPageOut(TypedDict):
    conversations: list[InboxRowOut]
    next: str | None
    counts: InboxCountsOut


class RowOut(TypedDict):
    conversation: InboxRowOut


class DeliveryOut(TypedDict):
    status: Literal["pending", "sent", "failed"]
    seen: str | None
    error: str | None
    again: bool
    sent_at: Timestamp | None


class AgentMessageOut(MessageFields):
    """A message as agents see it."""

    agent: AgentReferenceOut | None
    #: An agent asks the customer to stop harassing.
    warning: bool
    hidden: bool
    private: bool
    delivery: DeliveryOut | None
    media: list[MediaOut]


class AgentMessageReceiptOut(TypedDict):
    message: AgentMessageOut


class SourceReferenceOut(TypedDict):
    """An article without its quote."""

    n: int
    article: str
    title: str
    url: str | None


class SuggestionOut(TypedDict):
    text: str
    html: str
    citations: list[CitationOut | SourceReferenceOut]


class SuggestionsOut(TypedDict):
    suggestions: list[SuggestionOut]


class IdentityOut(TypedDict):
    channel: str
    id: str
    verified: NotRequired[bool]


class PreviousConversationOut(TypedDict):
    conversation: str
    channel: NotRequired[str]
    closed_at: Timestamp | None
    summary: str | None
    csat: int | None
    notes: list[str]
    promises: list[str]


class LinkOut(TypedDict):
    id: str
    customer: str
    proof: str
    reason: str | None
    created_at: Timestamp


class CustomerFields(TypedDict):
    id: str
    name: str | None
    email: str | None
    verified: bool
    familiarity: float | None
    locale: str | None
    attributes: dict[str, Any]
    claimed: list[str]
    identities: list[IdentityOut]
    previous: list[PreviousConversationOut]


class CustomerOut(CustomerFields):
    links: list[LinkOut]
    notes: list[CustomerNoteOut]


class ContactOut(TypedDict):
    kind: str
    value: str
    writable: bool
    answer_from: Timestamp | None


class EvidenceOut(TypedDict):
    turn: int
    text: str
    #: A code of `domain/evidence_reasons.py`; rows of earlier versions hold a sentence.
    why: str
    #: Rows of earlier versions have none.
    detail: NotRequired[str]


class SignalsOut(TypedDict):
    frustration: float
    unfamiliarity: float
    no_progress: float
    worry: float
    distress: float
    harassment: float
    complaint: float
    reply_missed: float
    asked_for_person: bool
    language: str


class SourceScoreOut(TypedDict):
    article: str
    title: NotRequired[str]
    score: float
    shown: bool


class WithheldOut(TypedDict):
    text: str
    why: str


class TurnOut(TypedDict):
    """How a reply was made."""

    turn: int
    message_id: str
    reply_id: str | None
    signals: SignalsOut
    decision: Decision
    reason: Reason | None
    evidence: list[EvidenceOut]
    sources: list[SourceScoreOut]
    query: str
    model: str
    prompt_version: str | None
    withheld: list[WithheldOut]
    tokens: int
    cost: float | None
    instead: str
    ms: int


class CandidateOut(TypedDict):
    conversation: str
    channel: str
    name: str | None
    why: str


class CandidatesOut(TypedDict):
    alike: list[CandidateOut]


class IdOut(TypedDict):
    id: str
