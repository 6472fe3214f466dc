"""Builds a knowledge base from a set and records the product's ranking features for every question."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from assistant.domain.knowledge import Chunk
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import ingest_sources
from assistant.knowledge.retrieval.features import RetrievalCandidates
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex
from assistant.ports.models import Embedder
from assistant.storage.article_lifecycle import SqlArticleLifecycle
from assistant.storage.articles import SqlArticles
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.sources import SqlSources
from evals.data.retrieval_sets import LabelledQuestion, QuestionCollection


class EvalStore:
    def __init__(self, connection: sa.Connection) -> None:
        self.articles = SqlArticles(connection)
        self.article_lifecycle = SqlArticleLifecycle(connection)
        self.sources = SqlSources(connection)


@dataclass(frozen=True, slots=True, eq=False)
class SeenQuestion:
    """A question, its candidates by article, and which of them answer."""

    asked: LabelledQuestion
    articles: Sequence[str]
    candidates: RetrievalCandidates
    right: np.ndarray


async def build_retriever(
    collection: QuestionCollection, embedder: Embedder
) -> tuple[HybridRetriever, SqlDatabase[EvalStore]]:
    """The set's knowledge base, one chunk per article, as the product serves it."""
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, EvalStore)
    indexer = Indexer(database, embedder)
    await indexer.save_articles(
        [(a, [Chunk(position=0, headings=(), text=a.text, tokens=0)]) for a in collection.articles]
    )
    await indexer.backfill_embeddings()
    retriever = HybridRetriever(database, embedder, SyncedVectorIndex())
    await retriever.start()
    return retriever, database


async def build_folder_retriever(
    folder: Path, embedder: Embedder
) -> tuple[HybridRetriever, SqlDatabase[EvalStore]]:
    """A folder of articles as the product ingests and serves it."""
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, EvalStore)
    await ingest_sources([str(folder)], index=Indexer(database, embedder), count_tokens=embedder.count_tokens)
    retriever = HybridRetriever(database, embedder, SyncedVectorIndex())
    await retriever.start()
    return retriever, database


async def collect_candidates(
    retriever: HybridRetriever, database: SqlDatabase[EvalStore], questions: Sequence[LabelledQuestion]
) -> list[SeenQuestion]:
    all_seen = []
    for asked in questions:
        found = await retriever.find_candidates(asked.text, asked.language)
        if found is not None:
            articles = await database.read(partial(_list_articles, found.chunks))
            right = np.array([article in asked.relevant for article in articles])
            all_seen.append(SeenQuestion(asked, articles, found.candidates, right))
    return all_seen


def _list_articles(chunks: Sequence[int], store: EvalStore) -> list[str]:
    passages = store.articles.load_passages(chunks)
    return [passages[chunk].article for chunk in chunks]


def compute_ndcg(order: Sequence[str], relevant: dict[str, int], *, most: int = 10) -> float:
    """nDCG at *most*."""
    gained = sum((2 ** relevant.get(name, 0) - 1) / np.log2(i + 2) for i, name in enumerate(order[:most]))
    best = sum(
        (2**g - 1) / np.log2(i + 2) for i, g in enumerate(sorted(relevant.values(), reverse=True)[:most])
    )
    return float(gained / best)
