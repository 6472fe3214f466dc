"""Describes each candidate passage in numbers: what every arm of the search says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.knowledge.entries import TITLE
from assistant.knowledge.segment import terms
from assistant.knowledge.shelf import Item, Shelf, numbers

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Words = NDArray[float32]

K1, B = 1.2, 0.75
#: What each arm says of a candidate; more is better.
ARMS = ("text", "title", "closest", "words", "title_words", "coverage", "title_coverage", "title_precision")


def arms(question: str, vector: Vectors | None, items: Sequence[Item], shelf: Shelf) -> Vectors:
    """One row per candidate, one column per arm."""
    import numpy as np

    words = np.unique(numbers(terms(question)))
    rarity = _rarity(words, shelf)
    bodies = _counts([item.body for item in items], words)
    titles = _counts([item.title for item in items], words)
    total = max(float(rarity.sum()), 1e-6)
    title_rarity = np.array([max(float(_rarity(np.unique(i.title), shelf).sum()), 1e-6) for i in items])
    columns = [
        *_cosines(vector, items),
        _bm25(bodies, [len(item.body) for item in items], shelf.mean_body) @ rarity,
        _bm25(titles, [len(item.title) for item in items], shelf.mean_title) @ rarity,
        ((bodies + titles) > 0) @ rarity / total,
        (titles > 0) @ rarity / total,
        (titles > 0) @ rarity / title_rarity,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _cosines(vector: Vectors | None, items: Sequence[Item]) -> list[Vectors]:
    """With the text, with the title, with the closest of all; 0 where there is no vector yet."""
    import numpy as np

    found = np.zeros((3, len(items)), np.float32)
    for row, item in enumerate(items):
        if vector is None or item.vectors is None or item.vectors.shape[1] != len(vector):
            continue
        cosines = item.vectors.astype(np.float32) @ vector
        found[:, row] = cosines[0], cosines[min(TITLE, len(cosines) - 1)], cosines.max()
    return list(found)


def _rarity(words: NDArray, shelf: Shelf) -> Vectors:  # type: ignore[type-arg]
    """BM25's inverse document frequency."""
    import numpy as np

    frequency = shelf.frequency(words).astype(np.float32)
    rarity: Vectors = np.log1p((len(shelf.items) - frequency + 0.5) / (frequency + 0.5))
    return rarity


def _counts(texts: Sequence[NDArray], words: NDArray) -> Vectors:  # type: ignore[type-arg]
    """How often each of *words* stands in each text."""
    import numpy as np

    counts = np.zeros((len(texts), len(words)), np.float32)
    for row, text in enumerate(texts):
        place = np.searchsorted(words, text)
        place[place == len(words)] = 0
        hits = place[words[place] == text] if len(words) else place[:0]
        np.add.at(counts[row], hits, 1)
    return counts


def _bm25(counts: Vectors, lengths: Sequence[int], mean: float) -> Vectors:
    import numpy as np

    long = np.array(lengths, np.float32)[:, None] / mean
    weighted: Vectors = counts * (K1 + 1) / (counts + K1 * (1 - B + B * long))
    return weighted
