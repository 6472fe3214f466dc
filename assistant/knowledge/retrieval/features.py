"""Describes each candidate passage in numbers: what every arm of the search says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.knowledge.ingest.index_fields import TITLE
from assistant.knowledge.retrieval.forward_index import ForwardIndex, hash_words
from assistant.knowledge.retrieval.late_interaction import compute_late_interaction
from assistant.ports.models import MultiVector

if TYPE_CHECKING:
    from numpy import float32, intp, uint8, uint32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Packed = NDArray[uint8]
    Words = NDArray[uint32]
    Rows = NDArray[intp]

K1 = 1.2
B = 0.75
#: What each arm says of a candidate; more is better. The last three compare token by token.
RANKING_FEATURES = (
    "text",
    "title",
    "words",
    "title_words",
    "all_words",
    "coverage",
    "title_coverage",
    "title_precision",
    "tokens",
    "title_tokens",
    "title_asked",
)
FIRST_TOKEN_FEATURE = len(RANKING_FEATURES) - 3


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalQuestion:
    """A question as the arms see it."""

    words: Sequence[str]
    language: str | None
    #: None when the embedding model is down.
    fine: MultiVector | None


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalCandidates:
    """The candidates of one question: a row per candidate and a column per arm, and what is told of each."""

    arms: Vectors
    #: Whether it is in the question's language.
    own_language: NDArray[float32]
    #: One divided by how many chunks have its title: titles that all share tell nothing.
    title_share: NDArray[float32]
    #: Words in the question, and how many of them stand nowhere in the knowledge base.
    asked: int
    unknown: int
    japanese: bool
    #: The same number for candidates of the same article.
    article: NDArray[intp]


def select_candidates(candidates: RetrievalCandidates, rows: NDArray[Any]) -> RetrievalCandidates:
    """Some of the candidates: their row numbers, or True for each that stays."""
    return replace(
        candidates,
        arms=candidates.arms[rows],
        own_language=candidates.own_language[rows],
        title_share=candidates.title_share[rows],
        article=candidates.article[rows],
    )


def compute_ranking_features(
    question: RetrievalQuestion, rows: Rows, shelf: ForwardIndex
) -> RetrievalCandidates:
    """What the quick arms say of some *rows* of the shelf; the arms that compare tokens are still 0."""
    import numpy as np

    words = np.unique(hash_words(question.words))
    said = np.zeros((len(rows), len(RANKING_FEATURES)), np.float32)
    said[:, :2] = _compute_cosines(question.fine, rows, shelf)
    said[:, 2:8] = _compute_lexical_features(words, rows, shelf)
    return RetrievalCandidates(
        arms=said,
        own_language=shelf.match_language(rows, question.language),
        title_share=(1 / shelf.counts.title_share[rows]).astype(np.float32),
        article=np.unique(shelf.article[rows], return_inverse=True)[1],
        asked=len(words),
        unknown=int((shelf.counts.count_chunks(words) == 0).sum()),
        japanese=question.language == "ja",
    )


def fill_token_features(
    candidates: RetrievalCandidates, question: RetrievalQuestion, tokens: Mapping[int, Sequence[Packed]]
) -> None:
    """Fill in the arms that compare tokens, from the *tokens* of each row's text and title."""
    import numpy as np

    if question.fine is None or not tokens:
        return
    rows, asked = list(tokens), question.fine.tokens
    text, _ = compute_late_interaction(asked, [slots[0] for slots in tokens.values()])
    title, asked_of = compute_late_interaction(asked, [slots[TITLE] for slots in tokens.values()])
    candidates.arms[rows, FIRST_TOKEN_FEATURE:] = np.stack([text, title, asked_of], axis=1)


def _compute_lexical_features(words: Words, rows: Rows, shelf: ForwardIndex) -> Vectors:
    """BM25 of text, title, both; share of the question found in both, in the title; of the title asked."""
    import numpy as np

    counts, rarity = shelf.counts, shelf.counts.compute_idf(words)
    bodies, titles = _count_words(words, rows, shelf)
    body_length, title_length = counts.body_length[rows], counts.title_length[rows]
    mean_body = max(1.0, float(counts.body_length.mean()))
    mean_title = max(1.0, float(counts.title_length.mean()))
    total = max(float(rarity.sum()), 1e-6)
    of_title = np.maximum(counts.title_rarity[rows], 1e-6)
    columns = [
        _compute_bm25(bodies, body_length, mean_body) @ rarity,
        _compute_bm25(titles, title_length, mean_title) @ rarity,
        _compute_bm25(bodies + titles, body_length + title_length, mean_body + mean_title) @ rarity,
        ((bodies + titles) > 0) @ rarity / total,
        (titles > 0) @ rarity / total,
        (titles > 0) @ rarity / of_title,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _count_words(words: Words, rows: Rows, shelf: ForwardIndex) -> tuple[Vectors, Vectors]:
    """How often each of *words* (sorted) stands in each row's text, and in its title."""
    import numpy as np

    found = np.zeros((2, len(rows), len(words)), np.float32)
    if len(words):
        some = shelf.words.select_rows(rows)
        said = np.ascontiguousarray(some.values["word"])
        place = np.minimum(np.searchsorted(words, said), len(words) - 1)
        hits = np.flatnonzero(words[place] == said)
        at = some.compute_row_indices()[hits], place[hits]
        found[0][at], found[1][at] = some.values["body"][hits], some.values["title"][hits]
    return found[0], found[1]


def _compute_cosines(fine: MultiVector | None, rows: Rows, shelf: ForwardIndex) -> Vectors:
    """With the text and with the title; what has no vector yet gets what is usual among the others."""
    import numpy as np

    known = shelf.embedded[rows]
    if fine is None or not known.any() or shelf.vectors.shape[2] != len(fine.pooled):
        return np.zeros((len(rows), 2), np.float32)
    slots = [0, min(TITLE, shelf.vectors.shape[1] - 1)]
    found: Vectors = shelf.vectors[rows][:, slots].astype(np.float32) @ fine.pooled
    found[~known] = np.median(found[known], axis=0)
    return found


def _compute_bm25(counts: Vectors, lengths: Vectors, mean: float) -> Vectors:
    usual = K1 * (1 - B + B * lengths[:, None] / mean)
    return (counts * (K1 + 1) / (counts + usual)).astype("f4")
