"""Log-odds of quote candidates: the reader's, with how close they are and the kind of fact asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.quotes.candidates import Candidate
from assistant.answering.quotes.features import contains_asked_fact, standardize_closeness
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import Unit

if TYPE_CHECKING:
    from assistant.ports.models import Vectors

#: Weights beside the reader's log-odds, chosen on domains that the reader was not trained on.
CLOSENESS_WEIGHT = 0.7
FACT_WEIGHT = 0.7
#: Log-odds of what the reader has not read.
NOTHING = -12.0


def score_unit(request: AnswerRequest, unit: Unit) -> float:
    """The reader's log-odds that the unit answers; NOTHING where the reader has not read it."""
    parts = request.passages[unit.passage].parts
    part = parts[unit.place] if unit.place < len(parts) else None
    return NOTHING if part is None else part[0]


def score_candidates(
    request: AnswerRequest, found: Sequence[Candidate], closeness: "Vectors | None"
) -> list[float]:
    """The log-odds of each candidate.

    *closeness* (candidates,) is the mean MaxSim with the question; None where no token vectors are stored.
    """
    nearness = [0.0] * len(found) if closeness is None else standardize_closeness(closeness)
    return [
        read_candidate(request, candidate)
        + CLOSENESS_WEIGHT * float(near)
        + FACT_WEIGHT * contains_asked_fact(request.question, candidate)
        for candidate, near in zip(found, nearness, strict=True)
    ]


def read_candidate(request: AnswerRequest, candidate: Candidate) -> float:
    """The reader's log-odds of the candidate's best unit."""
    return max((score_unit(request, unit) for unit in candidate.units if not unit.leads_in), default=NOTHING)
