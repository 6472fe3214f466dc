"""How well each candidate answers a question: meaning, shared words, kind of fact, where it stands."""

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

from assistant.llm.candidates import Candidate, asks_how
from assistant.llm.terms import overlap, rarity, terms
from assistant.llm.units import Kind
from assistant.llm.wording import FACTS

if TYPE_CHECKING:
    from assistant.ports import Vectors

# Fitted (a softmax over the candidates of a question) to which of them hold the answer: 132 questions to the
# sample knowledge base and 246 of JSQuAD, where answers are marked. Scores are log-odds.
_MEANING = 54.0
_WORDS, _WORDS_OR_HEADING, _FACT, _LENGTH = 1.5, 1.1, 1.3, 0.9
_PASSAGE, _PASSAGE_TO_BEST = 1.3, 1.8
_OPENS_ARTICLE, _OPENS_SECTION = 0.95, 0.6
_KIND = {Kind.ROW: 0.35, Kind.ITEM: -0.5, Kind.STEP: -1.0}
#: Not fitted but wished: steps for who asks how, and the customer's own language.
_STEPS_ASKED, _LANGUAGE = 1.5, 3.0


def prescores(question: str, candidates: Sequence[Candidate], language: str) -> list[float]:
    """Everything but meaning, which costs a model."""
    wanted, how = terms(question), asks_how(question)
    weights = rarity([candidate.terms | terms(candidate.heading) for candidate in candidates])
    best = max((candidate.passage_score for candidate in candidates), default=0.0) or 1.0
    return [
        _WORDS * overlap(wanted, candidate.terms, weights)
        + _WORDS_OR_HEADING * overlap(wanted, candidate.terms | terms(candidate.heading), weights)
        + _FACT * _tells(question, candidate.text)
        + _LENGTH * log(len(candidate.text) + 1)
        + _PASSAGE * candidate.passage_score
        + _PASSAGE_TO_BEST * candidate.passage_score / best
        + _OPENS_ARTICLE * candidate.opens_article
        + _OPENS_SECTION * candidate.opens_section
        + _KIND.get(candidate.kind, 0.0)
        + _STEPS_ASKED * (how and candidate.kind is Kind.STEP)
        + _LANGUAGE * (candidate.language == language)
        for candidate in candidates
    ]


def _tells(question: str, text: str) -> bool:
    """The text has the kind of fact that the question asks for."""
    return any(asked.search(question) and told.search(text) for asked, told in FACTS)


def with_meaning(prescores: Sequence[float], query: "Vectors", vectors: "Vectors") -> list[float]:
    cosines = vectors @ query
    return [score + _MEANING * float(cosine) for score, cosine in zip(prescores, cosines, strict=True)]
