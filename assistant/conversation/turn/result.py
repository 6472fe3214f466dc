"""What came of thinking about a turn, before anything of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.actions import ActionUpdate
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Reply
from assistant.domain.turns import TurnSource, TurnTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult(TurnTrace):
    #: What to say; None for a handoff, whose words depend on the queue at that moment.
    reply: Reply | None
    #: What an agent could say, when a person takes over with an answer at hand.
    suggested: Reply | None = None
    #: Every answer in it is very likely right, and nothing contradicts it.
    is_sure: bool = False
    #: What the customer is told besides the handoff: the sure answer to a question that came with their wish.
    beside: Reply | None = None
    #: What changes of the actions of the conversation; None: nothing.
    action: ActionUpdate | None = None


def build_turn_sources(passages: Sequence[Passage], cited: set[str]) -> tuple[TurnSource, ...]:
    """The articles that were looked at, each with its best passage's score."""
    best: dict[str, TurnSource] = {}
    for passage in passages:
        if passage.article not in best or passage.score > best[passage.article].score:
            best[passage.article] = TurnSource(
                article=passage.article,
                title=passage.title,
                score=round(passage.score, 3),
                shown=passage.article in cited,
            )
    return tuple(best.values())
