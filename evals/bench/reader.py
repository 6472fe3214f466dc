"""Reader speed: ``python -m evals bench reader``, beside embedding the same passages once.

Six passages for each question of the sample help, as search returns them; each question once, so that no
cache helps.
"""

import asyncio
import time
from pathlib import Path

from assistant.answering.reader.cross_encoder import CrossEncoderReader
from evals.bench.figures import build_percentile_figures, format_table
from evals.data.embedding_cache import CACHE, CachingEmbedder
from evals.data.retrieval_sets import load_json_lines
from evals.quality.pipeline import build_local_embedder, open_knowledge_over
from evals.quality.sample import CASES, ROOT, TODAY

QUESTIONS = 60
PASSAGES = 6
WARM_UP = 5


def main() -> None:
    asyncio.run(measure_reader())


async def measure_reader() -> None:
    knowledge = await open_knowledge_over(ROOT / "knowledge_base", CachingEmbedder(), TODAY)
    reader, embedder = CrossEncoderReader(CACHE), build_local_embedder(Path(CACHE))
    reading, floor = list[float](), list[float]()
    for number, case in enumerate(load_json_lines(CASES / "sample_kb.held.jsonl")[: QUESTIONS + WARM_UP]):
        passages = await knowledge.retriever.search(case["text"], limit=PASSAGES)
        started = time.perf_counter()
        await reader.read_passages(case["text"], passages)
        read = time.perf_counter()
        await embedder.embed_passages([passage.text for passage in passages])
        if number >= WARM_UP:
            reading.append(read - started)
            floor.append(time.perf_counter() - read)
    await knowledge.close()
    print(
        format_table(
            build_percentile_figures("reading six passages", reading, floor, "embedding the same passages")
        )
    )
