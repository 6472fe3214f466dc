"""Actions: tools of the business, what is asked for them, and proposals of changes; values and rules only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from assistant.domain.tool_sources import ApiOperation, McpOperation

#: How long a proposal waits for a yes, and an unfinished request for the next answer.
MAX_PROPOSAL_AGE = timedelta(minutes=15)
MAX_FLOW_AGE = timedelta(minutes=30)


class Effect(StrEnum):
    """What a tool does; the operator's word, never the tool's own."""

    READ = "read"
    WRITE = "write"
    #: A write whose confirmation says that it cannot be taken back.
    IRREVERSIBLE = "irreversible"


class IdentityLevel(IntEnum):
    """How well it is known who is asking."""

    #: They say who they are.
    CLAIMED = 1
    #: The channel knows them, or they know what only the buyer should (order number and postcode).
    CHANNEL_PROVEN = 2
    #: The site signed who they are.
    SITE_SIGNED = 3
    #: They read a code from an address that the business had already.
    ONE_TIME_CODE = 4


class SlotKind(StrEnum):
    #: A number by the operator's pattern.
    NUMBER = "number"
    #: An address with a postcode.
    ADDRESS = "address"
    #: One of the choices.
    CHOICE = "choice"
    #: Any words.
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing that a tool has to know; texts by language."""

    name: str
    kind: SlotKind
    ask: Mapping[str, str]
    #: What is said when an answer cannot be used.
    ask_again: Mapping[str, str]
    #: Of a number, as it is written; letters in either case.
    pattern: str = ""
    #: The same where it was just asked for, and may be shorter.
    asked_pattern: str = ""
    #: How a number is written: ``\\1`` is the pattern's first group.
    format: str = ""
    #: Value -> label, by language.
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Choice -> pattern of words that mean it.
    choice_words: Mapping[str, str] = field(default_factory=dict)
    #: The choice that any other words mean.
    default_choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTemplate:
    """A sentence for a result whose fields have these values; used if every hole can be filled."""

    when: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something that the business's system can do for a customer."""

    name: str
    effect: Effect
    min_identity: IdentityLevel
    #: What it is for, in a few words for a button, by language.
    purpose: Mapping[str, str]
    #: What customers say who want it, and what they say who only ask about it, by language.
    examples: Mapping[str, tuple[str, ...]]
    contrast: Mapping[str, tuple[str, ...]]
    #: Without one of these words a message does not ask for it, by language.
    words: Mapping[str, str]
    #: With one of these it asks for something else.
    unless: Mapping[str, str]
    #: JSON Schema of the arguments.
    schema: Mapping[str, Any]
    slots: tuple[Slot, ...]
    #: The exact effect, before a yes; holes are arguments and fields of the preview. Empty for a read.
    confirm: Mapping[str, str]
    #: Patterns of the words that may name it in a yes, by language. Empty for a read.
    consent_words: Mapping[str, str]
    results: tuple[ResultTemplate, ...]
    #: Error code of the business's system -> sentence, by language.
    refusals: Mapping[str, Mapping[str, str]]
    #: Field of a result -> text, date or list: nothing else of it is ever used.
    result_fields: Mapping[str, str]
    timeout_seconds: float
    #: The slot that names whose order it is about.
    subject: str
    #: What carries it out; None: the business's own system.
    source: ApiOperation | McpOperation | None = None
    #: Whether the operator has read it; what was imported is not used before.
    is_reviewed: bool = True

    @property
    def is_write(self) -> bool:
        return self.effect is not Effect.READ

    def get_slot(self, name: str) -> Slot:
        return next(slot for slot in self.slots if slot.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMatch:
    """A tool that a message may ask for."""

    tool: str
    #: 0–1.
    score: float
    #: Whether it is begun at once; else it is only offered.
    is_sure: bool
    #: Tools that are as surely wanted: which one, is asked.
    others: tuple[str, ...] = ()


class AnswerKind(StrEnum):
    OK = "ok"
    #: Not done, and the business's system says why.
    REFUSED = "refused"
    #: Certainly not done: it was not reached.
    UNREACHED = "unreached"
    #: Nobody knows whether it was done.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswer:
    """What the business's system said to a call; *fields* are hostile text."""

    kind: AnswerKind
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: Why it was refused.
    code: str = ""


class Asking(StrEnum):
    """What an unfinished request waits for, besides a slot of its tool."""

    PROOF = "proof"
    CODE = "code"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFlow:
    """A customer's unfinished request in one conversation."""

    tool: str
    language: str
    values: Mapping[str, str] = field(default_factory=dict)
    #: A slot's name, or one of `Asking`.
    asking: str = ""
    #: Answers in a row that could not be used.
    misses: int = 0
    #: Of the conversation; under another one it is over.
    epoch: int = 1
    #: The open proposal, while a yes is waited for.
    proposal: str | None = None
    #: Number of our message that asks; what was said before it is no answer to it.
    shown_seq: int = 0


class ProposalState(StrEnum):
    OPEN = "open"
    #: The customer said yes; not yet carried out.
    APPROVED = "approved"
    #: Being carried out; after a crash nobody knows how far it came.
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    #: A person has to find out; it is never tried again.
    UNKNOWN = "unknown"
    DECLINED = "declined"
    #: Too late, given up, replaced by another request, or the conversation has another owner.
    VOID = "void"


#: States from which a proposal goes nowhere.
FINAL_STATES = frozenset(
    {ProposalState.OK, ProposalState.FAILED, ProposalState.UNKNOWN}
    | {ProposalState.DECLINED, ProposalState.VOID}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that was shown to the customer in exactly these words."""

    id: str
    conversation: str
    customer: str
    tool: str
    arguments: Mapping[str, str]
    #: Of the conversation when it was shown: a yes under another one is none.
    epoch: int
    #: What the customer was shown.
    effect: str
    language: str
    level: IdentityLevel
    created_at: datetime
    state: ProposalState = ProposalState.OPEN
    #: Message that said yes.
    approved_by: str | None = None
    decided_at: datetime | None = None
    finished_at: datetime | None = None
    #: Allowed fields of the result, or the code of the refusal.
    result: Mapping[str, Any] = field(default_factory=dict)
    #: Who proposed it, if not the assistant.
    agent: str | None = None
    #: Number of the message that asks the customer for a yes to an agent's proposal.
    shown_seq: int | None = None

    @property
    def is_by_agent(self) -> bool:
        """Whether it is made on the agent's own authority, and their yes."""
        return self.agent is not None and self.shown_seq is None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityGrant:
    """That somebody in a conversation proved to be the owner of an order."""

    subject: str
    level: IdentityLevel
    #: ``lookup``, ``code`` or ``signature``.
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionUpdate:
    """What a turn changes of the actions of its conversation, stored with its reply."""

    #: The unfinished request; None: there is none any more.
    flow: ActionFlow | None = None
    #: A proposal that the reply shows.
    proposal: Proposal | None = None
    #: The proposal that the turn said yes or no to.
    approved: str | None = None
    declined: str | None = None
    #: The reply tells of an order to who proved that it is theirs.
    is_told: bool = False
