"""Questions do not wait for whatever else blocks threads."""

import asyncio
import threading
from typing import Any, cast

import numpy as np

from assistant.knowledge.vectors.chroma_collection import ChromaIndex


class FakeCollection:
    def query(self, **_: object) -> dict[str, Any]:
        return {"ids": [["7"]], "distances": [[0.25]]}


async def test_the_index_answers_while_the_usual_threads_are_all_taken() -> None:
    index = ChromaIndex(cast(Any, None), cast(Any, FakeCollection()), lambda: None)
    over = threading.Event()
    waiting = [asyncio.create_task(asyncio.to_thread(over.wait)) for _ in range(64)]
    await asyncio.sleep(0.05)
    try:
        async with asyncio.timeout(2):
            assert await index.find_nearest(np.zeros(4, np.float32), limit=1) == [(7, 0.75)]
    finally:
        over.set()
        await asyncio.gather(*waiting)
