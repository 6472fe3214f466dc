"""Trains the linear classifiers of signals: ``python -m evals train signals --data FOLDER``."""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.signals.classifier import UNIT
from assistant.signals.hashed_ngrams import hash_ngrams
from assistant.signals.normalization import normalize_text
from evals.data.training_sources import HEADS, SOURCES, LineExample
from evals.train.combiner import (
    LABELS,
    LabelledConversation,
    fit_combiner,
    fit_wish_combiner,
    load_conversations,
)
from evals.train.optimisers import FittedHead, fit_head

WEIGHTS = Path(__file__).parents[2] / "assistant" / "signals" / "classifier.json"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals train signals")
    options.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    chosen = options.parse_args()
    examples = {name: source(chosen.data) for name, source in HEADS.items()}
    known = {signal: load_conversations(chosen.data, signal) for signal in LABELS}
    WEIGHTS.write_text(train_heads(chosen.data, examples, known), "utf-8")
    print(f"written: {WEIGHTS} ({WEIGHTS.stat().st_size // 1024} kB)")


def train_heads(
    data: Path, examples: Mapping[str, list[LineExample]], known: Mapping[str, list[LabelledConversation]]
) -> str:
    heads, joined = {}, {}
    for name, rows in examples.items():
        trained = HeadTrainer(rows)
        heads[name] = _serialize_head(trained.fit_whole())
        print(f"{name}: {len(rows)} examples", flush=True)
        heard = trained.compute_cross_validated_scores()
        joined[name] = (
            fit_combiner(name, known[name], heard) if name in known else fit_wish_combiner(data, heard)
        )
    written = {
        "made by": "python -m evals train signals",
        "sources": SOURCES,
        "joined": joined,
        "heads": heads,
    }
    packed = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r'("(?:pieces|joined|heads)":)', r"\n\1", packed) + "\n"


class HeadTrainer:
    """The examples of one classifier as arrays."""

    def __init__(self, rows: Sequence[LineExample]) -> None:
        domains = {"service": 0} | {
            name: place
            for place, name in enumerate(sorted({row.domain for row in rows} - {"service"}), start=1)
        }
        self.rows = rows
        self.buckets = [np.array(hash_ngrams(normalize_text(row.text)), np.int64) for row in rows]
        self.targets = np.array([row.target for row in rows])
        self.weights = np.array([row.weight for row in rows])
        self.domains = np.array([domains[row.domain] for row in rows])
        self.folds = np.array([row.fold for row in rows])

    def fit_whole(self) -> FittedHead:
        return self.fit_rows(np.ones(len(self.rows), bool))

    def fit_rows(self, chosen: Any) -> FittedHead:
        places = np.flatnonzero(chosen)
        return fit_head(
            [self.buckets[i] for i in places],
            self.targets[places],
            self.weights[places],
            self.domains[places],
        )

    def compute_cross_validated_scores(self) -> dict[str, float]:
        """Text -> the logit of a classifier that was trained without it."""
        found = np.zeros(len(self.rows))
        for fold in np.unique(self.folds):
            there = self.folds == fold
            found[there] = self.fit_rows(~there).compute_scores(self.buckets)[there]
        return dict(zip([row.text for row in self.rows], found.tolist(), strict=True))


def _serialize_head(head: FittedHead) -> dict[str, Any]:
    return {
        "bias": round(head.bias, 4),
        "pieces": [round(weight * UNIT) for weight in head.pieces.tolist()],
    }


if __name__ == "__main__":
    main()
