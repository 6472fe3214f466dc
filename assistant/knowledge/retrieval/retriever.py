"""Hybrid retriever: a question to its best passages by vectors and words, with calibrated scores."""

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
from assistant.knowledge.retrieval.article_validity import ArticleValidity
from assistant.knowledge.retrieval.features import RetrievalCandidates, RetrievalQuestion
from assistant.knowledge.retrieval.forward_index import ForwardIndex
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
from assistant.lru_cache import LruCache
from assistant.measures import SEARCH_SECONDS
from assistant.ports.models import Embedder, MultiVector
from assistant.ports.storage.store import ArticlesTransaction, Database
from assistant.text.link_lists import rank_link_lists_last
from assistant.tracing import start_inner_span, start_span

if TYPE_CHECKING:
    from assistant.knowledge.retrieval.ragged import Rows
    from assistant.ports.models import Packed

#: Candidates from vector search and from lexical search.
MAX_VECTOR_CANDIDATES = 60
MAX_WORD_CANDIDATES = 40
#: Candidates compared by late interaction.
MAX_LATE_INTERACTION = 32
#: Passages loaded beyond *limit*, because contradicted ones are removed.
SPARE_PASSAGES = 4
#: Cached passages, with about 10 kB of token vectors each.
CACHE_SIZE = 2_000
#: Characters of a question that are read; customers' questions are a tenth of it.
MAX_QUESTION = 2_000


class RetrievalResult(NamedTuple):
    """The candidates of a question, unordered."""

    chunks: Sequence[int]
    candidates: RetrievalCandidates


class HybridRetriever:
    """Finds passages by vectors and by words; either one still answers when the other is down."""

    def __init__(
        self,
        database: Database[ArticlesTransaction],
        embedder: Embedder,
        vectors: SyncedVectorIndex,
        *,
        link: Callable[[str], str] = str,
        today: Callable[[], date] = date.today,
    ) -> None:
        """*link* gives the address at which the product shows an article that has none of its own."""
        self._database = database
        self._link = link
        self._embedder = embedder
        self._vectors = vectors
        self._today = today
        self.forward_index = ForwardIndex.create_empty()
        self._tokens: LruCache[int, Sequence[Packed]] = LruCache(CACHE_SIZE)
        #: Cache per version of the knowledge base: an article's address may change though its chunks do not.
        self._passages: LruCache[int, Passage] = LruCache(CACHE_SIZE)
        #: Supersessions and contradictions.
        self._validity = ArticleValidity()
        self._version = -1
        #: Component -> why it failed when it was last used.
        self._failures: dict[str, str] = {}

    async def start(self, *, at_once: bool = False) -> None:
        """Load the knowledge base and open the vector index; `maintain` fills what is missing there.

        *at_once*: let `maintain` open the index too; until then vectors are compared by brute force.
        """
        await self.load_changes()
        if not at_once:
            await self.maintain()

    async def close(self) -> None:
        await self._vectors.close()

    async def load_changes(self) -> bool:
        """Load changes from SQL, whoever wrote them; returns whether there were any."""
        version = await self._database.read(lambda store: store.articles.load_version())
        if version != self._version or not self._validity.is_loaded_for(self._today()):
            await self._database.read(
                lambda store: self._validity.load_state(store.article_lifecycle, self._today())
            )
        if version == self._version:
            return False
        model = self._embedder.name
        self.forward_index = await self._database.read(
            lambda store: self.forward_index.build_refreshed(store.articles, model)
        )
        self._vectors.set_target(self.forward_index, version)
        self._version = version
        self._passages = LruCache(CACHE_SIZE)
        return True

    async def maintain(self) -> bool:
        """Keep the vector index open and in sync; returns whether more work is left."""
        return await self._vectors.maintain()

    def component_health(self) -> Mapping[str, str | None]:
        """Component -> why it does not work, or None."""
        return {
            "embeddings": self._failures.get("embeddings"),
            "vectors": self._vectors.unavailable_reason,
            "words": self._failures.get("words"),
        }

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        attributes = {"gen_ai.operation.name": "retrieval", "gen_ai.request.model": self._embedder.name}
        with start_span("retrieve", attributes) as span, SEARCH_SECONDS.time():
            found = await self._search_passages(question, language, limit)
            span.set_attributes({"retrieval.passages": len(found)})
            return found

    async def _search_passages(self, question: str, language: str | None, limit: int) -> list[Passage]:
        """The best passages, best first; empty without candidates or question."""
        from assistant.knowledge.retrieval.ranking import (
            compute_probabilities,
            load_fusion_weights,
            score_candidates,
        )

        recent, found = self._passages, await self.find_candidates(question, language)
        if found is None:
            return []
        ranked = score_candidates(found.candidates, load_fusion_weights())
        likely = compute_probabilities(found.candidates, ranked, load_fusion_weights())
        best = (-ranked).argsort(kind="stable").tolist()[: limit + SPARE_PASSAGES]
        chunks = [found.chunks[row] for row in best]
        passages = await recent.get_many(chunks, self._load_passages)
        scored = [
            replace(passage, score=float(likely[row]), url=passage.url or self._link(passage.article))
            for row, chunk in zip(best, chunks, strict=True)
            if (passage := passages.get(chunk))  # may be deleted meanwhile
        ]
        return rank_link_lists_last(self._validity.apply_contradictions(scored, self._link))[:limit]

    async def find_candidates(self, question: str, language: str | None) -> RetrievalResult | None:
        """At most MAX_LATE_INTERACTION candidates with their features; None without candidates or
        question.
        """
        from assistant.text.segmentation import tokenize_text

        asked, index = clean_question(question), self.forward_index
        if not asked or not len(index):
            return None
        # Tokenize and search words while the model embeds the question.
        meaning = asyncio.ensure_future(self._embed_question(asked))
        await asyncio.sleep(0)
        words = tokenize_text(asked)
        matching = asyncio.ensure_future(self._find_matching(words, index))
        seen = RetrievalQuestion(words, language, await meaning)
        found = dict.fromkeys([*await self._find_nearest(seen.vectors), *await matching])
        rows = index.find_rows(self._validity.select_answerable(found))
        rows = rows[index.until[rows] >= self._today().toordinal()]
        return await self._compare_candidates(seen, rows, index) if len(rows) else None

    async def _compare_candidates(
        self, question: RetrievalQuestion, rows: Rows, index: ForwardIndex
    ) -> RetrievalResult:
        """Preselect by the cheap features, then compute late interaction for the rest."""
        from assistant.knowledge.retrieval.features import (
            compute_ranking_features,
            fill_token_features,
            select_candidates,
        )
        from assistant.knowledge.retrieval.ranking import load_fusion_weights, score_candidates

        everyone = compute_ranking_features(question, rows, index)
        if len(rows) > MAX_LATE_INTERACTION:
            likely = (-score_candidates(everyone, load_fusion_weights())).argsort(kind="stable")[
                :MAX_LATE_INTERACTION
            ]
            rows, everyone = rows[likely], select_candidates(everyone, likely)
        chunks = index.ids[rows].tolist()
        if question.vectors is not None and question.vectors.tokens.size:
            tokens = await self._tokens.get_many(chunks, self._load_tokens)
            held = {row: tokens[chunk] for row, chunk in enumerate(chunks) if chunk in tokens}
            fill_token_features(everyone, question, held)
        return RetrievalResult(chunks, everyone)

    async def _load_tokens(self, chunks: Sequence[int]) -> Mapping[int, Sequence[Packed]]:
        model = self._embedder.name
        return await self._database.read(lambda store: store.articles.load_packed_tokens(model, chunks))

    async def _load_passages(self, chunks: Sequence[int]) -> Mapping[int, Passage]:
        return await self._database.read(lambda store: store.articles.load_passages(chunks))

    async def _embed_question(self, question: str) -> MultiVector | None:
        try:
            with start_inner_span("embed"):
                asked = await late_interaction.embed_query(self._embedder, question)
        except Unavailable as exc:
            self._failures["embeddings"] = str(exc)
            return None
        self._failures.pop("embeddings", None)
        return asked

    async def _find_nearest(self, asked: MultiVector | None) -> list[int]:
        if asked is None:
            return []
        hits = await self._vectors.find_nearest(asked.pooled, limit=MAX_VECTOR_CANDIDATES)
        return [id_ // SLOTS for id_, _ in hits]

    async def _find_matching(self, words: Sequence[str], index: ForwardIndex) -> Sequence[int]:
        from assistant.knowledge.retrieval.lexical import select_rare_words

        look_for = select_rare_words(words, index)
        try:
            found = await self._database.read(
                lambda s: s.articles.search_words(look_for, limit=MAX_WORD_CANDIDATES)
            )
        except Unavailable as exc:
            self._failures["words"] = str(exc)
            return []
        self._failures.pop("words", None)
        return found


def clean_question(question: str) -> str:
    """The question without control characters and lone surrogates, cut to MAX_QUESTION characters."""
    cut = question[:MAX_QUESTION].encode("utf-8", "ignore").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in cut).split())
