"""What a customer's turn tells besides its words, and what may be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: From here on a feeling counts, wherever it is looked at; what is done about it may take more.
FEELING_THRESHOLD = 0.5
#: What a turn was said in.
FEELINGS = ("frustration", "worry", "distress", "harassment", "complaint", "reply_missed")
#: The last turns, whose feelings count.
MAX_RECENT_TURNS = 3
#: Topics that a bot must not handle, most serious first.
SENSITIVE_TOPICS = ("harm", "fraud", "legal", "personal_data")
#: Every topic that a turn may have.
TOPICS = frozenset(
    {
        *SENSITIVE_TOPICS,
        "account",
        "cancellation",
        "defect",
        "delivery",
        "order",
        "payment",
        "points",
        "product",
        "returns",
    }
)


class Decision(StrEnum):
    """What the assistant does with a turn."""

    ANSWER = "answer"
    #: One question back, only when the answer depends on it.
    CLARIFY = "clarify"
    #: Help for somebody who is not used to bots.
    GUIDE = "guide"
    #: Offer a person, keep helping.
    OFFER = "offer"
    #: Go to the queue now.
    HANDOFF = "handoff"
    #: Not in the knowledge base: say so, offer a person.
    ABSTAIN = "abstain"


class Reason(StrEnum):
    """Why a person comes in."""

    ASKED_FOR_PERSON = "asked_for_person"
    FRUSTRATED = "frustrated"
    STUCK = "stuck"
    UNFAMILIAR = "unfamiliar"
    NO_ANSWER = "no_answer"
    SENSITIVE_TOPIC = "sensitive_topic"
    RULE = "rule"
    FAILURE = "failure"
    DEADLINE = "deadline"
    COMPLAINT = "complaint"
    AGENT_TOOK_OVER = "agent_took_over"


class HumanRequest(StrEnum):
    """How clearly a turn asks for a person."""

    NONE = "none"
    #: "agent?" alone, a question how to reach somebody: offered, one tap away.
    VAGUE = "vague"
    #: Obeyed at once.
    CLEAR = "clear"


class Reaction(StrEnum):
    """How a turn takes the reply before it."""

    #: Thanks, "that worked", "understood".
    ACCEPTED = "accepted"
    #: "That is not what I asked", "I tried that".
    REJECTED = "rejected"
    #: The same question again, in the same or in other words.
    REPHRASED = "rephrased"
    #: Says no to the person who was offered, or takes the wish for one back.
    DECLINED = "declined"
    #: Goes on with something else.
    MOVED_ON = "moved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words behind a signal or a decision."""

    #: Index of the turn in the conversation, from 0.
    turn: int
    text: str
    #: An `EvidenceReason`; rows from before these codes hold an English sentence.
    why: str
    #: Which signal it speaks for: wish, frustration, no_progress, unfamiliarity, sensitive, urgency, topic,
    #: worry, distress, harassment, complaint.
    kind: str = ""
    #: What `why` is about, where it needs that: the topic.
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON of the contract."""
        return {"turn": self.turn, "text": self.text, "why": self.why, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """One customer turn, read. Numbers are 0–1."""

    turn: int = 0
    language: str = "ja"
    frustration: float = 0.0
    unfamiliarity: float = 0.0
    #: How much the talk goes in circles: same question again, no answers, corrections.
    no_progress: float = 0.0
    wish: HumanRequest = HumanRequest.NONE
    #: Name of a sensitive topic (harm, legal, fraud, personal_data) or None.
    sensitive: str | None = None
    urgency: float = 0.0
    #: Needs reassurance before anything else, not angry with us.
    worry: float = 0.0
    #: Harm to self or others, or despair beyond the matter.
    distress: float = 0.0
    #: Threats, insults, sexual remarks or excessive demands towards staff; a hard complaint is none.
    harassment: float = 0.0
    #: Tells frankly of something broken, wrong, lost or late.
    complaint: float = 0.0
    #: How likely the reply before it did not meet what was asked.
    reply_missed: float = 0.0
    #: ``greeting``, ``thanks``, ``bye`` or ``ok`` and nothing else; ``identity`` or ``presence``: asks who or
    #: whether anybody is there; ``declined``: says that no person is needed.
    small_talk: str | None = None
    #: How it takes the reply before it; None: there was none.
    reaction: Reaction | None = None
    #: What it is about in a word (delivery, returns, payment …); None: cannot be told.
    topic: str | None = None
    #: A keyword or two instead of a sentence.
    brief: bool = False
    #: Written in a language that is not answered in.
    is_foreign: bool = False
    #: Says that the reply did not help and nothing else: there is nothing in it to search for.
    only_rejects: bool = False
    #: … and it is the machine that is refused: no other article helps either.
    refuses_machine: bool = False
    evidence: tuple[Evidence, ...] = field(default=())

    @property
    def asked_for_person(self) -> bool:
        return self.wish is HumanRequest.CLEAR


def is_distressed(*turns: Signals) -> bool:
    """Whether one of the turns tells of harm to self or others, or of despair; an accident alone is none."""
    return any(turn.distress >= FEELING_THRESHOLD for turn in turns)


def fold_feelings(turns: Iterable[Signals]) -> dict[str, float]:
    """The strongest of each feeling in *turns*, 0–1 each."""
    read = list(turns)
    return {name: max((getattr(turn, name) for turn in read), default=0.0) for name in FEELINGS}


def select_most_serious(*topics: str | None) -> str | None:
    """The most serious of sensitive topics; None: there is none. Unknown ones come last."""
    known = [topic for topic in topics if topic]
    order = {topic: place for place, topic in enumerate(SENSITIVE_TOPICS)}
    return min(known, key=lambda topic: order.get(topic, len(order)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOpinion:
    """What a model makes of a turn, beside the reader."""

    #: Asks for a person.
    wants_human: bool
    #: 0–1.
    frustration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision with why, so that an agent can read it and an operator replay it."""

    decision: Decision
    reason: Reason | None = None
    #: The number that was compared, and with what; None where nothing was measured.
    score: float | None = None
    threshold: float | None = None
    evidence: tuple[Evidence, ...] = ()
