"""How fast search is, beside its raw parts in the same run: ``python -m evals bench search``."""

import argparse
import asyncio
import json
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge import fine
from assistant.knowledge.index import Indexer
from assistant.knowledge.lexical import telling
from assistant.knowledge.search import MATCHING, NEAREST, HybridRetriever
from assistant.knowledge.segment import terms
from assistant.knowledge.vector_index import KeptVectors, embedded
from assistant.llm.embeddings import make_embedder
from assistant.ports import Embedder, Fine
from assistant.storage.database import SqlDatabase, sqlite_engine
from assistant.storage.schema import metadata
from evals.embedding_cache import CACHE
from evals.retrieval_runs import Store

DATA = Path("../shared/data/retrieval/jsquad")
QUESTIONS = 300
#: Passages that are really embedded; the others are theirs with a little noise.
REAL = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    database: SqlDatabase[Store]
    embedder: Embedder
    vectors: KeptVectors
    retriever: HybridRetriever


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench search", description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        asyncio.run(_bench(Path(folder), options.data, options.passages))


async def _bench(folder: Path, data: Path, passages: int) -> None:
    embedder = make_embedder("local", CACHE)
    texts = [json.loads(line)["text"] for line in (data / "kb.jsonl").read_text("utf-8").splitlines()]
    asked = [json.loads(line)["text"] for line in (data / "queries.jsonl").read_text("utf-8").splitlines()]
    database = await _filled(folder, embedder, texts, passages)
    started = time.perf_counter()
    vectors = KeptVectors(embedded(folder, "passages", embedder.dimensions))
    retriever = HybridRetriever(database, embedder, vectors)
    await retriever.start()
    while await retriever.tend():
        pass
    print(f"passages {passages}; first start, vector index filled: {time.perf_counter() - started:.1f} s")
    served = Served(database=database, embedder=embedder, vectors=vectors, retriever=retriever)
    await _time_questions(served, asked[: QUESTIONS + 20])
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    await retriever.close()
    database.close()


async def _filled(
    folder: Path, embedder: Embedder, texts: Sequence[str], passages: int
) -> SqlDatabase[Store]:
    """A knowledge base of *passages* that has real words and real or nearly real vectors."""
    engine = sqlite_engine(folder / "bench.db")
    metadata.create_all(engine)
    database = SqlDatabase(engine, Store)
    indexer = Indexer(database, embedder)
    started = time.perf_counter()
    for start in range(0, passages, 500):
        await indexer.put([_article(number, texts) for number in range(start, min(start + 500, passages))])
    print(f"words of {passages} articles stored and searchable: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    made = await fine.passages(embedder, texts[:REAL])
    print(f"raw embedding: {REAL / (time.perf_counter() - started):.1f} passages/s")
    ids = await database.read(lambda store: store.articles.chunk_ids())
    noise = np.random.default_rng(1)
    for start in range(0, passages, 500):
        found = {}
        for place, chunk in enumerate(ids[start : start + 500], start):
            near = made[place % REAL]
            moved = near.whole + noise.normal(0, 0.02, len(near.whole)).astype(np.float32)
            found[chunk] = [Fine(moved / np.linalg.norm(moved), near.tokens)] * 2
        await _store(database, embedder.name, found)
    return database


async def _store(database: SqlDatabase[Store], model: str, found: dict[int, list[Fine]]) -> None:
    await database.write(lambda store: store.articles.put_vectors(model, found))


def _article(number: int, texts: Sequence[str]) -> tuple[Article, list[Chunk]]:
    text = texts[number % len(texts)]
    article = Article(
        id=str(number), title=f"{text[:20]} {number}", language="ja", text=text, content_hash=str(number)
    )
    return article, [Chunk(position=0, headings=(), text=text, tokens=0)]


async def _time_questions(served: Served, asked: Sequence[str]) -> None:
    """Each part alone and the whole, over the same questions."""
    shelf = served.retriever.shelf

    async def embed(text: str) -> object:
        return await served.embedder.query(text)

    async def nearest(text: str) -> object:
        return await served.vectors.nearest(vectors[text], limit=NEAREST)

    async def words(text: str) -> object:
        look_for = telling(terms(text), shelf)
        return await served.database.read(lambda s: s.articles.matching(look_for, limit=MATCHING))

    async def whole(text: str) -> object:
        return await served.retriever.search(text, language="ja")

    vectors = {text: await served.embedder.query(text) for text in asked}
    parts = [await _timed(part, asked) for part in (embed, nearest, words)]
    search = await _timed(whole, asked)
    for name, times in zip(("embedding", "vectors", "words", "search"), (*parts, search), strict=True):
        print(f"{name:10} p50 {np.percentile(times, 50):6.1f} ms   p99 {np.percentile(times, 99):6.1f} ms")
    raw = sum(float(np.percentile(times, 50)) for times in parts)
    print(f"search p50 is {np.percentile(search, 50) / raw:.2f} times the sum of its raw parts")


async def _timed(part: Callable[[str], Awaitable[object]], asked: Sequence[str]) -> list[float]:
    times = []
    for text in asked:
        started = time.perf_counter()
        await part(text)
        times.append((time.perf_counter() - started) * 1000)
    return times[20:]
