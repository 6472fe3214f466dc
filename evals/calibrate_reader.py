"""What the reader's scores mean: ``python -m evals calibrate_reader``; writes reader_calibration.json.

Learned on trades that the reader did not learn from: how much reader and search count, and where one half
lies. One half is set so that MAY_DECLINE of the questions that have an answer are declined.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.llm.reader import CALIBRATION, Reader
from evals.embedding_cache import CACHE, RememberingEmbedder
from evals.foreign import TODAY
from evals.pipeline import knowledge_over
from evals.reading_sets import CASES
from evals.retrieval_sets import rows
from evals.scores import auroc

#: Never learned from by the reader (`evals train reader --hold`).
HELD = ("w4.carshare_en", "w4.mealkit_en", "w4.ryokan_ja", "w2.ferry_en", "w5.petins_ja")
MAY_DECLINE = 0.08
PASSAGES = 6
STEPS, RATE = 300, 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the product sees it: a row per passage."""

    reader: np.ndarray
    search: np.ndarray
    right: np.ndarray
    answerable: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals calibrate_reader", description=__doc__)
    parser.add_argument("--trades", nargs="*", default=HELD)
    chosen = parser.parse_args()
    asked = [one for name in chosen.trades for one in asyncio.run(ask_all(name))]
    weights = fit(asked)
    CALIBRATION.write_text(json.dumps(weights) + "\n", "utf-8")
    print(f"wrote {CALIBRATION.name}: {weights}")
    report(asked, weights)


async def ask_all(name: str) -> list[Asked]:
    lines = rows(CASES / "reading" / f"{name}.jsonl")
    reader = Reader(CACHE)
    with tempfile.TemporaryDirectory() as folder:
        for line in lines:
            if line["type"] == "page":
                text = f"---\ntitle: {json.dumps(line['title'], ensure_ascii=False)}\n---\n\n{line['text']}\n"
                Path(folder, f"{line['id']}.md").write_text(text, "utf-8")
        knowledge = await knowledge_over(Path(folder), RememberingEmbedder(), TODAY)
        found = []
        for line in lines:
            if line["type"] != "q" or line.get("context"):
                continue
            passages = await knowledge.retriever.search(line["text"], limit=PASSAGES)
            if not passages:
                continue
            readings = await reader.read(line["text"], passages)
            right = [
                passage.article == f"{line['page']}.md"
                and any(part in passage.text for part in line["answer"])
                for passage in passages
            ]
            scores = np.clip([passage.score for passage in passages], 1e-4, 1 - 1e-4)
            found.append(
                Asked(
                    np.array([reading.answers for reading in readings]),
                    np.log(scores / (1 - scores)),
                    np.array(right),
                    bool(line["answer"]),
                )
            )
        await knowledge.close()
    return found


def fit(asked: Sequence[Asked]) -> dict[str, float]:
    """A softmax over passages for the weights, then the bias for the share that may be declined."""
    weights = np.array([1.0, 0.3])
    usable = [one for one in asked if one.right.any()]
    for _ in range(STEPS):
        slope = np.zeros(2)
        for one in usable:
            columns = np.stack([one.reader, one.search])
            odds = weights @ columns
            likely = np.exp(odds - odds.max())
            likely /= likely.sum()
            target = one.right / one.right.sum()
            slope += columns @ (target - likely)
        weights += RATE * slope / len(usable)
    best = sorted(
        float((weights @ np.stack([one.reader, one.search])).max()) for one in asked if one.answerable
    )
    bias = -best[int(len(best) * MAY_DECLINE)]
    return {
        "reader": round(float(weights[0]), 4),
        "search": round(float(weights[1]), 4),
        "bias": round(bias, 4),
    }


def report(asked: Sequence[Asked], weights: dict[str, float]) -> None:
    def likely(one: Asked) -> np.ndarray:
        odds: np.ndarray = weights["reader"] * one.reader + weights["search"] * one.search + weights["bias"]
        return odds

    right = [bool(one.right[int(likely(one).argmax())]) for one in asked if one.answerable]
    first = [bool(one.right[0]) for one in asked if one.answerable]
    near = [float(likely(one).max()) for one in asked if not one.answerable]
    tops = [(float(likely(one).max()), one.answerable) for one in asked]
    search = [(float(one.search.max()), one.answerable) for one in asked]
    print(
        f"right passage first: {np.mean(right):.3f} (search alone {np.mean(first):.3f}); "
        f"near misses declined {np.mean([each < 0 for each in near]):.3f}; "
        f"AUROC {auroc(*zip(*tops, strict=True)):.3f} (search alone {auroc(*zip(*search, strict=True)):.3f})"
    )


if __name__ == "__main__":
    main()
