"""A shadow of the knowledge base, in memory: what would be answered if an article were published."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.app.knowledge_base import KnowledgeBase, utc_now
from assistant.app.wiring import build_turn_dependencies
from assistant.domain.hours import compute_business_day
from assistant.insight.gap_articles import compare_answers, render_article

if TYPE_CHECKING:
    from assistant.app.settings import Settings
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.gaps import Gap

#: Name of the article in the shadow.
SHADOW_FILE = "gap.md"


async def prove_article(
    settings: Settings, knowledge: KnowledgeBase, gap: Gap, evidence: Sequence[str], standing: Sequence[str]
) -> Mapping[str, Any]:
    """Ask *evidence* and *standing* questions of a shadow index, before and after the article is in it."""
    shadow = await open_shadow(knowledge)
    quoting = settings.model_copy(update={"chat_model": "extractive"})
    try:
        mind = build_turn_dependencies(quoting, shadow)
        before = [await find_first_article(mind, question) for question in standing]
        with TemporaryDirectory() as folder:
            path = Path(folder) / SHADOW_FILE
            path.write_text(render_article(gap), "utf-8")
            report = await shadow.ingest_sources([str(path)], _build_options())
        added = (report.added or report.updated or [""])[0]
        answered = [await find_first_article(mind, question) for question in evidence]
        after = [await find_first_article(mind, question) for question in standing]
        titles = {
            id_: title
            for id_, title, _ in await shadow.database.read(
                lambda store: store.articles.list_titles(shadow.current_date())
            )
        }
    finally:
        shadow.database.close()
    return compare_answers(added, answered, before, after, titles)


def _build_options() -> Any:
    from assistant.knowledge.ingest.run import IngestOptions

    return IngestOptions()


async def open_shadow(knowledge: KnowledgeBase) -> KnowledgeBase:
    """A copy of *knowledge* in memory, with its embedding model."""
    from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.retrieval.example_questions import ExampleQuestions
    from assistant.knowledge.retrieval.question_words import QuestionWords
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
    from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
    from assistant.storage.database import SqlDatabase, create_sqlite_engine
    from assistant.storage.knowledge_copy import copy_knowledge
    from assistant.storage.schema import metadata
    from assistant.storage.store import SqlStore

    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    await asyncio.to_thread(copy_knowledge, knowledge.database.engine, engine)
    database = SqlDatabase(engine, SqlStore)
    retriever = HybridRetriever(
        database,
        knowledge.embedder,
        SyncedVectorIndex(),
        today=lambda: compute_business_day(utc_now(), knowledge.zone),
    )
    await retriever.start()
    making = EmbeddingBackfill(database, knowledge.embedder, "local", utc_now)
    shadow = KnowledgeBase(
        database=database,
        embedder=knowledge.embedder,
        retriever=SwitchingRetriever(retriever, ready=making.is_complete, changed=making.record_completion),
        indexer=Indexer(database, knowledge.embedder),
        examples=ExampleQuestions(),
        words=QuestionWords(),
        making=making,
        zone=knowledge.zone,
    )
    await shadow.load_words()
    return shadow


async def find_first_article(mind: TurnDependencies, question: str) -> str | None:
    """The article that a question is answered from; None: it is declined."""
    from assistant.conversation.turn.ask_once import answer_once

    answer = await answer_once(mind, question)
    if answer["decision"] != "answer" or not answer["citations"]:
        return None
    return str(answer["citations"][0]["article"])


async def publish_article(settings: Settings, knowledge: KnowledgeBase, gap: Gap) -> str:
    """Write the article into the data folder and ingest it; returns its id."""
    folder = settings.data_dir / "published"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{gap.id}.md"
    await asyncio.to_thread(path.write_text, render_article(gap), "utf-8")
    report = await knowledge.ingest_sources([str(folder)], _build_options(), reconcile=False)
    found = [*report.added, *report.updated, *report.unchanged]
    return next((article for article in found if gap.id in article), found[0] if found else "")
