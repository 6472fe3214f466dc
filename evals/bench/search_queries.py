"""Timed queries in the process that opened a filled knowledge base; part of ``evals bench search``.

Components and the whole are timed alternately, question by question, so that load affects all equally.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

from assistant.app.embedder import open_embedder
from assistant.app.knowledge_base import open_database
from assistant.app.settings import Settings, load_settings
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.ingest.run import ingest_sources
from assistant.knowledge.retrieval.lexical import select_rare_words
from assistant.knowledge.retrieval.retriever import (
    MAX_VECTOR_CANDIDATES,
    MAX_WORD_CANDIDATES,
    HybridRetriever,
)
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex, build_embedded_opener
from assistant.ports.models import Embedder
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from assistant.text.segmentation import tokenize_text
from evals.bench.figures import Figure, build_percentile_figures, compute_percentile

WARM_UP = 20
#: Limits in seconds of the median and the 99th percentile of searches.
LIMITS = (0.010, 0.030)
#: Documents ingested beside the questions, and seconds until lexical search must find them all.
DOCUMENTS = 400
SEARCHABLE = 2.0
#: Additional milliseconds allowed beside an ingest, and seconds between two such questions.
WAIT = 30.0
PAUSE = 0.1
#: A word that occurs in no other text.
MARK = "zq-94170"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKnowledge:
    """The knowledge base as the product opens it, and its components."""

    database: SqlDatabase[SqlStore]
    embedder: Embedder
    vectors: SyncedVectorIndex
    retriever: HybridRetriever


def main() -> None:
    folder = Path(sys.argv[1])
    asked = json.loads((folder / "asked.json").read_text("utf-8"))
    print(json.dumps([asdict(figure) for figure in asyncio.run(_measure_figures(folder, **asked))]))


async def _measure_figures(folder: Path, questions: Sequence[str], texts: Sequence[str]) -> list[Figure]:
    served = await _open_knowledge(load_settings().model_copy(update={"data_dir": folder / "data"}))
    alone, parts = [], []
    for text in questions:
        # Varied, so that no cache holds the question.
        parts.append(await _measure_seconds(_run_raw_parts(served, f"{text} ")))
        alone.append(await _measure_seconds(served.retriever.search(text, language="ja")))
    figures = build_percentile_figures(
        "search", alone[WARM_UP:], parts[WARM_UP:], "embedding + Chroma + full text, each raw"
    )
    figures += build_percentile_figures("search, limit", alone[WARM_UP:], LIMITS, "the limit")
    figures += await _measure_beside_ingest(served, questions, _write_documents(folder / "new", texts))
    await served.retriever.close()
    served.database.close()
    return figures


async def _open_knowledge(settings: Settings) -> OpenKnowledge:
    database, embedder = open_database(settings), open_embedder(settings)
    name = await database.read(lambda store: store.collections.find_name(embedder.name))
    assert name is not None
    vectors = SyncedVectorIndex(build_embedded_opener(settings.data_dir, name, embedder.dimensions))
    retriever = HybridRetriever(database, embedder, vectors)
    await retriever.start()
    while await retriever.maintain():
        pass
    return OpenKnowledge(database=database, embedder=embedder, vectors=vectors, retriever=retriever)


async def _run_raw_parts(served: OpenKnowledge, text: str) -> None:
    """Run the components that every hybrid search needs, one after the other."""
    vector = await served.embedder.embed_query(text)
    await served.vectors.find_nearest(vector, limit=MAX_VECTOR_CANDIDATES)
    words = select_rare_words(tokenize_text(text), served.retriever.forward_index)
    await served.database.read(lambda store: store.articles.search_words(words, limit=MAX_WORD_CANDIDATES))


async def _measure_seconds(waited: Awaitable[object]) -> float:
    started = time.perf_counter()
    await waited
    return time.perf_counter() - started


def _write_documents(folder: Path, texts: Sequence[str]) -> Path:
    folder.mkdir()
    for number, text in enumerate(texts[:DOCUMENTS]):
        (folder / f"{number:03}.md").write_text(f"# {text[:20]}\n\n{text}\n{MARK}\n", encoding="utf-8")
    return folder


async def _measure_beside_ingest(
    served: OpenKnowledge, questions: Sequence[str], documents: Path
) -> list[Figure]:
    """Latency of questions during an ingest, and the time until lexical search finds all its documents."""
    alone = await _ask_with_pauses(served, questions[:WARM_UP], asyncio.Event())
    done, searchable = asyncio.Event(), 0.0
    started = time.perf_counter()

    def record_progress(stage: str, so_far: int, most: int) -> None:
        nonlocal searchable
        if stage == "embed" and not searchable:
            searchable = time.perf_counter() - started

    async def ingest_documents() -> None:
        index = Indexer(served.database, served.embedder)
        await ingest_sources(
            [str(documents)], index=index, count_tokens=served.embedder.count_tokens, progress=record_progress
        )
        done.set()

    taking = asyncio.create_task(ingest_documents())
    beside = await _ask_with_pauses(served, cycle(questions), done)
    await taking
    found = await served.database.read(lambda store: store.articles.search_words([MARK], limit=10_000))
    assert len(found) == DOCUMENTS, f"{len(found)} of {DOCUMENTS} documents are found by their words"
    return [
        Figure(
            measure=f"{DOCUMENTS} documents keyword-searchable",
            value=round(searchable, 2),
            unit="s",
            floor=SEARCHABLE,
            beside="the limit",
        ),
        *(_build_wait_figure(share, alone, beside) for share in (50, 99)),
    ]


def _build_wait_figure(share: float, alone: Sequence[float], beside: Sequence[float]) -> Figure:
    more = (compute_percentile(beside, share) - compute_percentile(alone, share)) * 1000
    return Figure(
        measure=f"search waits longer beside an ingest, p{share}",
        value=round(more, 1),
        unit="ms",
        floor=WAIT,
        beside="the limit",
    )


async def _ask_with_pauses(
    served: OpenKnowledge, questions: Iterable[str], end: asyncio.Event
) -> list[float]:
    """Seconds of each question, with a pause after each, until all are asked or *end* is set."""
    times = []
    for number, text in enumerate(questions):
        # Varied again, so that no cache holds it.
        times.append(await _measure_seconds(served.retriever.search(f"{text} {number}", language="ja")))
        if end.is_set():
            break
        await asyncio.sleep(PAUSE)
    return times


if __name__ == "__main__":
    main()
