"""The product's own search over a folder of articles, built for a measurement in a folder of its own."""

from pathlib import Path

from assistant.knowledge.index import Indexer
from assistant.knowledge.ingest import Options, ingest
from assistant.knowledge.search import HybridRetriever
from assistant.knowledge.vector_index import KeptVectors, embedded
from assistant.llm.embeddings import make_embedder
from assistant.ports import Embedder
from assistant.storage.database import SqlDatabase, sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore


def local_embedder(data: Path) -> Embedder:
    return make_embedder("local", data / "models")


async def retriever_over(folder: Path, data: Path, embedder: Embedder) -> HybridRetriever:
    """A started retriever; what *data* already holds is not indexed again."""
    data.mkdir(parents=True, exist_ok=True)
    engine = sqlite_engine(data / "evals.sqlite")
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    await ingest(
        [str(folder)], index=Indexer(database, embedder), count_tokens=embedder.tokens, options=Options()
    )
    vectors = KeptVectors(embedded(data, "passages", embedder.dimensions))
    retriever = HybridRetriever(database, embedder, vectors)
    await retriever.start()
    while await retriever.tend():
        pass
    return retriever
