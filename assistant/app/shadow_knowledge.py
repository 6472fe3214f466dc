"""A copy of the knowledge base in memory, to see what an article would change; and publishing it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.app.knowledge_base import KnowledgeBase, utc_now
from assistant.app.settings import Settings
from assistant.app.wiring import build_turn_dependencies
from assistant.insight.gap_articles import compare_answers, render_article

if TYPE_CHECKING:
    from assistant.app.live_settings import LiveSettings
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.article_drafts import ArticleFields
    from assistant.domain.gaps import Gap
    from assistant.knowledge.ingest.run import IngestOptions
    from assistant.knowledge.loaders.reader import DocumentReader

#: Above this only the articles that the draft or the question come near are copied.
MAX_SHADOW_CHUNKS = 4_000
#: Passages whose articles are copied then.
MAX_NEAR_PASSAGES = 60
#: Name of a gap's article in the copy.
SHADOW_FILE = "gap.md"


async def publish_article(
    knowledge: KnowledgeBase, article: str, fields: ArticleFields, reader: DocumentReader
) -> Sequence[str]:
    """Index an article as customers shall get it; returns what was ignored in it."""
    from assistant.knowledge.ingest.console_articles import build_console_article

    built, chunks, warnings = await build_console_article(
        article, fields, knowledge.current_date(), reader, knowledge.embedder.count_tokens
    )
    await knowledge.indexer.save_articles([(built, chunks)])
    wrong = await knowledge.indexer.record_run((), (), ())
    await knowledge.indexer.backfill_embeddings()
    await knowledge.refresh_index()
    await knowledge.detect_contradictions()
    await knowledge.refresh_index()
    return [*warnings, *(why for id_, why in wrong if id_ == article)]


async def withdraw_article(knowledge: KnowledgeBase, article: str) -> None:
    """Remove an article from the index; one that it superseded is answered from again."""
    await knowledge.indexer.remove_articles([article])
    await knowledge.indexer.record_run((), (), ())
    await knowledge.refresh_index()


async def open_shadow(knowledge: KnowledgeBase, settings: Settings, near: Sequence[str]) -> KnowledgeBase:
    """A copy in memory; of a large knowledge base only what comes near the texts of *near*."""
    from assistant.storage.knowledge_copy import copy_knowledge, count_chunks
    from assistant.storage.schema import metadata

    live, shadow = knowledge.database.engine, _build_shadow(knowledge, settings)
    only = None
    if await asyncio.to_thread(count_chunks, live) > MAX_SHADOW_CHUNKS:
        found = [await knowledge.retriever.search(text, limit=MAX_NEAR_PASSAGES) for text in near]
        only = sorted({passage.article for passages in found for passage in passages})
    copy = shadow.database.engine
    await asyncio.to_thread(metadata.create_all, copy)
    await asyncio.to_thread(copy_knowledge, live, copy, knowledge.embedder.name, only)
    await shadow.retriever.start(at_once=True)
    await shadow.load_words()
    return shadow


def _build_shadow(knowledge: KnowledgeBase, settings: Settings) -> KnowledgeBase:
    from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.retrieval.example_questions import ExampleQuestions
    from assistant.knowledge.retrieval.question_words import QuestionWords
    from assistant.knowledge.retrieval.retriever import HybridRetriever
    from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
    from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
    from assistant.storage.database import SqlDatabase, create_sqlite_engine
    from assistant.storage.store import SqlStore

    database = SqlDatabase(create_sqlite_engine(None), SqlStore)
    embedder, pages = knowledge.embedder, f"{settings.public_url.rstrip('/')}/help/"
    making = EmbeddingBackfill(database, embedder, settings.embeddings, utc_now)
    retriever = HybridRetriever(
        database,
        embedder,
        SyncedVectorIndex(),
        link=lambda article: pages + quote(article),
        today=knowledge.current_date,
    )
    return KnowledgeBase(
        database=database,
        embedder=embedder,
        retriever=SwitchingRetriever(retriever, ready=making.is_complete, changed=making.record_completion),
        indexer=Indexer(database, embedder),
        examples=ExampleQuestions(),
        words=QuestionWords(),
        making=making,
        zone=knowledge.zone,
    )


async def prove_gap(
    settings: Settings,
    knowledge: KnowledgeBase,
    gap: Gap,
    evidence: Sequence[str],
    standing: Sequence[str],
    live: LiveSettings | None = None,
) -> Mapping[str, Any]:
    """Ask *evidence* and *standing* questions of a copy, before and after the gap's article is in it."""
    shadow = await open_shadow(knowledge, settings, [gap.text or "", *evidence, *standing])
    quoting = settings.model_copy(update={"chat_model": "extractive"})
    try:
        mind = build_turn_dependencies(quoting, shadow, live=live)
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
        await shadow.close()
    return compare_answers(added, answered, before, after, titles)


async def publish_gap(settings: Settings, knowledge: KnowledgeBase, gap: Gap) -> str:
    """Write the gap's article into the data folder and ingest it; returns its id."""
    folder = settings.data_dir / "published"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{gap.id}.md"
    await asyncio.to_thread(path.write_text, render_article(gap), "utf-8")
    report = await knowledge.ingest_sources([str(folder)], _build_options(), reconcile=False)
    found = [*report.added, *report.updated, *report.unchanged]
    return next((article for article in found if gap.id in article), found[0] if found else "")


def _build_options() -> IngestOptions:
    from assistant.knowledge.ingest.run import IngestOptions

    return IngestOptions()


async def find_first_article(mind: TurnDependencies, question: str) -> str | None:
    """The article that a question is answered from; None: it is declined."""
    from assistant.conversation.turn.ask_once import answer_once

    answer = await answer_once(mind, question)
    if answer["decision"] != "answer" or not answer["citations"]:
        return None
    return str(answer["citations"][0]["article"])
