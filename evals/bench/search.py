"""Search speed beside its components in the same run: ``python -m evals bench search``.

Each figure has a floor or limit. Queries run in a process of its own that opens the filled data folder, as a
service does: filling it needs memory that serving does not.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.app.knowledge_base import open_database, open_knowledge
from assistant.app.settings import Settings, load_settings
from assistant.domain.knowledge import Article, Chunk
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.retrieval import late_interaction
from assistant.models.embeddings.factory import build_embedder
from assistant.ports.models import Embedder, MultiVector
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from evals.bench import ingest
from evals.bench.figures import Figure, format_table
from evals.bench.service import build_environment, measure_resident_megabytes, serve_product
from evals.data.embedding_cache import CACHE

DATA = Path("../shared/data/retrieval/jsquad")
QUESTIONS = 300
#: Passages that are really embedded; the vectors of the others are these with noise.
REAL = 400
#: Megabytes allowed for the serving process.
MEMORY = 900


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench search", description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="yorisoi-bench-") as folder:
        figures = _measure_search(Path(folder), options)
    if options.json:
        print("\n".join(json.dumps(asdict(figure) | {"ratio": figure.ratio}) for figure in figures))
    else:
        print(format_table(figures))


def _measure_search(folder: Path, options: argparse.Namespace) -> list[Figure]:
    texts = _load_column(options.data / "kb.jsonl", "text")
    settings = load_settings().model_copy(update={"data_dir": folder / "data"})
    settings.data_dir.mkdir(parents=True)
    CACHE.mkdir(exist_ok=True)
    # The model is built once for all runs.
    settings.models_dir.symlink_to(CACHE)
    _print_progress("Filling a knowledge base …")
    asyncio.run(_fill_data_folder(settings, texts, options.passages))
    _print_progress("Starting the service …")
    with serve_product(settings.data_dir):
        memory = measure_resident_megabytes(settings.data_dir)
    _print_progress("Asking questions, alone and beside an ingest …")
    asked = _load_column(options.data / "queries.jsonl", "text")[: options.questions]
    (folder / "asked.json").write_text(json.dumps({"questions": asked, "texts": texts[REAL:]}))
    command = [sys.executable, "-m", "evals.bench.search_queries", str(folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=build_environment())
    figures = [Figure(**each) for each in json.loads(answer.stdout)]
    _print_progress("Indexing the sample help …")
    ingested = asyncio.run(ingest.measure_ingest(folder / "ingest"))
    held = Figure(measure="memory of the service", value=memory, unit="MB", floor=MEMORY, beside="the limit")
    return [*figures, ingested.figure, held]


def _load_column(path: Path, name: str) -> list[str]:
    return [str(json.loads(line)[name]) for line in path.read_text("utf-8").splitlines()]


async def _fill_data_folder(settings: Settings, texts: Sequence[str], passages: int) -> None:
    """A data folder with *passages* of real words and real or noisy vectors, and its index."""
    database = open_database(settings)
    embedder = build_embedder("local", settings.models_dir)
    indexer = Indexer(database, embedder)
    for start in range(0, passages, 500):
        await indexer.save_articles(
            [_build_article(number, texts) for number in range(start, min(start + 500, passages))]
        )
    await _embed_passages(database, embedder, texts)
    database.close()
    knowledge = await open_knowledge(settings)
    await knowledge.reconcile_index()
    await knowledge.close()


async def _embed_passages(database: SqlDatabase[SqlStore], embedder: Embedder, texts: Sequence[str]) -> None:
    made = await late_interaction.embed_passages(embedder, texts[:REAL])
    ids = await database.read(lambda store: store.articles.list_chunk_ids())
    noise = np.random.default_rng(1)
    for start in range(0, len(ids), 500):
        found = {}
        for place, chunk in enumerate(ids[start : start + 500], start):
            near = made[place % REAL]
            moved = near.pooled + noise.normal(0, 0.02, len(near.pooled)).astype(np.float32)
            found[chunk] = [MultiVector(moved / np.linalg.norm(moved), near.tokens)] * 2
        await _save_vectors(database, embedder.name, found)


async def _save_vectors(
    database: SqlDatabase[SqlStore], model: str, found: dict[int, list[MultiVector]]
) -> None:
    await database.write(lambda store: store.articles.save_vectors(model, found))


def _build_article(number: int, texts: Sequence[str]) -> tuple[Article, list[Chunk]]:
    text = texts[number % len(texts)]
    article = Article(
        id=str(number), title=f"{text[:20]} {number}", language="ja", text=text, content_hash=str(number)
    )
    return article, [Chunk(position=0, headings=(), text=text, tokens=0)]


def _print_progress(what: str) -> None:
    """Progress on stderr, because stdout is for the figures."""
    print(what, file=sys.stderr, flush=True)
