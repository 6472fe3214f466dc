"""What ranking needs of every chunk, kept in memory and brought into step with SQL by ids."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.domain.knowledge import ChunkWords
from assistant.knowledge.entries import SLOTS
from assistant.ports import PassageStore

if TYPE_CHECKING:
    from numpy import float16, uint32
    from numpy.typing import NDArray

    Words = NDArray[uint32]
    Halves = NDArray[float16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A chunk as ranking sees it; words are numbers, so that comparing them is arithmetic."""

    article: str
    language: str
    valid_until: date | None
    #: Words of title and headings, in order, and each of them once.
    title: Words
    title_once: Words
    body: Words
    #: One row per vector, slot 0 first; None until they are made.
    vectors: Halves | None = None


class Shelf:
    """Every chunk by id, and how common each word is."""

    def __init__(self) -> None:
        self.items: dict[int, Item] = {}
        self._frequencies: tuple[Words, NDArray[uint32]] | None = None
        self._title_shares: dict[bytes, int] = {}
        self.mean_body = self.mean_title = 1.0

    def load(self, store: PassageStore, model: str) -> None:
        """Read what is new and drop what is gone."""
        there = set(store.chunk_ids())
        gone = self.items.keys() - there
        fresh = {row.chunk: _item(row) for row in store.words(sorted(there - self.items.keys()))}
        items = {chunk: item for chunk, item in self.items.items() if chunk in there} | fresh
        waiting = [c for c in store.embedded(model) if c in items and items[c].vectors is None]
        for chunk, vectors in store.vectors(model, waiting):
            items[chunk] = replace(items[chunk], vectors=vectors.astype("f2"))
        self.items = items
        if gone or fresh:
            self._count()

    def vector_ids(self) -> set[int]:
        """The ids that a vector index holds for these chunks."""
        return {
            chunk * SLOTS + slot
            for chunk, item in self.items.items()
            if item.vectors is not None
            for slot in range(len(item.vectors))
        }

    def vectors(self, ids: Sequence[int]) -> tuple[list[int], Halves]:
        """Those of *ids* that are still there, and their vectors, one row each."""
        import numpy as np

        items = self.items
        found = [id_ for id_ in ids if (item := items.get(id_ // SLOTS)) and item.vectors is not None]
        rows = [items[id_ // SLOTS].vectors[id_ % SLOTS] for id_ in found]  # type: ignore[index]
        return found, np.stack(rows) if rows else np.zeros((0, 0), np.float16)

    def frequency(self, words: Words) -> NDArray[uint32]:
        """In how many chunks each of *words* stands."""
        import numpy as np

        if self._frequencies is None or not len(self._frequencies[0]):
            return np.zeros(len(words), np.uint32)
        known, counts = self._frequencies
        place = np.minimum(np.searchsorted(known, words), len(known) - 1)
        return np.where(known[place] == words, counts[place], 0).astype(np.uint32)

    def title_share(self, item: Item) -> int:
        """How many chunks have the same title and headings."""
        return self._title_shares.get(item.title.tobytes(), 1)

    def _count(self) -> None:
        import numpy as np

        if not self.items:
            self._frequencies, self._title_shares = None, {}
            return
        items = self.items.values()
        held = [np.unique(np.concatenate([item.title, item.body])) for item in items]
        known, counts = np.unique(np.concatenate(held), return_counts=True)
        self._frequencies = known, counts.astype(np.uint32)
        shares: dict[bytes, int] = {}
        for item in items:
            shares[item.title.tobytes()] = shares.get(item.title.tobytes(), 0) + 1
        self._title_shares = shares
        self.mean_body = max(1.0, sum(len(item.body) for item in items) / len(self.items))
        self.mean_title = max(1.0, sum(len(item.title) for item in items) / len(self.items))


def numbers(words: Iterable[str]) -> Words:
    """Words as numbers that are the same in every process."""
    import numpy as np

    return np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint32)


def _item(row: ChunkWords) -> Item:
    import numpy as np

    title = numbers(f"{row.terms.title} {row.terms.headings}".split())
    return Item(
        article=row.article,
        language=row.language,
        valid_until=row.valid_until,
        title=title,
        title_once=np.unique(title),
        body=numbers(row.terms.body.split()),
    )
