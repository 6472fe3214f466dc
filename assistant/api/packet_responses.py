"""The handoff packet as the agents' API responds it, as types; `domain/handoff.py` builds it."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from assistant.api.agent_responses import (
    AgentMessageOut,
    ColleagueOut,
    ContactOut,
    CustomerOut,
    EvidenceOut,
    IdentityOut,
    InboxRowOut,
    PreviousConversationOut,
    SourceScoreOut,
    SuggestionOut,
    TurnOut,
)
from assistant.api.callback_responses import CallbackOut
from assistant.api.responses import Timestamp
from assistant.api.verdict_responses import OpinionsOut
from assistant.domain.messages import Author


class ChannelLimitOut(TypedDict):
    ja: str
    en: str
    urgent: NotRequired[bool]


class ChannelOut(TypedDict):
    name: str
    account: str | None
    unreachable: str | None
    limits: list[ChannelLimitOut]
    file_limits: dict[str, int]


class TriggerOut(TypedDict):
    reason: str | None
    decided_by: str
    score: float | None
    threshold: float | None
    evidence: list[EvidenceOut]


class PacketCustomerOut(TypedDict):
    id: str | None
    name: str | None
    locale: str | None
    verified: bool
    familiarity: float | None
    identities: list[IdentityOut]
    attributes: dict[str, Any]
    previous: list[PreviousConversationOut]


class SummaryOut(TypedDict):
    ja: NotRequired[str | None]
    en: NotRequired[str | None]


class IssueOut(TypedDict):
    ask: str | None
    summary: SummaryOut
    topic: str | None
    urgency: str | None
    sensitive: NotRequired[str | None]


class FactsOut(TypedDict):
    claimed: list[str]
    verified: list[str]
    missing: list[str]


class AttemptOut(TypedDict):
    turn: int
    query: str | None
    sources: list[SourceScoreOut]
    reaction: str | None


class FeelingsOut(TypedDict):
    """0-1 each; packets of older versions have fewer."""

    frustration: float
    worry: NotRequired[float]
    distress: NotRequired[float]
    harassment: NotRequired[float]
    complaint: NotRequired[float]
    reply_missed: NotRequired[float]


class TurnFeelingsOut(FeelingsOut):
    turn: int


class LineOut(TypedDict):
    author: Author
    text: str


class TranscriptOut(TypedDict):
    messages: int
    last: list[LineOut]


class ActionOut(TypedDict):
    """A change that the customer was shown, and what came of it."""

    id: str
    tool: str
    arguments: dict[str, Any]
    effect: str
    state: str
    identity_level: int
    shown_at: Timestamp
    finished_at: Timestamp | None
    result: dict[str, Any]
    #: On whose own authority it was made, instead of the customer's.
    agent: NotRequired[str | None]


class PacketOut(TypedDict):
    """Everything an agent needs to take over."""

    version: int
    conversation: str
    epoch: int
    created_at: Timestamp
    channel: str
    trigger: TriggerOut
    customer: PacketCustomerOut
    issue: IssueOut
    facts: FactsOut
    #: Packets from before actions have none.
    actions: NotRequired[list[ActionOut]]
    attempts: list[AttemptOut]
    promises: list[str]
    sentiment: list[TurnFeelingsOut]
    feelings: NotRequired[FeelingsOut]
    #: Ids of messages to people that harass; packets of older versions have none.
    harassing_messages: NotRequired[list[str]]
    transcript: TranscriptOut
    suggested: list[SuggestionOut]
    told_customer: str | None


class HarassmentOut(TypedDict):
    #: Ids of the customer's messages that harass, in order.
    messages: list[str]
    #: What `warning` would send now.
    warning: str


class ForeignDeskOut(TypedDict):
    name: str
    #: What people there call it, and where it opens.
    label: str | None
    url: str | None
    #: opening, open, closed, taken_back or failed.
    state: str
    #: Why something waits, or has failed.
    why: str | None
    #: Fields of the packet that do not fit there, of how many.
    loss: list[str]
    fields: int


class ConversationDetailOut(TypedDict):
    conversation: InboxRowOut
    messages: list[AgentMessageOut]
    customer: CustomerOut
    channel: ChannelOut | None
    contacts: list[ContactOut]
    #: The foreign desk that the last handoff went to; None: none.
    desk: ForeignDeskOut | None
    actions: list[ActionOut]
    handoff: PacketOut | None
    #: None: nothing was read as harassment.
    harassment: HarassmentOut | None
    turns: list[TurnOut]
    #: Message -> what agents and the customer think of it.
    opinions: dict[str, OpinionsOut]
    callbacks: list[CallbackOut]
    #: Ids of the agents who follow it.
    followers: list[str]
    agents: list[ColleagueOut]
