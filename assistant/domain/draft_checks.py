"""What is known about a draft before customers get it."""

from dataclasses import dataclass
from typing import Any

from assistant.domain.article_lifecycle import Contradiction


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    #: Why it cannot be published; empty: it can.
    problem: str = ""
    #: What was ignored in it.
    warnings: tuple[str, ...] = ()
    #: What other articles say instead.
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedQuestion:
    """What customers get for a question now, and with the draft; as `answer_once` tells it."""

    before: dict[str, Any]
    after: dict[str, Any]
