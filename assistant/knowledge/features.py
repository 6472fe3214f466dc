"""Describes each candidate passage in numbers: what every arm of the search says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.knowledge.entries import TITLE
from assistant.knowledge.fine import closeness
from assistant.knowledge.segment import terms
from assistant.knowledge.shelf import Item, Shelf, numbers
from assistant.ports import Fine

if TYPE_CHECKING:
    from numpy import float32, int8, uint32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Words = NDArray[uint32]

K1, B = 1.2, 0.75
#: What each arm says of a candidate; more is better. The last two compare token by token.
ARMS = (
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
)
FINE = len(ARMS) - 2


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question as the arms see it."""

    text: str
    language: str | None
    #: None when the embedding model is down.
    fine: Fine | None


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
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


def only(candidates: Candidates, rows: NDArray[Any]) -> Candidates:
    """Some of the candidates: their row numbers, or True for each that stays."""
    return replace(
        candidates,
        arms=candidates.arms[rows],
        own_language=candidates.own_language[rows],
        title_share=candidates.title_share[rows],
    )


def described(question: Question, items: Sequence[Item], shelf: Shelf) -> Candidates:
    """What the quick arms say; the arms that compare tokens are still 0."""
    import numpy as np

    words = np.unique(numbers(terms(question.text)))
    rarity = _rarity(words, shelf)
    bodies = _counts([item.body for item in items], words)
    titles = _counts([item.title for item in items], words)
    said = np.zeros((len(items), len(ARMS)), np.float32)
    said[:, :2] = _cosines(question.fine, items)
    said[:, 2:8] = _lexical(bodies, titles, rarity, items, shelf)
    return Candidates(
        arms=said,
        own_language=np.array([question.language in (None, item.language) for item in items], np.float32),
        title_share=np.array([1 / shelf.title_share(item) for item in items], np.float32),
        asked=len(words),
        unknown=int((shelf.frequency(words) == 0).sum()),
        japanese=question.language == "ja",
    )


def compare_tokens(
    candidates: Candidates, question: Question, tokens: Mapping[int, Sequence[Tokens]]
) -> None:
    """Fill in the arms that compare tokens, from the *tokens* of each row's text and title."""
    if question.fine is None:
        return
    rows = list(tokens)
    for column, slot in ((FINE, 0), (FINE + 1, TITLE)):
        passages = [tokens[row][slot] if slot < len(tokens[row]) else tokens[row][0][:0] for row in rows]
        candidates.arms[rows, column] = closeness(question.fine.tokens, passages)


def _lexical(
    bodies: Vectors, titles: Vectors, rarity: Vectors, items: Sequence[Item], shelf: Shelf
) -> Vectors:
    """BM25 of text, title, both; share of the question found in both, in the title; of the title asked."""
    import numpy as np

    body_length = np.array([len(item.body) for item in items], np.float32)
    title_length = np.array([len(item.title) for item in items], np.float32)
    total = max(float(rarity.sum()), 1e-6)
    of_title = _rarity_of_each([item.title_once for item in items], shelf)
    columns = [
        _bm25(bodies, body_length, shelf.mean_body) @ rarity,
        _bm25(titles, title_length, shelf.mean_title) @ rarity,
        _bm25(bodies + titles, body_length + title_length, shelf.mean_body + shelf.mean_title) @ rarity,
        ((bodies + titles) > 0) @ rarity / total,
        (titles > 0) @ rarity / total,
        (titles > 0) @ rarity / of_title,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _cosines(fine: Fine | None, items: Sequence[Item]) -> Vectors:
    """With the text and with the title; what has no vector yet gets what is usual among the others."""
    import numpy as np

    found = np.full((len(items), 2), np.nan, np.float32)
    for row, item in enumerate(items):
        if fine is not None and item.vectors is not None and item.vectors.shape[1] == len(fine.whole):
            cosines = item.vectors.astype(np.float32) @ fine.whole
            found[row] = cosines[0], cosines[min(TITLE, len(cosines) - 1)]
    known = ~np.isnan(found[:, 0])
    found[~known] = np.median(found[known], axis=0) if known.any() else 0
    return found


def _rarity(words: Words, shelf: Shelf) -> Vectors:
    """BM25's inverse document frequency."""
    import numpy as np

    frequency = shelf.frequency(words).astype(np.float32)
    rarity: Vectors = np.log1p((len(shelf.items) - frequency + 0.5) / (frequency + 0.5))
    return rarity


def _counts(texts: Sequence[Words], words: Words) -> Vectors:
    """How often each of *words* (sorted) stands in each text."""
    import numpy as np

    if not len(words):
        return np.zeros((len(texts), 0), np.float32)
    said = np.concatenate(texts)
    row = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    place = np.minimum(np.searchsorted(words, said), len(words) - 1)
    hits = words[place] == said
    counted = np.bincount(row[hits] * len(words) + place[hits], minlength=len(texts) * len(words))
    return counted.reshape(len(texts), len(words)).astype(np.float32)


def _rarity_of_each(texts: Sequence[Words], shelf: Shelf) -> Vectors:
    """The summed rarity of the words of each text."""
    import numpy as np

    summed = np.concatenate([[0.0], np.cumsum(_rarity(np.concatenate(texts), shelf))])
    ends = np.cumsum([len(text) for text in texts])
    starts = np.concatenate([[0], ends[:-1]])
    found: Vectors = np.maximum(summed[ends] - summed[starts], 1e-6).astype(np.float32)
    return found


def _bm25(counts: Vectors, lengths: Vectors, mean: float) -> Vectors:
    usual = K1 * (1 - B + B * lengths[:, None] / mean)
    return (counts * (K1 + 1) / (counts + usual)).astype("f4")
