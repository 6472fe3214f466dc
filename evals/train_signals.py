"""Trains the heads of the signals: ``python -m evals train signals --data FOLDER``."""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.signals.grams import grams
from assistant.signals.text import comparable
from assistant.signals.tone import UNIT
from evals.fitting import Fitted, fit_head
from evals.joining import LABELS, Talk, join, join_wish, talks
from evals.training_sources import HEADS, SOURCES, Example

WEIGHTS = Path(__file__).parents[1] / "assistant" / "signals" / "weights" / "heads.json"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals train signals")
    options.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    chosen = options.parse_args()
    examples = {name: source(chosen.data) for name, source in HEADS.items()}
    known = {signal: talks(chosen.data, signal) for signal in LABELS}
    WEIGHTS.write_text(train(chosen.data, examples, known), "utf-8")
    print(f"written: {WEIGHTS} ({WEIGHTS.stat().st_size // 1024} kB)")


def train(data: Path, examples: Mapping[str, list[Example]], known: Mapping[str, list[Talk]]) -> str:
    heads, joined = {}, {}
    for name, rows in examples.items():
        trained = Trained(rows)
        heads[name] = _written(trained.whole())
        print(f"{name}: {len(rows)} examples", flush=True)
        heard = trained.honest()
        joined[name] = join(name, known[name], heard) if name in known else join_wish(data, heard)
    written = {
        "made by": "python -m evals train signals",
        "sources": SOURCES,
        "joined": joined,
        "heads": heads,
    }
    packed = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r'("(?:pieces|joined|heads)":)', r"\n\1", packed) + "\n"


class Trained:
    """The examples of one head in numbers."""

    def __init__(self, rows: Sequence[Example]) -> None:
        domains = {"service": 0} | {
            name: place
            for place, name in enumerate(sorted({row.domain for row in rows} - {"service"}), start=1)
        }
        self.rows = rows
        self.buckets = [np.array(grams(comparable(row.text)), np.int64) for row in rows]
        self.targets = np.array([row.target for row in rows])
        self.weights = np.array([row.weight for row in rows])
        self.domains = np.array([domains[row.domain] for row in rows])
        self.folds = np.array([row.fold for row in rows])

    def whole(self) -> Fitted:
        return self.fit(np.ones(len(self.rows), bool))

    def fit(self, chosen: Any) -> Fitted:
        places = np.flatnonzero(chosen)
        return fit_head(
            [self.buckets[i] for i in places],
            self.targets[places],
            self.weights[places],
            self.domains[places],
        )

    def honest(self) -> dict[str, float]:
        """Text -> the logit of a head that never saw it."""
        found = np.zeros(len(self.rows))
        for fold in np.unique(self.folds):
            there = self.folds == fold
            found[there] = self.fit(~there).score(self.buckets)[there]
        return dict(zip([row.text for row in self.rows], found.tolist(), strict=True))


def _written(head: Fitted) -> dict[str, Any]:
    return {
        "bias": round(head.bias, 4),
        "pieces": [round(weight * UNIT) for weight in head.pieces.tolist()],
    }


if __name__ == "__main__":
    main()
