"""The product's own search over a folder of articles, built for a measurement in a folder of its own."""

from datetime import date
from pathlib import Path

from assistant.app.knowledge_base import KnowledgeBase, utc_now
from assistant.knowledge.ingest.embedding_backfill import Making
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import Options, ingest
from assistant.knowledge.retrieval.example_questions import Examples
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.retrieval.switching_retriever import Succession
from assistant.knowledge.vectors.synced_index import KeptVectors, embedded
from assistant.models.embeddings.factory import make_embedder
from assistant.ports.models import Embedder
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore


def local_embedder(data: Path) -> Embedder:
    return make_embedder("local", data / "models")


async def retriever_over(folder: Path, data: Path, embedder: Embedder) -> HybridRetriever:
    """A started retriever; what *data* already holds is not indexed again."""
    data.mkdir(parents=True, exist_ok=True)
    engine = create_sqlite_engine(data / "evals.sqlite")
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    await ingest(
        [str(folder)],
        index=Indexer(database, embedder),
        count_tokens=embedder.count_tokens,
        options=Options(),
    )
    vectors = KeptVectors(embedded(data, "passages", embedder.dimensions))
    retriever = HybridRetriever(database, embedder, vectors)
    await retriever.start()
    while await retriever.tend():
        pass
    return retriever


async def knowledge_over(folder: Path, embedder: Embedder, today: date) -> KnowledgeBase:
    """A folder of articles, open as the product opens it but kept in memory, on the day *today*."""
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    indexer = Indexer(database, embedder)
    await ingest([str(folder)], index=indexer, count_tokens=embedder.count_tokens)
    retriever = HybridRetriever(database, embedder, KeptVectors(), today=lambda: today)
    await retriever.start()
    making = Making(database, embedder, "local", utc_now)
    return KnowledgeBase(
        database=database,
        embedder=embedder,
        retriever=Succession(retriever, ready=making.done, changed=making.note),
        indexer=indexer,
        examples=Examples(),
        making=making,
    )
