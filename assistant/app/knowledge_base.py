"""Wires the knowledge base: database, embedding model, vector index, retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.app.data_folder import prepare_data_dir
from assistant.app.embedder import ProgressCallback
from assistant.app.settings import Settings
from assistant.app.vector_index import build_chroma_access, open_vectors
from assistant.domain.errors import SetupError
from assistant.domain.hours import JAPAN, compute_business_day
from assistant.tracing import start_inner_span

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.domain.policy import Policy
    from assistant.domain.turns import TextEmbedding
    from assistant.knowledge.contradictions.rules import Statement
    from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.ingest.run import IngestOptions, IngestReport, Progress
    from assistant.knowledge.loaders.reader import DocumentReader
    from assistant.knowledge.retrieval.example_questions import ExampleQuestions
    from assistant.knowledge.retrieval.question_words import QuestionWords
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
    from assistant.ports.models import Embedder
    from assistant.storage.database import SqlDatabase
    from assistant.storage.store import SqlStore


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_engine(settings: Settings) -> Engine:
    """An engine for the database of *settings*, whatever its schema."""
    if settings.postgres_url is None:
        from assistant.storage.database import create_sqlite_engine

        return create_sqlite_engine(settings.database_path)
    from assistant.storage.postgres import create_postgres_engine

    return create_postgres_engine(settings.postgres_url)


def open_database(settings: Settings, *, migrating: bool = False) -> SqlDatabase[SqlStore]:
    """The database of *settings* with a current schema; SetupError when it cannot be used.

    SQLite is migrated automatically, PostgreSQL only when *migrating*: other processes may still use the
    older schema.
    """
    from assistant.storage.database import SqlDatabase
    from assistant.storage.migrate import is_current, migrate_schema
    from assistant.storage.store import SqlStore

    prepare_data_dir(settings.data_dir)
    engine = open_engine(settings)
    if migrating or settings.postgres_url is None:
        migrate_schema(engine)
    elif not is_current(engine):
        raise SetupError("The database's schema is not up to date; run `assistant migrate`.")
    return SqlDatabase(engine, SqlStore)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBase:
    """The opened knowledge base: what ingest and retrieval need."""

    database: SqlDatabase[SqlStore]
    embedder: Embedder
    retriever: SwitchingRetriever
    indexer: Indexer
    examples: ExampleQuestions
    words: QuestionWords
    making: EmbeddingBackfill
    #: The business's time zone.
    zone: str = JAPAN

    def current_date(self) -> date:
        """Today in the business's zone, for articles' validity."""
        return compute_business_day(utc_now(), self.zone)

    async def refresh_index(self) -> None:
        """Load changes that this or another process made."""
        if await self.retriever.load_changes():
            await self.load_examples()
            await self.load_words()

    async def reconcile_index(self) -> None:
        """Sync the vector index completely, however long it takes."""
        await self.refresh_index()
        while await self.retriever.maintain():
            pass
        await self.making.record_completion()

    async def ingest_sources(
        self,
        sources: Sequence[str],
        options: IngestOptions,
        *,
        progress: Progress | None = None,
        reader: DocumentReader | None = None,
        reconcile: bool = True,
    ) -> IngestReport:
        """Ingest *sources* and find contradictions; *reconcile*: also sync the whole vector index."""
        from assistant.knowledge.ingest.run import ignore_progress, ingest_sources

        run = partial(ingest_sources, index=self.indexer, count_tokens=self.embedder.count_tokens)
        report = await run(sources, options=options, progress=progress or ignore_progress, reader=reader)
        await (self.reconcile_index() if reconcile else self.refresh_index())
        await self.detect_contradictions()
        if reconcile:
            await self.refresh_index()
        return report

    async def run_backfill(self) -> None:
        """Make missing vectors, unless another process does."""
        await self.making.run_backfill()
        await self.refresh_index()
        await self.detect_contradictions()

    async def report_missing_vectors(self) -> int:
        """Report missing vectors; `readyz` shows it when no earlier model answers."""
        missing, total = await self.making.count_missing()
        alone = missing and not self.retriever.is_switching and not await self.making.record_completion()
        self.retriever.missing = (
            f"The vectors of {self.embedder.name} are being made ({total - missing:,} of {total:,} passages)."
            if alone
            else None
        )
        return missing

    async def detect_contradictions(self) -> int:
        """Look for contradictions of new chunks with all others; returns how many were found."""
        from assistant.knowledge.contradictions.search import find_contradictions

        if self.retriever.is_switching:
            return 0  # the forward index holds another model's vectors; done the next time
        model = self.embedder.name
        last, new = await self.database.read(
            lambda store: store.article_lifecycle.list_uncompared_chunks(model)
        )
        if not new:
            return 0
        owners = await self.database.read(lambda store: store.article_lifecycle.load_chunk_articles())
        forward_index = self.retriever.forward_index
        found = await find_contradictions(new, forward_index, owners, self.load_statements, self.embedder)
        await self.database.write(
            lambda store: store.article_lifecycle.save_contradictions(last, found, utc_now())
        )
        return len(found)

    async def load_statements(self, chunks: Sequence[int]) -> Mapping[int, Sequence[Statement]]:
        """What each chunk states that another could contradict."""
        from assistant.knowledge.contradictions.rules import list_statements

        passages = await self.database.read(lambda store: store.articles.load_passages(chunks))
        return {chunk: list_statements(passage) for chunk, passage in passages.items()}

    async def compute_meaning(self, text: str) -> TextEmbedding:
        """The pooled vector of a text as a question; Unavailable when a hosted model does not answer."""
        from assistant.models.embeddings.factory import compute_meaning

        with start_inner_span("embed"):
            return await compute_meaning(self.embedder, text)

    async def load_examples(self) -> None:
        today = self.current_date()
        self.examples.select_questions(
            await self.database.read(lambda store: store.articles.list_titles(today))
        )

    async def load_words(self) -> None:
        """Load the words of new chunks and the synonyms, for questions that spell them otherwise."""
        await self.words.load_changes(self.database)

    async def close(self) -> None:
        await self.retriever.close()
        self.database.close()


async def open_knowledge(
    settings: Settings,
    progress: ProgressCallback | None = None,
    *,
    beside_serve: bool = False,
    at_once: bool = False,
) -> KnowledgeBase:
    """Open database, embedding model and index, and sync them.

    *beside_serve*: leave the index in the data folder to `serve`, whichever of the two started first.
    *at_once*: without the vector index, which takes seconds to load; `maintain` opens it.
    """
    from assistant.app.embedder import open_embedder
    from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.retrieval.example_questions import ExampleQuestions
    from assistant.knowledge.retrieval.question_words import QuestionWords
    from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
    from assistant.knowledge.vectors.synced_index import remove_collection

    database = open_database(settings)
    embedder = await asyncio.to_thread(open_embedder, settings, progress)
    out_of_index = partial(
        remove_collection, data_dir=settings.data_dir, access=build_chroma_access(settings)
    )
    making = EmbeddingBackfill(database, embedder, settings.embeddings, utc_now, out_of_index)
    before = await _open_previous_embedder(settings, making)
    retriever = SwitchingRetriever(
        await _build_retriever(settings, database, embedder, beside_serve),
        await _build_retriever(settings, database, before, beside_serve) if before else None,
        ready=making.is_complete,
        changed=making.record_completion,
    )
    await retriever.start(at_once=at_once)
    knowledge = KnowledgeBase(
        database=database,
        embedder=embedder,
        retriever=retriever,
        indexer=Indexer(database, embedder, making.build_turn(politely=False)),
        examples=ExampleQuestions(),
        words=QuestionWords(),
        making=making,
        zone=build_policy(settings).zone,
    )
    await knowledge.load_examples()
    await knowledge.load_words()
    return knowledge


async def _open_previous_embedder(settings: Settings, making: EmbeddingBackfill) -> Embedder | None:
    """The earlier model that answers until the new one's vectors are complete; None: they are."""
    from assistant.app.embedder import open_embedder

    if (other := await making.find_earlier_model()) is None:
        return None
    try:
        found = await asyncio.to_thread(open_embedder, settings.model_copy(update={"embeddings": other.spec}))
    except SetupError:
        return None  # its model or key is no longer available: until then only lexical search answers
    return found if found.name == other.model else None


async def _build_retriever(
    settings: Settings, database: SqlDatabase[SqlStore], embedder: Embedder, beside_serve: bool
) -> HybridRetriever:
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.vectors.synced_index import SyncedVectorIndex

    kept = await open_vectors(settings, database, embedder, utc_now)
    vectors = SyncedVectorIndex() if beside_serve and settings.chroma_url is None else kept
    pages = f"{settings.public_url.rstrip('/')}/help/"
    zone = build_policy(settings).zone
    return HybridRetriever(
        database,
        embedder,
        vectors,
        link=lambda article: pages + quote(article),
        today=lambda: compute_business_day(utc_now(), zone),
    )


def build_policy(settings: Settings) -> Policy:
    from assistant.app.hours_file import find_default_zone
    from assistant.app.policy_file import load_policy

    return load_policy(settings.policy, find_default_zone(settings.languages))
