"""Writes articles to the knowledge base: lexical search finds them at once, embeddings follow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from assistant.domain.article_lifecycle import SourceCheck, SourceProblem
from assistant.domain.knowledge import Article, Chunk, Origin, Terms
from assistant.domain.supersession import resolve_supersessions
from assistant.knowledge.ingest.index_fields import build_embedding_texts, build_index_terms
from assistant.knowledge.retrieval import late_interaction
from assistant.ports.models import Embedder
from assistant.ports.storage.store import ArticlesTransaction, Database

#: Returns whether this process may make vectors now: another one may be doing it.
Turn = Callable[[], Awaitable[bool]]
#: Chunks embedded per transaction; stored vectors survive an interruption.
BATCH_SIZE = 64


async def allow_always() -> bool:
    return True


class Indexer:
    """The only writer of articles."""

    def __init__(
        self, database: Database[ArticlesTransaction], embedder: Embedder, turn: Turn = allow_always
    ) -> None:
        self._database, self._embedder, self._turn = database, embedder, turn

    async def load_content_hashes(self) -> Mapping[str, str]:
        return await self._database.read(lambda store: store.articles.load_content_hashes())

    async def load_origins(self) -> Mapping[str, Origin]:
        return await self._database.read(lambda store: store.articles.load_origins())

    async def update_origins(self, origins: Mapping[str, Origin]) -> None:
        await self._database.write(lambda store: store.articles.update_origins(origins))

    async def save_articles(self, articles: Sequence[tuple[Article, Sequence[Chunk]]]) -> None:
        """Insert or replace *articles* in one transaction; lexical search finds them at once."""
        # In a thread: a service that resyncs its sources keeps answering meanwhile.
        prepared = await asyncio.to_thread(_prepare_chunks, articles)

        def step(store: ArticlesTransaction) -> None:
            for article, parts in prepared:
                store.articles.save_article(article, parts)

        await self._database.write(step)

    async def remove_articles(self, articles: Sequence[str]) -> None:
        await self._database.write(lambda store: store.articles.remove_articles(articles))

    async def record_run(
        self, sources: Sequence[str], problems: Sequence[SourceProblem], checks: Sequence[SourceCheck]
    ) -> Sequence[tuple[str, str]]:
        """After a run, store problems and checks, and recompute supersessions.

        Returns (article, what is wrong).
        """

        def step(store: ArticlesTransaction) -> Sequence[tuple[str, str]]:
            store.sources.record_checks(checks)
            store.article_lifecycle.save_source_problems(sources, problems)
            found, wrong = resolve_supersessions(store.article_lifecycle.list_claims())
            store.article_lifecycle.save_supersessions(found)
            return wrong

        return await self._database.write(step)

    async def backfill_embeddings(
        self, progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> None:
        """Make the missing vectors: of new chunks, after an interruption, of a new model.

        Vectors of other models stay: another process may still answer with them.
        """
        model = self._embedder.name
        total = await self._database.read(lambda store: store.articles.count_unembedded(model))
        done = 0
        progress(done, total)
        while waiting := await self._database.read(
            lambda store: store.articles.list_unembedded(model, limit=BATCH_SIZE)
        ):
            if not await self._turn():
                return
            await self._embed_batch(waiting)
            done += len(waiting)
            progress(done, max(done, total))

    async def _embed_batch(self, waiting: Sequence[tuple[int, str, Chunk]]) -> None:
        model = self._embedder.name
        texts = {chunk: build_embedding_texts(title, content) for chunk, title, content in waiting}
        # Chunks of one article share their title.
        unique = list(dict.fromkeys(text for some in texts.values() for text in some))
        place = {text: row for row, text in enumerate(unique)}
        made = await late_interaction.embed_passages(self._embedder, unique)
        found = {chunk: [made[place[text]] for text in some] for chunk, some in texts.items()}
        await self._database.write(lambda store: store.articles.save_vectors(model, found))


def _prepare_chunks(
    articles: Sequence[tuple[Article, Sequence[Chunk]]],
) -> list[tuple[Article, list[tuple[Chunk, Terms]]]]:
    return [
        (article, [(chunk, build_index_terms(article, chunk)) for chunk in chunks])
        for article, chunks in articles
    ]
