"""Hybrid search: a question to its best passages, by meaning and by words, with a calibrated score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.knowledge import fine
from assistant.knowledge.entries import SLOTS
from assistant.knowledge.features import Candidates, Question
from assistant.knowledge.shelf import Shelf
from assistant.knowledge.vector_index import KeptVectors
from assistant.ports import Database, Embedder, Fine, HasArticles

#: Candidates that each side proposes.
NEAREST, MATCHING = 60, 40
#: Candidates that are compared token by token.
COMPARED = 32
#: Characters of a question that are looked at; what customers ask fits ten times.
MAX_QUESTION = 2_000


class HybridRetriever:
    """Finds passages by vectors and by words; either alone still answers when the other is down."""

    def __init__(
        self,
        database: Database[HasArticles],
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
        self.shelf = Shelf()
        self._version = -1
        #: Parts that failed last time they were needed, with the reason.
        self._broken: dict[str, str] = {}

    async def start(self) -> None:
        """Load the knowledge base and open the vector index; what is missing there is filled by `tend`."""
        await self.refresh()
        await self.tend()

    async def close(self) -> None:
        await self._vectors.close()

    async def refresh(self) -> bool:
        """Take in what changed in SQL, whoever wrote it; whether anything did."""
        version = await self._database.read(lambda store: store.articles.version())
        if version == self._version:
            return False
        model = self._embedder.name
        await self._database.read(lambda store: self.shelf.load(store.articles, model))
        self._vectors.follow(self.shelf, version)
        self._version = version
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
        hits = await self._vectors.nearest(asked.whole, limit=NEAREST)
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


def clean(question: str) -> str:
    """The question without what no part can take: control characters, lone surrogates, the end of a book."""
    cut = question[:MAX_QUESTION].encode("utf-8", "ignore").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in cut).split())
