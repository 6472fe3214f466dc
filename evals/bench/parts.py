"""``python -m evals bench parts``: where the time of a turn goes, part by part, beside the floor of each.

Questions that were never asked before, one by one, without debounce, answered by quotes; the parts are the
spans of the service's own traces (docs/observability.md).
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.app.data_folder import prepare_data_dir
from evals.bench.service import serve_product
from evals.bench.turn import CASES, TurnFloor, measure_turn, open_floor

#: Questions that are not counted.
WARM_UP = 8
#: The span of a turn, and seconds in which its spans are written after it.
TURN = "job turn"
EXPORT_SECONDS = 3.0
#: Part -> floor that stands beside it.
FLOORS = {"embed": "embed", "write": "two commits", "retrieve": "embed + nearest"}

Span = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench parts", description=__doc__)
    parser.add_argument("--turns", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="yorisoi-bench-") as folder:
        turns, floors = asyncio.run(measure_parts(Path(folder), options.turns))
    print_parts(turns, floors)


async def measure_parts(data: Path, count: int) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Milliseconds of the parts of each turn, and of their floors."""
    texts = [str(json.loads(line)["text"]) for line in CASES.read_text("utf-8").splitlines()]
    questions = random.Random(0).sample(texts, min(count + WARM_UP, len(texts)))
    prepare_data_dir(data)
    with serve_product(data, "--demo"):
        pass  # the index is there before it is copied
    spans, floors = data / "spans.jsonl", list[dict[str, float]]()
    settings = {"ASSISTANT_QUIET_SECONDS": "0", "ASSISTANT_TRACES": str(spans)}
    with open_floor(data) as floor, serve_product(data, "--demo", **settings) as (url, _):
        for question in questions:
            await measure_turn(url, question)
            floors.append(await measure_floor(floor, question))
        await asyncio.sleep(EXPORT_SECONDS)
    return sum_parts(spans.read_text("utf-8").splitlines())[WARM_UP:], floors[WARM_UP:]


async def measure_floor(floor: TurnFloor, question: str) -> dict[str, float]:
    """Milliseconds of embedding, of embedding with the nearest passages, and of two commits."""
    started = time.perf_counter()
    vector = await floor.embedder.embed_query(question)
    embedded = time.perf_counter()
    await floor.index.find_nearest(vector, limit=60)
    found = time.perf_counter()
    floor.commit_twice(question)
    ended = time.perf_counter()
    return {
        "embed": 1000 * (embedded - started),
        "embed + nearest": 1000 * (found - started),
        "two commits": 1000 * (ended - found),
        "all": 1000 * (ended - started),
    }


def sum_parts(lines: Sequence[str]) -> list[dict[str, float]]:
    """Milliseconds by name of the spans below each turn, in order; `TURN` is the whole."""
    spans = [json.loads(line) for line in lines]
    parents = {span["context"]["span_id"]: span for span in spans}
    turns = sorted((span for span in spans if span["name"] == TURN), key=lambda span: span["start_time"])
    parts: dict[str, dict[str, float]] = {turn["context"]["span_id"]: defaultdict(float) for turn in turns}
    for span in spans:
        top = span
        while top["name"] != TURN and top["parent_id"] in parents:
            top = parents[top["parent_id"]]
        if top["name"] == TURN:
            parts[top["context"]["span_id"]][span["name"]] += compute_milliseconds(span)
    return list(parts.values())


def compute_milliseconds(span: Span) -> float:
    start, end = (datetime.fromisoformat(span[name]) for name in ("start_time", "end_time"))
    return 1000 * (end - start).total_seconds()


def print_parts(turns: Sequence[Mapping[str, float]], floors: Sequence[Mapping[str, float]]) -> None:
    def compute_median(rows: Sequence[Mapping[str, float]], name: str) -> float:
        return statistics.median(row.get(name, 0.0) for row in rows)

    names = sorted({name for turn in turns for name in turn}, key=lambda name: -compute_median(turns, name))
    print(f"{'part of a turn, p50':24} {'ms':>8} {'floor':>8}   beside")
    for name in names:
        beside = "all" if name == TURN else FLOORS.get(name, "")
        floor = compute_median(floors, beside) if beside else 0.0
        shown = f"{floor:8.1f}" if beside else " " * 8
        print(f"{name:24} {compute_median(turns, name):8.1f} {shown}   {beside}")


if __name__ == "__main__":
    main()
