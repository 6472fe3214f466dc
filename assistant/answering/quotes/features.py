"""Features of quote candidates: meaning, shared terms, kind of fact, position.

The weights are learned: a softmax over the candidates of a question for which of them hold the answer
(`python -m evals train quotes`). Scores are log-odds.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.quotes.candidates import Candidate, asks_how
from assistant.answering.quotes.phrases import FACTS
from assistant.text.quotable import UnitKind
from assistant.text.terms import compute_overlap, compute_rarity, extract_terms

if TYPE_CHECKING:
    from assistant.ports.models import Vectors

FILE = Path(__file__).with_name("weights.json")
#: Log-odds for the customer's own language; chosen, because the training data say little about it.
_LANGUAGE = 3.0
_KINDS = {UnitKind.ROW: "row", UnitKind.ITEM: "item", UnitKind.STEP: "step"}


@cache
def load_quote_weights() -> Mapping[str, float]:
    """Weight of each feature of `compute_quote_features`, and of ``meaning``."""
    learned: dict[str, float] = json.loads(FILE.read_text(encoding="utf-8"))["weights"]
    return learned


def compute_prescores(question: str, found: Sequence[Candidate], language: str) -> list[float]:
    """The scores without meaning."""
    count = load_quote_weights()
    return [
        sum(count[name] * value for name, value in told.items())
        + _LANGUAGE * (candidate.language == language)
        for candidate, told in zip(found, compute_quote_features(question, found), strict=True)
    ]


def compute_quote_features(question: str, found: Sequence[Candidate]) -> list[dict[str, float]]:
    """The features of each candidate; most lie between 0 and 1."""
    wanted, how = extract_terms(question), asks_how(question)
    rare = compute_rarity([candidate.terms | extract_terms(candidate.heading) for candidate in found])
    best = max((candidate.passage_score for candidate in found), default=0.0) or 1.0
    asked_for = {
        heading: compute_overlap(wanted, extract_terms(heading), rare)
        for heading in {c.heading for c in found}
    }
    return [
        {
            "words": compute_overlap(wanted, candidate.terms, rare),
            "words_or_heading": compute_overlap(
                wanted, candidate.terms | extract_terms(candidate.heading), rare
            ),
            "fact": float(contains_asked_fact(question, candidate)),
            "length": log(len(candidate.text) + 1),
            "passage": candidate.passage_score,
            "passage_to_best": candidate.passage_score / best,
            "opens_article": float(candidate.opens_article),
            "opens_section": float(candidate.opens_section),
            # The first sentence under a heading that matches the question is the answer.
            "opens_asked_article": candidate.opens_article * asked_for[candidate.heading],
            "opens_asked_section": candidate.opens_section * asked_for[candidate.heading],
            "steps_asked": float(how and candidate.kind is UnitKind.STEP),
            **{name: float(candidate.kind is kind) for kind, name in _KINDS.items()},
        }
        for candidate in found
    ]


def contains_asked_fact(question: str, candidate: Candidate) -> bool:
    """Whether the candidate contains the kind of fact that the question asks for: a price, a time …"""
    return any(told.search(candidate.text) for asked, told in FACTS if asked.search(question))


def add_meaning_scores(prescores: Sequence[float], closeness: "Vectors") -> list[float]:
    """The scores with the candidates' cosines added; nan: no cosine."""
    count = load_quote_weights()["meaning"]
    return [
        score + count * float(nearness)
        for score, nearness in zip(prescores, standardize_closeness(closeness), strict=True)
    ]


def standardize_closeness(closeness: "Vectors") -> "Vectors":
    """Distance from the candidates' mean in standard deviations, because models differ in scale."""
    import numpy

    known = closeness[~numpy.isnan(closeness)]
    if not len(known):
        return numpy.zeros_like(closeness)
    relative: Vectors = (closeness - known.mean()) / (known.std() + 1e-6)
    return numpy.nan_to_num(relative)
