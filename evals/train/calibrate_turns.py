"""Fits the calibration of signals over the turn encoder's logits and rule features.

``python -m evals calibrate_turns``. On writers on whom neither encoder nor n-gram classifiers were trained
(CALIBRATION in `turn_examples.py`); `evals signals` measures on yet others.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np

from assistant.signals import calibration
from evals.data.dialogues import load_own_dialogues
from evals.data.turn_examples import CALIBRATION
from evals.quality.signals import SignalBench
from evals.train.optimisers import Array, find_best_threshold, fit_small_logistic

WEIGHTS = Path(__file__).parents[2] / "assistant" / "signals" / "calibration.json"
#: Signal -> its label in `evals/cases/turns`; None: the reply before was marked a miss.
TARGETS = {
    "frustration": "F",
    "unfamiliarity": "U",
    "wish": "P",
    "worry": "W",
    "distress": "D",
    "harassment": "H",
    "complaint": "C",
}
#: Iterations: the previous turn's score is a feature and depends on the weights.
ITERATIONS = 3
#: Labels that our own dialogues have; their held-out half is fitted on too, nothing is trained on it.
OWN_LETTERS = "FPU"
#: Regularisation towards the start, which is the encoder's logit with weight one.
CALM = 2e-3
#: Signal -> label of the encoder.
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
    written, own = SignalBench(CALIBRATION), SignalBench(())
    own.dialogues = [*load_own_dialogues("ja", "held"), *load_own_dialogues("en", "held")]
    for _ in range(ITERATIONS):
        seen = _collect_features(written, fitted)
        more = _collect_features(own, fitted)
        for signal, letter in TARGETS.items():
            some = [*seen, *more] if letter in OWN_LETTERS else seen
            labels = [letter in letters for _, letters in some]
            fitted[signal] = _fit_weights([row[signal] for row, _ in some], labels)
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    for signal, weights in fitted.items():
        print(signal, weights)


def _collect_features(
    bench: SignalBench, fitted: Mapping[str, Mapping[str, float]]
) -> list[tuple[dict[str, Features], frozenset[str]]]:
    """The features of every signal of every turn with the weights *fitted* so far, and its labels."""
    bench.clear()
    found = []
    for dialogue in bench.dialogues:
        with _record_features(fitted) as recorded:
            turns = bench.replay_dialogue(dialogue)
        for place, turn in enumerate(turns):
            row = {signal: features[place] for signal, features in recorded.items()}
            found.append((row, dialogue.labels[turn.index]))
    return found


@contextmanager
def _record_features(fitted: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, list[Features]]]:
    """Record the features of each call of `compute_probability`, which uses the weights *fitted*
    meanwhile.
    """
    recorded: dict[str, list[Features]] = {name: [] for name in fitted}
    real = calibration.compute_probability

    def probability(signal: str, features: Features) -> float:
        recorded[signal].append(dict(features))
        return real(signal, features)

    with (
        patch.object(calibration, "load_weights", lambda: fitted),
        patch.object(calibration, "compute_probability", probability),
    ):
        yield recorded


def _fit_weights(rows: list[Features], labels: list[bool]) -> dict[str, float]:
    """Logistic weights, the bias so that .5 is where F1 is highest."""
    names = ["bias", *sorted({name for row in rows for name in row} - {"bias"})]
    matrix: Array = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    targets = np.array(labels)
    found = fit_small_logistic(matrix, targets.astype(np.float64), np.ones(len(rows)), calm=CALM)
    found[0] -= find_best_threshold(matrix @ found, targets)
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


if __name__ == "__main__":
    main()
