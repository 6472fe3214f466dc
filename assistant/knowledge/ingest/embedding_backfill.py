"""Backfill of missing embeddings, and which models have a complete set of vectors."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.ingest.indexer import Indexer, Turn
from assistant.ports.clock import Clock
from assistant.ports.models import Embedder
from assistant.ports.storage.store import ArticlesTransaction, CollectionsTransaction, Database


class HasArticlesAndCollections(ArticlesTransaction, CollectionsTransaction, Protocol):
    """A store whose transaction has the knowledge base and the vector collections."""


class EarlierModel(NamedTuple):
    """A model whose vectors are complete, and the setting that opens it."""

    model: str
    spec: str


async def ignore_collection(_collection: str) -> None:
    """Used where there is no vector index."""


class EmbeddingBackfill:
    """The vectors of one model; *spec* is the setting that opens it."""

    def __init__(
        self,
        database: Database[HasArticlesAndCollections],
        embedder: Embedder,
        spec: str,
        clock: Clock,
        remove: Callable[[str], Awaitable[None]] = ignore_collection,
    ) -> None:
        """*remove* removes a collection from the vector index."""
        self._database, self._embedder, self._spec, self._clock = database, embedder, spec, clock
        self._remove = remove
        self._me = secrets.token_hex(8)
        self._noted = False

    async def count_missing(self) -> tuple[int, int]:
        """(number of chunks without vectors, number of chunks)."""
        model = self._embedder.name
        return await self._database.read(
            lambda store: (store.articles.count_unembedded(model), len(store.articles.list_chunk_ids()))
        )

    async def is_complete(self) -> bool:
        return (await self.count_missing())[0] == 0

    async def record_completion(self) -> bool:
        """Record when all vectors exist. Returns whether they were complete at some time."""
        if not self._noted and not (await self._was_completed()) and await self.is_complete():
            model, spec = self._embedder.name, self._spec
            await self._database.write(lambda store: store.collections.mark_complete(model, spec))
        self._noted = self._noted or await self._was_completed()
        return self._noted

    async def find_earlier_model(self) -> EarlierModel | None:
        """The model that answers until this one's vectors are complete; None where none is needed."""
        if await self.record_completion():
            return None

        def step(store: HasArticlesAndCollections) -> list[tuple[int, EarlierModel]]:
            done = store.collections.list_complete()
            return [
                (store.articles.count_unembedded(model), EarlierModel(model, spec))
                for model, spec in done.items()
            ]

        return min(await self._database.read(step), default=(0, None))[1]

    def build_turn(self, *, politely: bool) -> Turn:
        """A lease for making vectors; *politely*: only while no other process holds it."""

        async def take_turn() -> bool:
            model, me, now = self._embedder.name, self._me, self._clock()
            return await self._database.write(
                lambda store: (
                    store.collections.acquire_backfill_lease(model, me, now, politely=politely)
                    or not politely
                )
            )

        return take_turn

    async def run_backfill(self) -> None:
        """Make vectors that are missing after an interruption or a change of model, with the lease only."""
        await Indexer(self._database, self._embedder, self.build_turn(politely=True)).backfill_embeddings()
        await self.record_completion()

    async def delete_other_models(self) -> None:
        """Delete the vectors of other models, which nothing has used for long."""
        model = self._embedder.name

        def step(store: HasArticlesAndCollections) -> Sequence[str]:
            store.articles.delete_vectors(except_model=model)
            return store.collections.delete_collections(except_model=model)

        for collection in await self._database.write(step):
            with suppress(IndexUnavailable):  # files that stay do no harm
                await self._remove(collection)

    async def _was_completed(self) -> bool:
        model = self._embedder.name
        return await self._database.read(lambda store: model in store.collections.list_complete())
