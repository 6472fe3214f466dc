"""What came of thinking about a turn, before anything of it is stored."""

from dataclasses import dataclass

from assistant.domain.messages import Reply
from assistant.domain.signals import Signals, Verdict
from assistant.domain.turns import TurnSource, WithheldSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    signals: Signals
    verdict: Verdict
    #: What to say; None for a handoff, whose words depend on the queue at that moment.
    reply: Reply | None
    query: str = ""
    sources: tuple[TurnSource, ...] = ()
    model: str = ""
    prompt_version: str | None = None
    withheld: tuple[WithheldSentence, ...] = ()
    tokens: int = 0
    cost: float | None = None
    instead: str = ""
    #: How long the thinking took.
    milliseconds: int = 0
    #: What an agent could say, when a person takes over with an answer at hand.
    suggested: Reply | None = None
    #: Every answer in it is very likely right, and nothing contradicts it.
    is_sure: bool = False
    #: What the customer is told besides the handoff: the sure answer to a question that came with their wish.
    beside: Reply | None = None
