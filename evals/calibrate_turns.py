"""Fits how the turn encoder's logits and the rules' signs are weighed: ``python -m evals calibrate_turns``.

On writers from whom neither encoder nor n-gram classifiers learned (CALIBRATION in `turn_examples.py`);
`evals signals` measures on others again.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np

from assistant.signals import calibration
from evals.fitting import Array, fit_logistic
from evals.signals import Bench
from evals.turn_examples import CALIBRATION

WEIGHTS = Path(__file__).parents[1] / "assistant" / "signals" / "weights" / "turns.json"
#: Signal -> the letter of `evals/cases/turns` that it is fitted to; None: the reply before was marked a miss.
TARGETS = {
    "frustration": "F",
    "unfamiliarity": "U",
    "wish": "P",
    "worry": "W",
    "distress": "D",
    "harassment": "H",
    "complaint": "C",
}
#: What was felt in the turn before is itself judged by these weights: a few rounds settle it.
ROUNDS = 3
#: Pull of the weights towards the start: the encoder's own logit as it is.
CALM = 2e-2
#: The encoder's own label of each signal.
START = {
    "frustration": "frustrated",
    "unfamiliarity": "unfamiliar",
    "wish": "person",
    "worry": "worried",
    "distress": "distressed",
    "harassment": "harassment",
    "complaint": "complaint",
    "reply_missed": "missed",
}

Features = Mapping[str, float]


def main() -> None:
    fitted: dict[str, dict[str, float]] = {name: {label: 1.0} for name, label in START.items()}
    bench = Bench(CALIBRATION)
    for _ in range(ROUNDS):
        seen = _read(bench, fitted)
        for signal, letter in TARGETS.items():
            fitted[signal] = _fit(
                [row[signal] for row, _ in seen], [letter in letters for _, letters in seen]
            )
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    for signal, weights in fitted.items():
        print(signal, weights)


def _read(
    bench: Bench, fitted: Mapping[str, Mapping[str, float]]
) -> list[tuple[dict[str, Features], frozenset[str]]]:
    """The features of every signal of every turn, read with the weights *fitted* so far, and its letters."""
    bench.forget()
    found = []
    for dialogue in bench.dialogues:
        with _recorded(fitted) as recorded:
            turns = bench.replay(dialogue)
        for place, turn in enumerate(turns):
            row = {signal: features[place] for signal, features in recorded.items()}
            found.append((row, dialogue.labels[turn.index]))
    return found


@contextmanager
def _recorded(fitted: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, list[Features]]]:
    """The features of each call of `calibration.probability`, which uses the weights *fitted* meanwhile."""
    recorded: dict[str, list[Features]] = {name: [] for name in fitted}
    real = calibration.probability

    def probability(signal: str, features: Features) -> float:
        recorded[signal].append(dict(features))
        return real(signal, features)

    with (
        patch.object(calibration, "weights", lambda: fitted),
        patch.object(calibration, "probability", probability),
    ):
        yield recorded


def _fit(rows: list[Features], labels: list[bool]) -> dict[str, float]:
    names = ["bias", *sorted({name for row in rows for name in row} - {"bias"})]
    matrix: Array = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    targets = np.array(labels, np.float64)
    found = fit_logistic(matrix, targets, np.ones(len(rows)), calm=CALM)
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


if __name__ == "__main__":
    main()
