"""How well each candidate answers a question: meaning, shared words, kind of fact, where it stands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.llm.candidates import Candidate, asks_how
from assistant.llm.terms import overlap, rarity, terms
from assistant.llm.units import Kind
from assistant.llm.wording import FACTS

if TYPE_CHECKING:
    from assistant.ports import Vectors

# Chosen on JSQuAD (which sentence holds the answer) and on the sample knowledge base's cases.
_MEANING, _WORDS, _HEADING, _PASSAGE, _FACT = 10.0, 1.0, 0.5, 1.0, 0.35
_STEPS, _LANGUAGE, _OPENING = 0.6, 0.8, 0.25
#: Cosines of E5 lie between about .75 and .95; below this they tell nothing.
_NO_MEANING = 0.75


def prescores(question: str, candidates: Sequence[Candidate], language: str) -> list[float]:
    """Everything but meaning, which costs a model."""
    wanted, how = terms(question), asks_how(question)
    weights = rarity([candidate.terms | terms(candidate.heading) for candidate in candidates])
    return [
        _WORDS * overlap(wanted, candidate.terms, weights)
        + _HEADING * overlap(wanted, terms(candidate.heading), weights)
        + _PASSAGE * candidate.passage_score
        + _FACT * _tells(question, candidate.text)
        + _STEPS * (how and candidate.kind is Kind.STEP)
        + _LANGUAGE * (candidate.language == language)
        + _OPENING * candidate.opens_article
        for candidate in candidates
    ]


def _tells(question: str, text: str) -> float:
    """1 if the text has the kind of fact that the question asks for; 0 also where it asks for none."""
    return float(any(asked.search(question) and told.search(text) for asked, told in FACTS))


def with_meaning(prescores: Sequence[float], query: "Vectors", vectors: "Vectors") -> list[float]:
    cosines = vectors @ query
    return [
        score + _MEANING * max(0.0, float(cosine) - _NO_MEANING)
        for score, cosine in zip(prescores, cosines, strict=True)
    ]
