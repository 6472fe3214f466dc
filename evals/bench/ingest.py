"""Ingest speed of the sample help, beside embedding the same texts only."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import ingest_sources
from assistant.models.embeddings.factory import build_embedder
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from evals.bench.figures import Figure

SAMPLE = Path(__file__).parents[2] / "knowledge_base"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFigures:
    figure: Figure
    #: Seconds to build the model, and to embed the texts only.
    conversion: float
    raw: float


class DoubleEmbedder:
    """An embedder that embeds everything twice, to measure the model's share of the time under equal load."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder
        self.raw = 0.0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._embedder, name)
        if name not in ("embed_passages", "embed_passage_tokens"):
            return found

        async def embed_twice(texts: Sequence[str]) -> Any:
            started = time.perf_counter()
            await self._embedder.embed_passages(texts)
            self.raw += time.perf_counter() - started
            return await found(texts)

        return embed_twice


async def measure_ingest(folder: Path) -> IngestFigures:
    folder.mkdir(parents=True)
    started = time.perf_counter()
    embedder = build_embedder("local", folder / "models")
    conversion = time.perf_counter() - started
    engine = create_sqlite_engine(folder / "bench.sqlite")
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    twice: Any = DoubleEmbedder(embedder)
    started = time.perf_counter()
    await ingest_sources([str(SAMPLE)], index=Indexer(database, twice), count_tokens=embedder.count_tokens)
    whole = time.perf_counter() - started - twice.raw
    passages = len(await database.read(lambda store: store.articles.list_chunk_ids()))
    database.close()
    figure = Figure(
        measure="ingest",
        value=round(passages / whole, 1),
        unit="passages/s",
        floor=round(passages / twice.raw, 1),
        beside="embedding the same texts and nothing else",
    )
    return IngestFigures(figure=figure, conversion=conversion, raw=twice.raw)
