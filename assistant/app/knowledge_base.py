"""The knowledge base, put together: database, embedding model, index, retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.app.settings import Settings, prepare_data_dir
from assistant.domain.errors import SetupError
from assistant.domain.hours import JAPAN, business_day

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.domain.policy import Policy
    from assistant.domain.turns import Meaning
    from assistant.knowledge.contradictions.rules import Statement
    from assistant.knowledge.ingest.embedding_backfill import Making
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.ingest.run import IngestReport, Options, Progress
    from assistant.knowledge.loaders.reader import Reads
    from assistant.knowledge.retrieval.example_questions import Examples
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.retrieval.switching_retriever import Succession
    from assistant.knowledge.vectors.synced_index import KeptVectors
    from assistant.ports.models import Embedder
    from assistant.storage.database import SqlDatabase
    from assistant.storage.store import SqlStore

Steps = Callable[[int, int], None]


def now() -> datetime:
    return datetime.now(UTC)


def open_engine(settings: Settings) -> Engine:
    """A way to the database of *settings*, whatever it holds."""
    if settings.postgres_url is None:
        from assistant.storage.database import sqlite_engine

        return sqlite_engine(settings.database_path)
    from assistant.storage.postgres import postgres_engine

    return postgres_engine(settings.postgres_url)


def open_database(settings: Settings, *, migrating: bool = False) -> SqlDatabase[SqlStore]:
    """The database of *settings* with an up-to-date schema; SetupError when it cannot be used.

    SQLite's schema is brought up to date at once, PostgreSQL's only when *migrating*: other processes may
    still work with the older one.
    """
    from assistant.storage.database import SqlDatabase
    from assistant.storage.migrate import is_current, migrate
    from assistant.storage.store import SqlStore

    prepare_data_dir(settings.data_dir)
    engine = open_engine(settings)
    if migrating or settings.postgres_url is None:
        migrate(engine)
    elif not is_current(engine):
        raise SetupError("The database's schema is not up to date; run `assistant migrate`.")
    return SqlDatabase(engine, SqlStore)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The knowledge base, open: what ingesting and searching need."""

    database: SqlDatabase[SqlStore]
    embedder: Embedder
    retriever: Succession
    indexer: Indexer
    examples: Examples
    making: Making
    #: Where the business is.
    zone: str = JAPAN

    def today(self) -> date:
        """By which articles hold already, or no longer."""
        return business_day(now(), self.zone)

    async def refresh(self) -> None:
        """Take in what another process, or this one, changed."""
        if await self.retriever.refresh():
            await self.load_examples()

    async def settle(self) -> None:
        """Bring the vector index into line with all that there is, however long it takes."""
        await self.refresh()
        while await self.retriever.tend():
            pass
        await self.making.note()

    async def ingest(
        self,
        sources: Sequence[str],
        options: Options,
        *,
        progress: Progress | None = None,
        reader: Reads | None = None,
        settle: bool = True,
    ) -> IngestReport:
        """Index *sources*, and look for contradictions; *settle*: and wait until the vector index has all."""
        from assistant.knowledge.ingest.run import ingest, quiet

        run = partial(ingest, index=self.indexer, count_tokens=self.embedder.tokens)
        report = await run(sources, options=options, progress=progress or quiet, reader=reader)
        await (self.settle() if settle else self.refresh())
        await self.compare()
        if settle:
            await self.refresh()
        return report

    async def make_vectors(self) -> None:
        """Make the vectors that are missing, unless others do."""
        await self.making.make()
        await self.refresh()
        await self.compare()

    async def note_missing(self) -> int:
        """How many passages have no vectors; `readyz` says so when nothing stands in for them."""
        missing, total = await self.making.missing()
        alone = missing and not self.retriever.changing and not await self.making.note()
        self.retriever.missing = (
            f"The vectors of {self.embedder.name} are being made ({total - missing:,} of {total:,} passages)."
            if alone
            else None
        )
        return missing

    async def compare(self) -> int:
        """Look for contradictions of what is new with everything else; how many were found."""
        from assistant.knowledge.contradictions.search import contradictions

        if self.retriever.changing:
            return 0  # the shelf holds another model's vectors; the next time
        model = self.embedder.name
        last, new = await self.database.read(lambda store: store.living.uncompared(model))
        if not new:
            return 0
        owners = await self.database.read(lambda store: store.living.owners())
        shelf = self.retriever.shelf
        found = await contradictions(new, shelf, owners, self.statements, self.embedder)
        await self.database.write(lambda store: store.living.compared(last, found, now()))
        return len(found)

    async def statements(self, chunks: Sequence[int]) -> Mapping[int, Sequence[Statement]]:
        """What each chunk states that another could contradict."""
        from assistant.answering.quotes.candidates import said
        from assistant.knowledge.contradictions.rules import Statement, states
        from assistant.text.quotable import units

        passages = await self.database.read(lambda store: store.articles.passages(chunks))
        return {
            chunk: [
                Statement(
                    chunk=chunk,
                    article=passage.article,
                    language=passage.language,
                    heading=" > ".join((passage.title, *unit.headings)),
                    text=said(unit),
                    quote=unit.text,
                )
                for unit in units(passage, 0)
                if states(said(unit))
            ]
            for chunk, passage in passages.items()
        }

    async def meaning(self, text: str) -> Meaning:
        """What the model makes of a text as a question; Unavailable when a hosted one does not answer."""
        from assistant.models.embeddings.factory import meant

        return await meant(self.embedder, text)

    async def load_examples(self) -> None:
        today = self.today()
        self.examples.load(await self.database.read(lambda store: store.articles.titles(today)))

    async def close(self) -> None:
        await self.retriever.close()
        self.database.close()


async def open_knowledge(
    settings: Settings, progress: Steps | None = None, *, beside_serve: bool = False, at_once: bool = False
) -> Knowledge:
    """Open database, embedding model and index, and bring them into line with each other.

    *beside_serve*: leave the index in the data folder to `serve`, whichever of the two started first.
    *at_once*: without the vector index, which takes seconds to load; `tend` opens it.
    """
    from assistant.knowledge.ingest.embedding_backfill import Making
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.retrieval.example_questions import Examples
    from assistant.knowledge.retrieval.switching_retriever import Succession
    from assistant.knowledge.vectors.synced_index import remove

    database = open_database(settings)
    embedder = await asyncio.to_thread(open_embedder, settings, progress)
    out_of_index = partial(remove, data_dir=settings.data_dir, url=settings.chroma_url)
    making = Making(database, embedder, settings.embeddings, now, out_of_index)
    before = await _before(settings, making)
    retriever = Succession(
        await _retriever(settings, database, embedder, beside_serve),
        await _retriever(settings, database, before, beside_serve) if before else None,
        ready=making.done,
        changed=making.note,
    )
    await retriever.start(at_once=at_once)
    knowledge = Knowledge(
        database=database,
        embedder=embedder,
        retriever=retriever,
        indexer=Indexer(database, embedder, making.turn(politely=False)),
        examples=Examples(),
        making=making,
        zone=make_policy(settings).zone,
    )
    await knowledge.load_examples()
    return knowledge


async def _before(settings: Settings, making: Making) -> Embedder | None:
    """The model that answers while the vectors of the one in the settings are made; None: they are."""
    if (other := await making.earlier()) is None:
        return None
    try:
        found = await asyncio.to_thread(open_embedder, settings.model_copy(update={"embeddings": other.spec}))
    except SetupError:
        return None  # it is gone, or its key is: until then words answer
    return found if found.name == other.model else None


async def _retriever(
    settings: Settings, database: SqlDatabase[SqlStore], embedder: Embedder, beside_serve: bool
) -> HybridRetriever:
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.vectors.synced_index import KeptVectors

    kept = await _open_vectors(settings, database, embedder)
    vectors = KeptVectors() if beside_serve and settings.chroma_url is None else kept
    pages = f"{settings.public_url.rstrip('/')}/help/"
    zone = make_policy(settings).zone
    return HybridRetriever(
        database,
        embedder,
        vectors,
        link=lambda article: pages + quote(article),
        today=lambda: business_day(now(), zone),
    )


def make_policy(settings: Settings) -> Policy:
    from assistant.app.hours_file import default_zone
    from assistant.app.policy_file import load_policy

    return load_policy(settings.policy, default_zone(settings.languages))


async def _open_vectors(
    settings: Settings, database: SqlDatabase[SqlStore], embedder: Embedder
) -> KeptVectors:
    """The vectors of *embedder*, at the Chroma server if there is one, else in the data folder."""
    from assistant.knowledge.vectors.synced_index import KeptVectors, by_turns, embedded, served

    model, dimensions = embedder.name, embedder.dimensions
    name = await database.read(lambda store: store.collections.name(model))
    if name is None:
        name = await database.write(lambda store: store.collections.named(model))
    if settings.chroma_url is None:
        return KeptVectors(embedded(settings.data_dir, name, dimensions))
    return KeptVectors(served(settings.chroma_url, name, dimensions), by_turns(database, model, now))


def open_embedder(settings: Settings, progress: Steps | None = None) -> Embedder:
    from assistant.models.embeddings.factory import OPENAI, make_embedder

    client = _openai(settings) if settings.embeddings.startswith(OPENAI) else None
    return make_embedder(settings.embeddings, settings.models_dir, openai=client, progress=progress)


def _openai(settings: Settings) -> Any:
    from openai import AsyncOpenAI

    if not settings.openai_api_key and not settings.openai_base_url:
        raise SetupError(f"ASSISTANT_EMBEDDINGS={settings.embeddings} needs OPENAI_API_KEY.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return AsyncOpenAI(api_key=key, base_url=settings.openai_base_url, timeout=30, max_retries=1)
