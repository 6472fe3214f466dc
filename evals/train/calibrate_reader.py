"""Calibrates the reader: ``python -m evals calibrate_reader``; writes calibration.json.

Fitted on domains that the reader was not trained on, and measured on others: weights of reader and search for
the order of passages and for whether any answers, and the threshold. Besides questions there are *strays*,
customers' turns that ask nothing of this help: the reader alone takes many of them for questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.reader.cross_encoder import CALIBRATION, CrossEncoderReader
from assistant.app.knowledge_base import KnowledgeBase
from evals.data.embedding_cache import CACHE, CachingEmbedder
from evals.data.reading_sets import CASES
from evals.data.retrieval_sets import load_json_lines
from evals.quality.foreign import TODAY
from evals.quality.pipeline import open_knowledge_over
from evals.quality.scores import compute_auroc

#: Domains that the reader is never trained on (`evals train reader --hold`), to fit and to measure; and the
#: writers of the strays.
FITTED = ("w4.carshare_en", "w4.mealkit_en", "w4.ryokan_ja")
MEASURED = ("w2.ferry_en", "w5.petins_ja")
STRAY_WRITERS = {FITTED: ("d1", "d2"), MEASURED: ("d3", "d4", "d5", "d6", "d7")}
#: Labels of turns that ask nothing: thanks, a decline, a feeling, a newcomer.
STRAY_LABELS = frozenset("TNFU")
STRAYS = 120
MAY_DECLINE = 0.08
PASSAGES = 6
STEPS = 1_500
RATE = 0.05
#: Weight of a question in the fit, by kind; near misses are mostly undetectable and must not dominate.
COUNTS = {"answerable": 1.0, "near miss": 0.5, "stray": 1.0}


@dataclass(frozen=True, slots=True)
class CalibrationQuestion:
    """A question's features: a row per passage."""

    reader: np.ndarray
    search: np.ndarray
    right: np.ndarray
    #: One of COUNTS.
    kind: str

    @property
    def is_answerable(self) -> bool:
        return self.kind == "answerable"

    def compute_odds(self, weights: np.ndarray) -> np.ndarray:
        """Log-odds of each passage, from the weights of reader and search and the bias."""
        found: np.ndarray = weights[0] * self.reader + weights[1] * self.search + weights[2]
        return found


def main() -> None:
    argparse.ArgumentParser(prog="evals calibrate_reader", description=__doc__).parse_args()
    fitted, measured = (
        [one for name in trades for one in asyncio.run(ask_questions(name, trades))]
        for trades in STRAY_WRITERS
    )
    weights = fit_weights(fitted)
    kept = dict(zip(("reader", "search", "bias"), (round(float(each), 4) for each in weights), strict=True))
    CALIBRATION.write_text(json.dumps(kept) + "\n", "utf-8")
    print(f"wrote {CALIBRATION.name}: {kept}")
    print_report("fitted on", fitted, weights)
    print_report("measured on", measured, weights)


def load_strays(language: str, writers: Sequence[str]) -> list[str]:
    """Turns by *writers* that ask nothing of the help they are put to."""
    found = [
        turn["text"]
        for writer in writers
        if (path := CASES / "turns" / f"{writer}.{language}.jsonl").is_file()
        for dialogue in load_json_lines(path)
        for turn in dialogue["turns"]
        if turn["role"] == "customer" and STRAY_LABELS & set(turn["labels"])
    ]
    random.Random(1).shuffle(found)
    return found[:STRAYS]


async def ask_questions(name: str, trades: tuple[str, ...]) -> list[CalibrationQuestion]:
    lines = load_json_lines(CASES / "reading" / f"{name}.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        for line in lines:
            if line["type"] == "page":
                text = f"---\ntitle: {json.dumps(line['title'], ensure_ascii=False)}\n---\n\n{line['text']}\n"
                Path(folder, f"{line['id']}.md").write_text(text, "utf-8")
        knowledge = await open_knowledge_over(Path(folder), CachingEmbedder(), TODAY)
        reader = CrossEncoderReader(CACHE)
        questions = [line for line in lines if line["type"] == "q" and not line.get("context")]
        found = [await ask_question(knowledge, reader, line["text"], line) for line in questions]
        for text in load_strays(name[-2:], STRAY_WRITERS[trades]):
            found.append(await ask_question(knowledge, reader, text, None))
        await knowledge.close()
    return [one for one in found if one is not None]


async def ask_question(
    knowledge: KnowledgeBase, reader: CrossEncoderReader, text: str, line: dict[str, Any] | None
) -> CalibrationQuestion | None:
    """The features of *line*, a question with its answers; None as *line*: a stray.

    Returns None when search finds nothing.
    """
    passages = await knowledge.retriever.search(text, limit=PASSAGES)
    if not passages:
        return None
    readings = await reader.read_passages(text, passages)
    answers: list[str] = line["answer"] if line else []
    page = f"{line['page']}.md" if line else None
    right = [each.article == page and any(part in each.text for part in answers) for each in passages]
    scores = np.clip([passage.score for passage in passages], 1e-4, 1 - 1e-4)
    kind = "stray" if line is None else "answerable" if answers else "near miss"
    found = np.array([reading.answers for reading in readings])
    return CalibrationQuestion(found, np.log(scores / (1 - scores)), np.array(right), kind)


def fit_weights(asked: Sequence[CalibrationQuestion]) -> np.ndarray:
    """The weights of reader and search, and the bias.

    Gradient ascent on the softmax over a question's passages (which answers) and on the logistic of its best
    passage (does any); then the bias is set so that MAY_DECLINE of the answerable ones fall below one half.
    """
    weights = np.array([1.0, 0.5, 0.0])
    for _ in range(STEPS):
        slope = sum((_compute_slope(one, weights) for one in asked), np.zeros(3))
        weights += RATE * slope / len(asked)
        weights[:2] = np.maximum(weights[:2], 0.05)
    best = sorted(float(one.compute_odds(weights).max()) for one in asked if one.is_answerable)
    weights[2] -= best[int(len(best) * MAY_DECLINE)]
    return weights


def _compute_slope(one: CalibrationQuestion, weights: np.ndarray) -> np.ndarray:
    columns = np.stack([one.reader, one.search, np.ones(len(one.reader))])
    odds = one.compute_odds(weights)
    best = int(odds.argmax())
    error = float(one.is_answerable) - 1 / (1 + np.exp(-odds[best]))
    slope: np.ndarray = COUNTS[one.kind] * error * columns[:, best]
    if one.right.any():
        likely = np.exp(odds - odds.max())
        slope = slope + columns @ (one.right / one.right.sum() - likely / likely.sum())
    return slope


def print_report(label: str, asked: Sequence[CalibrationQuestion], weights: np.ndarray) -> None:
    known = [one for one in asked if one.is_answerable]
    right = np.mean([bool(one.right[int(one.compute_odds(weights).argmax())]) for one in known])
    first = np.mean([bool(one.right[0]) for one in known])
    print(f"{label}: right passage first {right:.3f} (search alone {first:.3f})")
    # Search alone, with a threshold that declines as many of the answerable questions.
    declined = float(np.mean([one.compute_odds(weights).max() < 0 for one in known]))
    level = sorted(float(one.search.max()) for one in known)[int(len(known) * declined)]
    for kind in COUNTS:
        some = [one for one in asked if one.kind == kind]
        ours, alone = (
            np.mean([value < 0 for value in each])
            for each in zip(
                *((one.compute_odds(weights).max(), one.search.max() - level) for one in some), strict=True
            )
        )
        auc = ""
        if kind != "answerable":
            pairs = [
                (one.compute_odds(weights).max(), one.search.max(), one.is_answerable)
                for one in [*known, *some]
            ]
            mine, theirs, labels = zip(*pairs, strict=True)
            with_reader, by_search = compute_auroc(mine, labels), compute_auroc(theirs, labels)
            auc = f"; AUROC {with_reader:.3f} (search alone {by_search:.3f})"
        print(f"  {kind} declined {ours:.3f} (search alone {alone:.3f}) of {len(some)}{auc}")


if __name__ == "__main__":
    main()
