"""The raw rows of reports: one for each conversation that ended."""

from dataclasses import dataclass
from datetime import datetime

from assistant.domain.outcomes import OutcomeKind
from assistant.domain.reply_verdicts import ReplyVerdict

#: Outcomes that nobody wanted anything in.
UNCOUNTED = frozenset({OutcomeKind.SPAM, OutcomeKind.NO_REQUEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A conversation that ended, as it is counted and exported."""

    conversation: str
    customer: str
    channel: str
    language: str
    created_at: datetime
    ended_at: datetime
    kind: OutcomeKind
    ended_by: str
    why: str
    #: What an agent said of it, or the customer's close.
    outcome: str | None
    agent: str | None
    #: Theme of its first question; None: unsorted, or nothing was asked.
    theme: str | None
    frustration_start: float | None
    frustration_end: float | None
    handoff_reason: str | None
    #: From the first handoff to the first claim; None: none.
    wait_seconds: float | None
    #: The survey that was asked, and whether it was answered; None: none.
    survey: str | None
    survey_state: str | None
    csat: int | None
    nps: int | None
    ces: int | None
    comment: str | None

    @property
    def is_contained(self) -> bool:
        """No person had it or was asked for."""
        return self.handoff_reason is None

    @property
    def is_counted(self) -> bool:
        """Somebody wanted something."""
        return self.kind not in UNCOUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExposure:
    """How much harassment an agent met, in conversations that ended and that they had for a while."""

    agent: str
    name: str
    conversations: int
    #: Those with a message that harasses, and all such messages in them.
    harassed: int
    messages: int
    #: Too few conversations to say anything of a share.
    too_few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange:
    """That a conversation got another owner; *agent* None: no agent has it."""

    conversation: str
    agent: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWorkload:
    """What an agent had to do in a range."""

    agent: str
    name: str
    #: Conversations that came to them, and those that came while another was open.
    taken: int
    interruptions: int
    most_at_once: int
    desk_seconds: int
    #: What they noted of the assistant's replies, to talk about with them.
    notes: tuple[ReplyVerdict, ...]
    #: Too few conversations to compare anything.
    too_few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatContact:
    """That somebody came back: a conversation and the theme of its first question."""

    conversation: str
    customer: str
    created_at: datetime
    theme: str | None
