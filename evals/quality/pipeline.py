"""The product's search over a folder of articles, in a temporary folder."""

from datetime import date
from pathlib import Path

from assistant.app.knowledge_base import KnowledgeBase, utc_now
from assistant.knowledge.ingest.embedding_backfill import EmbeddingBackfill
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import IngestOptions, ingest_sources
from assistant.knowledge.retrieval.example_questions import ExampleQuestions
from assistant.knowledge.retrieval.question_words import QuestionWords
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex, build_embedded_opener
from assistant.models.embeddings.factory import build_embedder
from assistant.ports.models import Embedder
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore


def build_local_embedder(data: Path) -> Embedder:
    return build_embedder("local", data / "models")


async def build_retriever(folder: Path, data: Path, embedder: Embedder) -> HybridRetriever:
    """A started retriever; articles already in *data* are not indexed again."""
    data.mkdir(parents=True, exist_ok=True)
    engine = create_sqlite_engine(data / "evals.sqlite")
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    await ingest_sources(
        [str(folder)],
        index=Indexer(database, embedder),
        count_tokens=embedder.count_tokens,
        options=IngestOptions(),
    )
    vectors = SyncedVectorIndex(build_embedded_opener(data, "passages", embedder.dimensions))
    retriever = HybridRetriever(database, embedder, vectors)
    await retriever.start()
    while await retriever.maintain():
        pass
    return retriever


async def open_knowledge_over(folder: Path, embedder: Embedder, today: date) -> KnowledgeBase:
    """A folder of articles as the product opens it, in memory, on the day *today*."""
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    indexer = Indexer(database, embedder)
    await ingest_sources([str(folder)], index=indexer, count_tokens=embedder.count_tokens)
    retriever = HybridRetriever(database, embedder, SyncedVectorIndex(), today=lambda: today)
    await retriever.start()
    making = EmbeddingBackfill(database, embedder, "local", utc_now)
    knowledge = KnowledgeBase(
        database=database,
        embedder=embedder,
        retriever=SwitchingRetriever(retriever, ready=making.is_complete, changed=making.record_completion),
        indexer=indexer,
        examples=ExampleQuestions(),
        words=QuestionWords(),
        making=making,
    )
    await knowledge.load_words()
    return knowledge
