"""How long reading takes: ``python -m evals bench reader``, beside embedding the same passages once.

Six passages to each question of the sample help, as search brings them; every question once, so nothing is
remembered.
"""

import asyncio
import time
from pathlib import Path

from assistant.answering.reader.cross_encoder import CrossEncoderReader
from evals.bench.figures import spread, table
from evals.data.embedding_cache import CACHE, RememberingEmbedder
from evals.data.retrieval_sets import rows
from evals.quality.pipeline import knowledge_over, local_embedder
from evals.quality.sample import CASES, ROOT, TODAY

QUESTIONS, PASSAGES, WARM_UP = 60, 6, 5


def main() -> None:
    asyncio.run(measure())


async def measure() -> None:
    knowledge = await knowledge_over(ROOT / "knowledge_base", RememberingEmbedder(), TODAY)
    reader, embedder = CrossEncoderReader(CACHE), local_embedder(Path(CACHE))
    reading, floor = list[float](), list[float]()
    for number, case in enumerate(rows(CASES / "sample_kb.held.jsonl")[: QUESTIONS + WARM_UP]):
        passages = await knowledge.retriever.search(case["text"], limit=PASSAGES)
        started = time.perf_counter()
        await reader.read_passages(case["text"], passages)
        read = time.perf_counter()
        await embedder.embed_passages([passage.text for passage in passages])
        if number >= WARM_UP:
            reading.append(read - started)
            floor.append(time.perf_counter() - read)
    await knowledge.close()
    print(table(spread("reading six passages", reading, floor, "embedding the same passages")))
