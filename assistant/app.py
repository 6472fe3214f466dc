"""The composition root: the only place that knows every adapter. Commands and the service are built here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from assistant.domain.errors import SetupError
from assistant.settings import Settings, prepare_data_dir

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.conversation.think import Mind
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn import Assistant
    from assistant.knowledge.examples import Examples
    from assistant.knowledge.index import Indexer
    from assistant.knowledge.search import HybridRetriever
    from assistant.knowledge.vector_index import KeptVectors
    from assistant.ports import Answerer, Embedder
    from assistant.storage.database import SqlDatabase
    from assistant.storage.store import SqlStore
    from assistant.work.wire import LocalWire

STATIC = Path(__file__).parent / "api" / "static"
PROMPTS = Path(__file__).parent.parent / "prompts"
#: How often the serving process looks whether another process changed the knowledge base.
REFRESH_SECONDS = 1.0
#: How long work in hand may take to finish at a stop.
DRAIN_SECONDS = 8.0

Steps = Callable[[int, int], None]


def now() -> datetime:
    return datetime.now(UTC)


def open_database(settings: Settings, *, migrating: bool = False) -> SqlDatabase[SqlStore]:
    """The database of *settings* with an up-to-date schema; SetupError when it cannot be used.

    SQLite's schema is brought up to date at once, PostgreSQL's only when *migrating*: other processes may
    still work with the older one.
    """
    from assistant.storage.database import SqlDatabase, sqlite_engine
    from assistant.storage.migrate import is_current, migrate
    from assistant.storage.store import SqlStore

    prepare_data_dir(settings.data_dir)
    if settings.postgres_url is None:
        engine = sqlite_engine(settings.database_path)
        migrate(engine)
    else:
        from assistant.storage.postgres import postgres_engine

        engine = postgres_engine(settings.postgres_url)
        if migrating:
            migrate(engine)
        elif not is_current(engine):
            raise SetupError("The database's schema is not up to date; run `assistant migrate`.")
    return SqlDatabase(engine, SqlStore)


def make_wire(settings: Settings) -> LocalWire:
    """Streams and workers are woken by it, in every process."""
    from assistant.work.wire import LocalWire

    if settings.postgres_url is None:
        return LocalWire()
    from assistant.storage.postgres import Notices
    from assistant.work.shared_wire import SharedWire

    return SharedWire(Notices(settings.postgres_url))


def open_embedder(settings: Settings, progress: Steps | None = None) -> Embedder:
    from assistant.llm.embeddings import OPENAI, make_embedder

    client = _openai(settings) if settings.embeddings.startswith(OPENAI) else None
    return make_embedder(settings.embeddings, settings.models_dir, openai=client, progress=progress)


def open_answerer(settings: Settings, knowledge: Knowledge) -> Answerer:
    from assistant.knowledge.near import StoredCloseness
    from assistant.llm.answering import make_answerer
    from assistant.llm.ranking import Ranker

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    ranker = Ranker(knowledge.embedder, StoredCloseness(knowledge.database, knowledge.embedder))
    return make_answerer(settings.model, ranker, PROMPTS, api_key=key, base_url=settings.openai_base_url)


def make_timing(settings: Settings) -> Timing:
    from datetime import timedelta

    from assistant.conversation.timing import Timing

    return Timing(
        quiet=timedelta(seconds=settings.quiet_seconds),
        turn_deadline=timedelta(seconds=settings.turn_deadline_seconds),
        agent_deadline=timedelta(seconds=settings.agent_deadline_seconds),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The knowledge base, open: what ingesting and searching need."""

    database: SqlDatabase[SqlStore]
    embedder: Embedder
    retriever: HybridRetriever
    indexer: Indexer
    examples: Examples

    async def refresh(self) -> None:
        """Take in what another process, or this one, changed."""
        if await self.retriever.refresh():
            await self.load_examples()

    async def settle(self) -> None:
        """Bring the vector index into line with all that there is, however long it takes."""
        await self.refresh()
        while await self.retriever.tend():
            pass

    async def meaning(self, text: str) -> list[float]:
        """The vector of a text as a question; Unavailable when a hosted model does not answer."""
        vector: list[float] = (await self.embedder.query(text)).tolist()
        return vector

    async def load_examples(self) -> None:
        today = now().date()
        self.examples.load(await self.database.read(lambda store: store.articles.titles(today)))

    async def close(self) -> None:
        await self.retriever.close()
        self.database.close()


async def open_knowledge(settings: Settings, progress: Steps | None = None) -> Knowledge:
    """Open database, embedding model and index, and bring them into line with each other."""
    from assistant.knowledge.examples import Examples
    from assistant.knowledge.index import Indexer
    from assistant.knowledge.search import HybridRetriever

    database = open_database(settings)
    embedder = await asyncio.to_thread(open_embedder, settings, progress)
    vectors = await _open_vectors(settings, database, embedder)
    pages = f"{settings.public_url.rstrip('/')}/help/"
    retriever = HybridRetriever(database, embedder, vectors, link=lambda article: pages + quote(article))
    await retriever.start()
    knowledge = Knowledge(
        database=database,
        embedder=embedder,
        retriever=retriever,
        indexer=Indexer(database, embedder),
        examples=Examples(),
    )
    await knowledge.load_examples()
    return knowledge


async def _open_vectors(
    settings: Settings, database: SqlDatabase[SqlStore], embedder: Embedder
) -> KeptVectors:
    """The vectors of *embedder*, at the Chroma server if there is one, else in the data folder."""
    from assistant.knowledge.vector_index import KeptVectors, by_turns, embedded, served

    model, dimensions = embedder.name, embedder.dimensions
    name = await database.read(lambda store: store.collections.name(model))
    if name is None:
        name = await database.write(lambda store: store.collections.named(model))
    if settings.chroma_url is None:
        return KeptVectors(embedded(settings.data_dir, name, dimensions))
    return KeptVectors(served(settings.chroma_url, name, dimensions), by_turns(database, model, now))


def make_mind(settings: Settings, knowledge: Knowledge) -> Mind:
    from assistant.conversation.think import Mind
    from assistant.domain.policy import Policy
    from assistant.llm.rewrite import standalone
    from assistant.signals.policy_file import load_policy
    from assistant.signals.reader import Reader

    return Mind(
        reader=Reader(languages=settings.languages, embedding=knowledge.embedder.name),
        retriever=knowledge.retriever,
        answerer=open_answerer(settings, knowledge),
        meaning=knowledge.meaning,
        rewrite=standalone,
        policy=load_policy(settings.policy) if settings.policy else Policy(),
        languages=settings.languages,
        examples=knowledge.examples,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that runs while the assistant serves."""

    settings: Settings
    knowledge: Knowledge
    mind: Mind
    wire: LocalWire
    assistant: Assistant
    timing: Timing

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The loops work inside this; on leaving, work in hand is finished or left to its lease."""
        from assistant.conversation.watch import Watchdog
        from assistant.domain.due import Kind
        from assistant.work.loop import Duties, Loop

        database = self.knowledge.database
        watchdog = Watchdog(database, self.mind.policy, self.assistant.pick_facts, self.wire, now)
        duties = Duties(
            handlers={Kind.TURN: self.assistant.take_turn, Kind.DEADLINE: watchdog.deadline_passed},
            give_up=self.assistant.give_up,
        )
        loop = Loop(database, duties, self.wire, now, self.timing.lease)
        work = (loop.run(), self.wire.run(), self._follow_knowledge())
        tasks = [asyncio.create_task(each) for each in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await loop.drain(DRAIN_SECONDS)
            await self.knowledge.close()

    async def health(self) -> dict[str, str | None]:
        """Each part, and what is wrong with it or None."""
        await self.knowledge.database.read(lambda store: store.journal.span())
        return {"database": None, **self.knowledge.retriever.health()}

    async def _follow_knowledge(self) -> None:
        from assistant.domain.errors import Unavailable

        more = True  # a first start has everything to fill
        while True:
            await asyncio.sleep(0 if more else REFRESH_SECONDS)
            more = False
            with contextlib.suppress(Unavailable):  # readyz says so; the next round tries again
                await self.knowledge.refresh()
                more = await self.knowledge.retriever.tend()


async def make_service(settings: Settings, progress: Steps | None = None) -> Service:
    from assistant.conversation.turn import Assistant
    from assistant.signals.facts import pick_facts

    knowledge = await open_knowledge(settings, progress)
    mind, wire, timing = make_mind(settings, knowledge), make_wire(settings), make_timing(settings)
    assistant = Assistant(
        database=knowledge.database, mind=mind, wire=wire, timing=timing, pick_facts=pick_facts, clock=now
    )
    return Service(
        settings=settings, knowledge=knowledge, mind=mind, wire=wire, assistant=assistant, timing=timing
    )


def create_app(settings: Settings, service: Service) -> FastAPI:
    """The HTTP application around a *service*."""
    from assistant.api import make_app

    return make_app(_context(settings, service), origins=settings.allowed_origins)


def _context(settings: Settings, service: Service) -> Any:
    from assistant.api.context import Context
    from assistant.api.limits import Limits
    from assistant.conversation.desk import Desk

    database = service.knowledge.database
    host = urlsplit(settings.public_url).netloc
    return Context(
        database=database,
        mind=service.mind,
        wire=service.wire,
        timing=service.timing,
        desk=Desk(timing=service.timing, pick_facts=service.assistant.pick_facts),
        pick_facts=service.assistant.pick_facts,
        clock=now,
        limits=Limits(),
        identity_key=settings.identity_key(),
        languages=settings.languages,
        public_url=settings.public_url,
        hosts=(host,),
        article=lambda id_: database.read(lambda store: store.articles.article(id_)),
        health=service.health,
        static=STATIC,
    )


def _openai(settings: Settings) -> Any:
    from openai import AsyncOpenAI

    if not settings.openai_api_key and not settings.openai_base_url:
        raise SetupError(f"ASSISTANT_EMBEDDINGS={settings.embeddings} needs OPENAI_API_KEY.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return AsyncOpenAI(api_key=key, base_url=settings.openai_base_url, timeout=30, max_retries=1)
