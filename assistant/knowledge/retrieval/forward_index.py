"""Forward index: what ranking needs of every chunk, in a few arrays, synced with SQL by chunk id."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.domain.knowledge import ChunkWords
from assistant.knowledge.ingest.index_fields import SLOTS
from assistant.knowledge.retrieval.ragged import RaggedArray, build_ragged, merge_ragged
from assistant.ports.storage.articles import PassageStore

if TYPE_CHECKING:
    from numpy import bool_, float16, float32, int32, int64, intp, uint32
    from numpy.typing import NDArray

    Words = NDArray[uint32]
    Rows = NDArray[intp]
    Halves = NDArray[float16]

#: A term of a chunk (hash), and its frequency in the text and in title and headings.
WORD = [("word", "<u4"), ("body", "u1"), ("title", "u1")]
MAX_TERM_COUNT = 255


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForwardIndex:
    """Every chunk by row, ids ascending; immutable: a change of the knowledge base makes a new index."""

    ids: NDArray[int64]
    words: RaggedArray
    #: Index of each chunk's language in *languages*.
    language: NDArray[int32]
    languages: tuple[str, ...]
    #: Last valid day of each chunk, as a proleptic ordinal.
    until: NDArray[int32]
    #: Hash of title and headings, and of the article id.
    title: Words
    article: Words
    #: Every vector of every chunk: (rows, slots, dimensions), zeros where not embedded.
    vectors: Halves
    embedded: NDArray[bool_]
    counts: TermStatistics

    @classmethod
    def create_empty(cls) -> ForwardIndex:
        import numpy as np

        words, titles = build_ragged([], WORD), hash_words([])
        return cls(
            ids=np.zeros(0, np.int64),
            words=words,
            language=np.zeros(0, np.int32),
            languages=(),
            until=np.zeros(0, np.int32),
            title=titles,
            article=titles,
            vectors=np.zeros((0, 0, 0), np.float16),
            embedded=np.zeros(0, bool),
            counts=TermStatistics.from_words(words, titles),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def find_rows(self, chunks: Sequence[int]) -> Rows:
        """The rows of those *chunks* that exist, in the same order."""
        import numpy as np

        wanted = np.fromiter(chunks, np.int64, len(chunks))
        if not len(self.ids):
            return np.zeros(0, np.intp)
        place = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        found: Rows = place[self.ids[place] == wanted]
        return found

    def match_language(self, rows: Rows, language: str | None) -> NDArray[float32]:
        """1 for each row in *language*, else 0; all 1 when *language* is None."""
        import numpy as np

        own = [place for place, name in enumerate(self.languages) if language in (None, name)]
        return np.isin(self.language[rows], own).astype(np.float32)

    def list_vector_ids(self) -> set[int]:
        """The ids that a vector index must hold for these chunks."""
        slots = self.vectors.shape[1]
        return {chunk * SLOTS + slot for chunk in self.ids[self.embedded].tolist() for slot in range(slots)}

    def select_vectors(self, ids: Sequence[int]) -> tuple[list[int], Halves]:
        """Those of the vector *ids* that exist, and their vectors: (ids, dimensions) float16."""
        import numpy as np

        wanted = np.fromiter(ids, np.int64, len(ids))
        here = np.isin(wanted // SLOTS, self.ids[self.embedded])
        wanted = wanted[here]
        rows = self.find_rows((wanted // SLOTS).tolist())
        return wanted.tolist(), self.vectors[rows, wanted % SLOTS]

    def build_refreshed(self, store: PassageStore, model: str) -> ForwardIndex:
        """A new index with the chunks added to *store*, without those deleted from it."""
        import numpy as np

        there = np.fromiter(store.list_chunk_ids(), np.int64)
        kept = np.flatnonzero(np.isin(self.ids, there))
        new = list(store.load_chunk_words(np.setdiff1d(there, self.ids).tolist()))
        ids = np.concatenate([self.ids[kept], np.array([row.chunk for row in new], np.int64)])
        order = np.argsort(ids)
        languages = tuple(dict.fromkeys([*self.languages, *(row.language for row in new)]))
        words = merge_ragged(
            [self.words.select_rows(kept), build_ragged([_count_words(row) for row in new], WORD)], order
        )
        title = np.concatenate([self.title[kept], hash_words(_format_title(row) for row in new)])[order]
        article = np.concatenate([self.article[kept], hash_words(row.article for row in new)])[order]
        vectors, embedded = self._load_vectors(store, model, ids[order], kept)
        language = [languages.index(row.language) for row in new]
        until = [(row.valid_until or date.max).toordinal() for row in new]
        changed = len(new) > 0 or len(kept) < len(self)
        return ForwardIndex(
            ids=ids[order],
            words=words,
            language=np.concatenate([self.language[kept], np.array(language, np.int32)])[order],
            languages=languages,
            until=np.concatenate([self.until[kept], np.array(until, np.int32)])[order],
            title=title,
            article=article,
            vectors=vectors,
            embedded=embedded,
            counts=TermStatistics.from_words(words, title) if changed else self.counts,
        )

    def _load_vectors(
        self, store: PassageStore, model: str, ids: NDArray[int64], kept: Rows
    ) -> tuple[Halves, NDArray[bool_]]:
        """Vectors (ids, slots, dimensions) of *ids*, and which are embedded; reuses those of rows *kept*."""
        import numpy as np

        embedded = np.zeros(len(ids), bool)
        mine = np.searchsorted(ids, self.ids[kept])
        embedded[mine] = self.embedded[kept]
        waiting = np.intersect1d(np.fromiter(store.list_embedded(model), np.int64), ids[~embedded])
        read = list(store.load_vectors(model, waiting.tolist()))
        shape = read[0][1].shape if read else self.vectors.shape[1:]
        vectors = np.zeros((len(ids), *shape), np.float16)
        if self.vectors.shape[1:] == shape:
            vectors[mine] = self.vectors[kept]
        for chunk, found in read:
            row = np.searchsorted(ids, chunk)
            vectors[row], embedded[row] = found, True
        return vectors, embedded


@dataclass(frozen=True, slots=True, eq=False)
class TermStatistics:
    """Document frequencies of terms and titles, and lengths of texts."""

    known: Words
    chunks: Words
    title_share: NDArray[int32]
    #: Summed IDF of the terms of each title.
    title_rarity: NDArray[float32]
    body_length: NDArray[float32]
    title_length: NDArray[float32]

    @classmethod
    def from_words(cls, words: RaggedArray, titles: Words) -> TermStatistics:
        import numpy as np

        known, chunks = np.unique(words.values["word"], return_counts=True)
        _, which, shares = np.unique(titles, return_inverse=True, return_counts=True)
        counts = cls(
            known,
            chunks.astype(np.uint32),
            shares[which].astype(np.int32),
            np.zeros(len(titles), np.float32),
            words.sum_rows(words.values["body"]).astype(np.float32),
            words.sum_rows(words.values["title"]).astype(np.float32),
        )
        in_title = words.values["title"] > 0
        rarity = np.zeros(len(in_title), np.float32)
        rarity[in_title] = counts.compute_idf(words.values["word"][in_title])
        counts.title_rarity[:] = words.sum_rows(rarity)
        return counts

    def count_chunks(self, words: Words) -> Words:
        """Document frequency of each of *words*."""
        import numpy as np

        if not len(self.known):
            return np.zeros(len(words), np.uint32)
        place = np.minimum(np.searchsorted(self.known, words), len(self.known) - 1)
        return np.where(self.known[place] == words, self.chunks[place], 0).astype(np.uint32)

    def compute_idf(self, words: Words) -> NDArray[float32]:
        """Inverse document frequency of each of *words*, as in BM25."""
        import numpy as np

        frequency = self.count_chunks(words).astype(np.float32)
        found: NDArray[float32] = np.log1p((len(self.title_share) - frequency + 0.5) / (frequency + 0.5))
        return found


def hash_words(words: Iterable[str]) -> Words:
    """Words as 32-bit hashes that are the same in every process."""
    import numpy as np

    return np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint32)


def _format_title(row: ChunkWords) -> str:
    return f"{row.terms.title} {row.terms.headings}"


def _count_words(row: ChunkWords) -> NDArray[Any]:
    """Each distinct term of a chunk with its frequencies, as WORD records."""
    import numpy as np

    title, body = hash_words(_format_title(row).split()), hash_words(row.terms.body.split())
    words, which = np.unique(np.concatenate([title, body]), return_inverse=True)
    found = np.zeros(len(words), WORD)
    found["word"] = words
    for name, places in (("title", which[: len(title)]), ("body", which[len(title) :])):
        found[name] = np.minimum(np.bincount(places, minlength=len(words)), MAX_TERM_COUNT)
    return found
