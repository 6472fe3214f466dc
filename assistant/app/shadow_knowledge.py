"""A copy of the knowledge base in memory, on which a draft is published to see what would change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.app.knowledge_base import KnowledgeBase, utc_now
from assistant.app.settings import Settings

if TYPE_CHECKING:
    from assistant.domain.article_drafts import ArticleFields
    from assistant.knowledge.loaders.reader import DocumentReader

#: Above this only the articles that the draft or the question come near are copied.
MAX_SHADOW_CHUNKS = 4_000
#: Passages whose articles are copied then.
MAX_NEAR_PASSAGES = 60


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
    return shadow


def _build_shadow(knowledge: KnowledgeBase, settings: Settings) -> KnowledgeBase:
    from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
    from assistant.knowledge.ingest.indexer import Indexer
    from assistant.knowledge.retrieval.example_questions import ExampleQuestions
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
        making=making,
        zone=knowledge.zone,
    )
