"""Hybrid search: a question to its best passages, by meaning and by words, with a calibrated score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.knowledge import fine
from assistant.knowledge.entries import SLOTS
from assistant.knowledge.exact import ExactIndex
from assistant.knowledge.features import Candidates, Question
from assistant.knowledge.shelf import Shelf
from assistant.ports import Database, Embedder, Fine, HasArticles, VectorIndex

#: Candidates that each side proposes.
NEAREST, MATCHING = 60, 40
#: Candidates that are compared token by token.
COMPARED = 32
#: Vectors handed to the index at a time.
TOGETHER = 2_000
#: Characters of a question that are looked at; what customers ask fits ten times.
MAX_QUESTION = 2_000


class HybridRetriever:
    """Finds passages by vectors and by words; either alone still answers when the other is down."""

    def __init__(
        self,
        database: Database[HasArticles],
        embedder: Embedder,
        index: VectorIndex,
        *,
        link: Callable[[str], str] = str,
        today: Callable[[], date] = date.today,
    ) -> None:
        """*link* is the address at which the product itself shows an article that has none of its own."""
        self._database = database
        self._link = link
        self._embedder = embedder
        self._index = index
        self._today = today
        self.shelf = Shelf()
        self._version = -1
        #: Ids that the vector index holds.
        self._indexed: set[int] = set()
        #: Parts that failed last time they were needed, with the reason.
        self._broken: dict[str, str] = {}

    async def start(self) -> None:
        """Load the knowledge base and bring the vector index into line with it."""
        try:
            self._indexed = await self._index.ids()
        except Unavailable as exc:
            self._fall_back(exc)
        await self.refresh()

    async def close(self) -> None:
        await self._index.close()

    async def refresh(self) -> bool:
        """Take in what changed in SQL, whoever wrote it; whether anything did."""
        version = await self._database.read(lambda store: store.articles.version())
        if version == self._version:
            return False
        model = self._embedder.name
        await self._database.read(lambda store: self.shelf.load(store.articles, model))
        await self._align()
        self._version = version
        return True

    async def move_to(self, index: VectorIndex) -> None:
        """Search in *index* from now on, once it is in line: the stand-in has done its service."""
        before, held = self._index, self._indexed
        self._index, self._indexed = index, await index.ids()
        try:
            await self._bring_into_line()
        except Unavailable:
            self._index, self._indexed = before, held
            await index.close()

    def health(self) -> Mapping[str, str | None]:
        """Each part, and why it does not work or None."""
        return {
            "embeddings": self._broken.get("embeddings"),
            "vectors": self._index.stands_in,
            "words": self._broken.get("words"),
        }

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        """The best passages, best first; empty where nothing is alike or nothing is asked."""
        from assistant.knowledge.fusion import probabilities, ranks, weights

        chunks, candidates = await self.candidates(question, language)
        if candidates is None:
            return []
        ranked = ranks(candidates, weights())
        likely = probabilities(candidates, ranked, weights())
        best = (-ranked).argsort(kind="stable")[:limit]
        return await self._passages([(chunks[row], float(likely[row])) for row in best])

    async def candidates(self, question: str, language: str | None) -> tuple[list[int], Candidates | None]:
        """The passages in question, at most COMPARED, and what every arm says of them."""
        asked = clean(question)
        if not asked or not self.shelf.items:
            return [], None
        seen = Question(asked, language, await self._fine(asked))
        found = dict.fromkeys([*await self._nearest(seen.fine), *await self._matching(asked)])
        chunks = [chunk for chunk in found if self._holds(chunk)]
        if not chunks:
            return [], None
        return await self._compare(seen, chunks)

    async def _compare(self, question: Question, chunks: list[int]) -> tuple[list[int], Candidates]:
        """Leave the unlikely out by the quick arms, then compare the rest token by token."""
        from assistant.knowledge.features import compare_tokens, described, only
        from assistant.knowledge.fusion import ranks, weights

        items = [self.shelf.items[chunk] for chunk in chunks]
        everyone = described(question, items, self.shelf)
        if len(chunks) > COMPARED:
            likely = (-ranks(everyone, weights())).argsort(kind="stable")[:COMPARED]
            chunks, everyone = [chunks[row] for row in likely], only(everyone, likely)
        if question.fine is not None and question.fine.tokens.size:
            model = self._embedder.name
            tokens = await self._database.read(lambda store: store.articles.tokens(model, chunks))
            rows = {chunk: row for row, chunk in enumerate(chunks)}
            compare_tokens(everyone, question, {rows[chunk]: slots for chunk, slots in tokens.items()})
        return chunks, everyone

    async def _passages(self, best: Sequence[tuple[int, float]]) -> list[Passage]:
        stored = await self._database.read(
            lambda store: store.articles.passages([chunk for chunk, _ in best])
        )
        return [
            replace(stored[chunk], score=score, url=stored[chunk].url or self._link(stored[chunk].article))
            for chunk, score in best
            if chunk in stored
        ]

    def _holds(self, chunk: int) -> bool:
        """Whether the chunk is still there and its article still valid."""
        item = self.shelf.items.get(chunk)
        return item is not None and (item.valid_until is None or item.valid_until >= self._today())

    async def _fine(self, question: str) -> Fine | None:
        try:
            asked = await fine.query(self._embedder, question)
        except Unavailable as exc:
            self._broken["embeddings"] = str(exc)
            return None
        self._broken.pop("embeddings", None)
        return asked

    async def _nearest(self, asked: Fine | None) -> list[int]:
        if asked is None:
            return []
        try:
            hits = await self._index.nearest(asked.whole, limit=NEAREST)
        except Unavailable as exc:
            self._fall_back(exc)
            await self._bring_into_line()
            hits = await self._index.nearest(asked.whole, limit=NEAREST)
        return [id_ // SLOTS for id_, _ in hits]

    async def _matching(self, question: str) -> Sequence[int]:
        from assistant.knowledge.lexical import telling

        words = telling(question, self.shelf)
        try:
            found = await self._database.read(lambda store: store.articles.matching(words, limit=MATCHING))
        except Unavailable as exc:
            self._broken["words"] = str(exc)
            return []
        self._broken.pop("words", None)
        return found

    async def _align(self) -> None:
        """Bring the vector index into line with the knowledge base, by ids."""
        try:
            await self._bring_into_line()
        except Unavailable as exc:
            self._fall_back(exc)
            await self._bring_into_line()

    async def _bring_into_line(self) -> None:
        import numpy as np

        wanted = self.shelf.vector_ids()
        if gone := sorted(self._indexed - wanted):
            await self._index.remove(gone)
        if missing := sorted(wanted - self._indexed):
            for start in range(0, len(missing), TOGETHER):
                some = missing[start : start + TOGETHER]
                await self._index.put(some, self.shelf.vectors(some).astype(np.float32))
        self._indexed = wanted

    def _fall_back(self, why: Unavailable) -> None:
        """Compare with every vector in memory from now on: slower, and nothing is missing."""
        self._index, self._indexed = ExactIndex(str(why)), set()


def clean(question: str) -> str:
    """The question without what no part can take: control characters, lone surrogates, the end of a book."""
    cut = question[:MAX_QUESTION].encode("utf-8", "ignore").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in cut).split())
