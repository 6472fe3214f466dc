"""Ranking features: one number per candidate passage and retrieval method.

BM25 as in Robertson & Zaragoza, The Probabilistic Relevance Framework (2009).
"""

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
#: The columns of the feature matrix; more is better. The last three are late interaction.
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
    """A question in the forms that the ranking features need."""

    words: Sequence[str]
    language: str | None
    #: Its vectors; None when the embedding model is down.
    vectors: MultiVector | None


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalCandidates:
    """The candidates of one question: (candidates, RANKING_FEATURES) float32 and what else ranking needs."""

    features: Vectors
    #: 1 where the candidate is in the question's language, else 0.
    own_language: NDArray[float32]
    #: One divided by the number of chunks with this title: a title that all share says nothing.
    title_share: NDArray[float32]
    #: Number of words in the question, and of those that the knowledge base does not contain.
    asked: int
    unknown: int
    japanese: bool
    #: Equal numbers for candidates of the same article.
    article: NDArray[intp]


def select_candidates(candidates: RetrievalCandidates, rows: NDArray[Any]) -> RetrievalCandidates:
    """A subset of the candidates by row numbers or a boolean mask."""
    return replace(
        candidates,
        features=candidates.features[rows],
        own_language=candidates.own_language[rows],
        title_share=candidates.title_share[rows],
        article=candidates.article[rows],
    )


def compute_ranking_features(
    question: RetrievalQuestion, rows: Rows, index: ForwardIndex
) -> RetrievalCandidates:
    """The features of *rows* of the forward index; the late-interaction columns are still 0."""
    import numpy as np

    words = np.unique(hash_words(question.words))
    matrix = np.zeros((len(rows), len(RANKING_FEATURES)), np.float32)
    matrix[:, :2] = _compute_cosines(question.vectors, rows, index)
    matrix[:, 2:8] = _compute_lexical_features(words, rows, index)
    return RetrievalCandidates(
        features=matrix,
        own_language=index.match_language(rows, question.language),
        title_share=(1 / index.counts.title_share[rows]).astype(np.float32),
        article=np.unique(index.article[rows], return_inverse=True)[1],
        asked=len(words),
        unknown=int((index.counts.count_chunks(words) == 0).sum()),
        japanese=question.language == "ja",
    )


def fill_token_features(
    candidates: RetrievalCandidates, question: RetrievalQuestion, tokens: Mapping[int, Sequence[Packed]]
) -> None:
    """Fill in the late-interaction columns from the packed *tokens* of each row's text and title."""
    import numpy as np

    if question.vectors is None or not tokens:
        return
    rows, asked = list(tokens), question.vectors.tokens
    text, _ = compute_late_interaction(asked, [slots[0] for slots in tokens.values()])
    title, asked_of = compute_late_interaction(asked, [slots[TITLE] for slots in tokens.values()])
    candidates.features[rows, FIRST_TOKEN_FEATURE:] = np.stack([text, title, asked_of], axis=1)


def _compute_lexical_features(words: Words, rows: Rows, index: ForwardIndex) -> Vectors:
    """(rows, 6): BM25 of text, title and both; recall in both and in the title; precision in the title.

    Recall and precision are weighted by IDF.
    """
    import numpy as np

    counts, rarity = index.counts, index.counts.compute_idf(words)
    bodies, titles = _count_words(words, rows, index)
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


def _count_words(words: Words, rows: Rows, index: ForwardIndex) -> tuple[Vectors, Vectors]:
    """Term frequencies of *words* (sorted hashes): two (rows, words) matrices, of text and of title."""
    import numpy as np

    found = np.zeros((2, len(rows), len(words)), np.float32)
    if len(words):
        some = index.words.select_rows(rows)
        matrix = np.ascontiguousarray(some.values["word"])
        place = np.minimum(np.searchsorted(words, matrix), len(words) - 1)
        hits = np.flatnonzero(words[place] == matrix)
        at = some.compute_row_indices()[hits], place[hits]
        found[0][at], found[1][at] = some.values["body"][hits], some.values["title"][hits]
    return found[0], found[1]


def _compute_cosines(vectors: MultiVector | None, rows: Rows, index: ForwardIndex) -> Vectors:
    """(rows, 2): cosine with the text and with the title; rows without vectors get the median of
    the others.
    """
    import numpy as np

    known = index.embedded[rows]
    if vectors is None or not known.any() or index.vectors.shape[2] != len(vectors.pooled):
        return np.zeros((len(rows), 2), np.float32)
    slots = [0, min(TITLE, index.vectors.shape[1] - 1)]
    found: Vectors = index.vectors[rows][:, slots].astype(np.float32) @ vectors.pooled
    found[~known] = np.median(found[known], axis=0)
    return found


def _compute_bm25(counts: Vectors, lengths: Vectors, mean: float) -> Vectors:
    usual = K1 * (1 - B + B * lengths[:, None] / mean)
    return (counts * (K1 + 1) / (counts + usual)).astype("f4")
