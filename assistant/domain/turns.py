"""A turn: everything the customer said since the last reply, and how the reply to it came about."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from assistant.domain.budgets import ModelBudget
from assistant.domain.messages import Author
from assistant.domain.signals import Decision, ModelOpinion, Reaction, Reason, Signals, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One line of a conversation as the readers of signals see it."""

    author: Author
    text: str
    #: How the turn was read that it belongs to; None: nobody's turn, or not read.
    signals: Signals | None = None


@dataclass(frozen=True, slots=True)
class TextEmbedding:
    """What an embedding model makes of a text."""

    #: Of what is said: texts that say the same are near.
    vector: Sequence[float]
    #: Of the turn in its context: label -> logit (see TURN_LABELS); empty where it was not read.
    labels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTurn:
    """What was read and decided in an earlier turn of the same conversation."""

    signals: Signals
    decision: Decision
    reason: Reason | None = None
    query: str = ""
    #: Ids of the articles that were shown.
    articles: tuple[str, ...] = ()
    #: Query vector of the turn, where the caller has it: shows a question asked again in other words.
    vector: Sequence[float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a reader of signals may look at besides the present words: the current episode only.

    An episode begins with the conversation, and again when an agent gives it back to the assistant: what was
    wished or decided before that is over, and must not be passed in.
    """

    #: Everything said before the present turn, oldest first.
    lines: Sequence[Utterance] = ()
    turns: Sequence[PastTurn] = ()
    #: What the conversation is in so far, by its page or its turns; None where nothing tells.
    language: str | None = None
    #: Conversations that this customer had before.
    earlier_conversations: int = 0
    #: Seconds between the last reply and the present turn; None where unknown.
    pause: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSource:
    """A passage that a turn looked at."""

    article: str
    title: str
    score: float
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldSentence:
    """A drafted sentence that was not shown."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTrace:
    """What a turn was read as, what was decided, and what it was made from and cost."""

    signals: Signals
    verdict: Verdict
    query: str = ""
    sources: tuple[TurnSource, ...] = ()
    model: str = ""
    prompt_version: str | None = None
    withheld: tuple[WithheldSentence, ...] = ()
    tokens: int = 0
    #: Of the model, where its price is known.
    cost: float | None = None
    #: Why quotes stand in for a model's words; empty: they do not.
    instead: str = ""
    #: How long the thinking took.
    milliseconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord(TurnTrace):
    """How a reply was made, kept for agents and support leads."""

    turn: int
    #: Customer's last message of the turn, and the reply to it.
    message_id: str
    reply_id: str | None

    @property
    def question(self) -> str:
        """What the turn asks; empty where it only reacts to the reply before it."""
        reacts = self.signals.reaction in (Reaction.ACCEPTED, Reaction.REJECTED, Reaction.DECLINED)
        return "" if reacts else self.query.strip()

    @classmethod
    def from_trace(
        cls, trace: TurnTrace, *, turn: int, message_id: str, reply_id: str | None
    ) -> "TurnRecord":
        """*trace*, or what more is known of the turn, as it is kept."""
        shared = {field.name: getattr(trace, field.name) for field in fields(TurnTrace)}
        return cls(turn=turn, message_id=message_id, reply_id=reply_id, **shared)


#: What the turn encoder tells of a customer's turn, in the order of its outputs. The last is of the
#: assistant's reply before the turn: it did not meet what was asked.
TURN_LABELS = (
    "frustrated",
    "person",
    "person_hint",
    "unfamiliar",
    "worried",
    "distressed",
    "harassment",
    "complaint",
    "correction",
    "asks_again",
    "decline",
    "thanks",
    "missed",
)
#: The logit of "complaint" of a turn read without the lines before it: told after other questions, that
#: something arrived broken is heard less in its context.
COMPLAINT_ALONE = "complaint alone"
#: The logit of each label of a text, read with the lines before it; None where it cannot be read.
ReadTurn = Callable[[str, Sequence[Utterance]], Awaitable[Mapping[str, float] | None]]
#: A model's view of a turn, with the lines before it; None: it has none, or not in time.
TurnClassifier = Callable[[str, Sequence[Utterance], ModelBudget | None], Awaitable[ModelOpinion | None]]
#: A conversation in a few sentences for an agent, by language; empty where that fails.
ConversationSummarizer = Callable[[Sequence[Utterance], ModelBudget | None], Awaitable[Mapping[str, str]]]
