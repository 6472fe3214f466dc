"""Hybrid search: a question to its best passages, by meaning and by words, with a calibrated score."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.knowledge.ingest.index_fields import SLOTS
from assistant.knowledge.retrieval import late_interaction
from assistant.knowledge.retrieval.article_validity import Standing
from assistant.knowledge.retrieval.features import Candidates, Question
from assistant.knowledge.retrieval.forward_index import Shelf
from assistant.knowledge.vectors.synced_index import KeptVectors
from assistant.lru_cache import LruCache
from assistant.ports.models import Embedder, MultiVector
from assistant.ports.storage.store import ArticlesTransaction, Database

if TYPE_CHECKING:
    from assistant.knowledge.retrieval.ragged import Rows
    from assistant.ports.models import Packed

#: Candidates that each side proposes.
NEAREST, MATCHING = 60, 40
#: Candidates that are compared token by token.
COMPARED = 32
#: Passages looked at beyond those wanted: what a newer article says otherwise falls away.
FURTHER = 4
#: Passages that are remembered, with about 10 kB of token vectors each.
REMEMBERED = 2_000
#: Characters of a question that are looked at; what customers ask fits ten times.
MAX_QUESTION = 2_000


class Found(NamedTuple):
    """The candidates of a question, in no order."""

    chunks: Sequence[int]
    described: Candidates


class HybridRetriever:
    """Finds passages by vectors and by words; either alone still answers when the other is down."""

    def __init__(
        self,
        database: Database[ArticlesTransaction],
        embedder: Embedder,
        vectors: KeptVectors,
        *,
        link: Callable[[str], str] = str,
        today: Callable[[], date] = date.today,
    ) -> None:
        """*link* is the address at which the product itself shows an article that has none of its own."""
        self._database = database
        self._link = link
        self._embedder = embedder
        self._vectors = vectors
        self._today = today
        self.shelf = Shelf.empty()
        self._tokens: LruCache[int, Sequence[Packed]] = LruCache(REMEMBERED)
        #: Of the shelf's state: an article's address may change though its chunks do not.
        self._passages: LruCache[int, Passage] = LruCache(REMEMBERED)
        #: What replaces and contradicts what.
        self._standing = Standing()
        self._version = -1
        #: Parts that failed last time they were needed, with the reason.
        self._broken: dict[str, str] = {}

    async def start(self, *, at_once: bool = False) -> None:
        """Load the knowledge base and open the vector index; what is missing there is filled by `tend`.

        *at_once*: leave opening it to `tend` too; until then all vectors in memory are compared.
        """
        await self.refresh()
        if not at_once:
            await self.tend()

    async def close(self) -> None:
        await self._vectors.close()

    async def refresh(self) -> bool:
        """Take in what changed in SQL, whoever wrote it; whether anything did."""
        version = await self._database.read(lambda store: store.articles.load_version())
        if version != self._version or not self._standing.is_of(self._today()):
            await self._database.read(
                lambda store: self._standing.load(store.article_lifecycle, self._today())
            )
        if version == self._version:
            return False
        model = self._embedder.name
        self.shelf = await self._database.read(lambda store: self.shelf.refreshed(store.articles, model))
        self._vectors.follow(self.shelf, version)
        self._version = version
        self._passages = LruCache(REMEMBERED)
        return True

    async def tend(self) -> bool:
        """Keep the vector index open and in step; whether there is more to do."""
        return await self._vectors.tend()

    def health(self) -> Mapping[str, str | None]:
        """Each part, and why it does not work or None."""
        return {
            "embeddings": self._broken.get("embeddings"),
            "vectors": self._vectors.trouble,
            "words": self._broken.get("words"),
        }

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        """The best passages, best first; empty where nothing is alike or nothing is asked."""
        from assistant.knowledge.retrieval.ranking import probabilities, ranks, weights

        recent, found = self._passages, await self.candidates(question, language)
        if found is None:
            return []
        ranked = ranks(found.described, weights())
        likely = probabilities(found.described, ranked, weights())
        best = (-ranked).argsort(kind="stable").tolist()[: limit + FURTHER]
        chunks = [found.chunks[row] for row in best]
        passages = await recent.get_many(chunks, self._read_passages)
        scored = [
            replace(passage, score=float(likely[row]), url=passage.url or self._link(passage.article))
            for row, chunk in zip(best, chunks, strict=True)
            if (passage := passages.get(chunk))  # it may have gone meanwhile
        ]
        return self._standing.judged(scored, self._link)[:limit]

    async def candidates(self, question: str, language: str | None) -> Found | None:
        """The passages in question, at most COMPARED, and what every arm says of them."""
        from assistant.text.segmentation import terms

        asked, shelf = clean(question), self.shelf
        if not asked or not len(shelf):
            return None
        # The words are looked for while the model reads the question.
        meaning = asyncio.ensure_future(self._fine(asked))
        await asyncio.sleep(0)
        words = terms(asked)
        matching = asyncio.ensure_future(self._matching(words, shelf))
        seen = Question(words, language, await meaning)
        found = dict.fromkeys([*await self._nearest(seen.fine), *await matching])
        rows = shelf.rows(self._standing.answering(found))
        rows = rows[shelf.until[rows] >= self._today().toordinal()]
        return await self._compare(seen, rows, shelf) if len(rows) else None

    async def _compare(self, question: Question, rows: Rows, shelf: Shelf) -> Found:
        """Leave the unlikely out by the quick arms, then compare the rest token by token."""
        from assistant.knowledge.retrieval.features import compare_tokens, described, only
        from assistant.knowledge.retrieval.ranking import ranks, weights

        everyone = described(question, rows, shelf)
        if len(rows) > COMPARED:
            likely = (-ranks(everyone, weights())).argsort(kind="stable")[:COMPARED]
            rows, everyone = rows[likely], only(everyone, likely)
        chunks = shelf.ids[rows].tolist()
        if question.fine is not None and question.fine.tokens.size:
            tokens = await self._tokens.get_many(chunks, self._read_tokens)
            held = {row: tokens[chunk] for row, chunk in enumerate(chunks) if chunk in tokens}
            compare_tokens(everyone, question, held)
        return Found(chunks, everyone)

    async def _read_tokens(self, chunks: Sequence[int]) -> Mapping[int, Sequence[Packed]]:
        model = self._embedder.name
        return await self._database.read(lambda store: store.articles.load_packed_tokens(model, chunks))

    async def _read_passages(self, chunks: Sequence[int]) -> Mapping[int, Passage]:
        return await self._database.read(lambda store: store.articles.load_passages(chunks))

    async def _fine(self, question: str) -> MultiVector | None:
        try:
            asked = await late_interaction.query(self._embedder, question)
        except Unavailable as exc:
            self._broken["embeddings"] = str(exc)
            return None
        self._broken.pop("embeddings", None)
        return asked

    async def _nearest(self, asked: MultiVector | None) -> list[int]:
        if asked is None:
            return []
        hits = await self._vectors.nearest(asked.pooled, limit=NEAREST)
        return [id_ // SLOTS for id_, _ in hits]

    async def _matching(self, words: Sequence[str], shelf: Shelf) -> Sequence[int]:
        from assistant.knowledge.retrieval.lexical import telling

        look_for = telling(words, shelf)
        try:
            found = await self._database.read(lambda s: s.articles.search_words(look_for, limit=MATCHING))
        except Unavailable as exc:
            self._broken["words"] = str(exc)
            return []
        self._broken.pop("words", None)
        return found


def clean(question: str) -> str:
    """The question without what no part can take: control characters, lone surrogates, the end of a book."""
    cut = question[:MAX_QUESTION].encode("utf-8", "ignore").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in cut).split())
