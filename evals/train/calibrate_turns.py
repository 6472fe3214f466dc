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

from assistant.domain.messages import Author
from assistant.domain.signals import Signals
from assistant.domain.turns import History, TextEmbedding, Utterance
from assistant.signals import calibration
from assistant.signals.language import detect_text_language
from evals.data.dialogues import Dialogue, load_json_lines, load_own_dialogues
from evals.data.turn_examples import CALIBRATION
from evals.quality.signals import SignalBench
from evals.train.optimisers import Array, find_best_threshold, fit_small_logistic

CASES = Path(__file__).parents[1] / "cases"
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
#: Plain questions, each the first turn of a talk: neither cross nor a wish for a person.
PLAIN = ("sample_kb", "help_center")
PLAIN_SIGNALS = ("frustration", "wish")
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
    plain = SignalBench(())
    plain.dialogues = list(load_plain_questions())
    for _ in range(ITERATIONS):
        seen = collect_features(written, fitted)
        more = collect_features(own, fitted)
        calm = collect_features(plain, fitted)
        for signal, letter in TARGETS.items():
            every = [*seen, *more] if letter in OWN_LETTERS else seen
            every = [*every, *calm] if signal in PLAIN_SIGNALS else every
            some = [(row, letters) for row, letters in every if signal in row]
            labels = [letter in letters for _, letters in some]
            fitted[signal] = _fit_weights([row[signal] for row, _ in some], labels)
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    for signal, weights in fitted.items():
        print(signal, weights)


def load_plain_questions() -> Iterator[Dialogue]:
    for name in PLAIN:
        for number, row in enumerate(load_json_lines(CASES / f"{name}.jsonl")):
            line = Utterance(author=Author.CUSTOMER, text=row["text"])
            language = detect_text_language(row["text"]) or "ja"
            yield Dialogue(
                id=f"{name} {number}", persona="", language=language, lines=(line,), labels={0: frozenset()}
            )


def collect_features(
    bench: SignalBench, fitted: Mapping[str, Mapping[str, float]]
) -> list[tuple[dict[str, Features], frozenset[str]]]:
    """The features of every signal of every turn with the weights *fitted* so far, and its labels."""
    bench.clear()
    found = []
    for dialogue in bench.dialogues:
        with _record_features(bench, fitted) as rows:
            turns = bench.replay_dialogue(dialogue)
        found += [(row, dialogue.labels[turn.index]) for row, turn in zip(rows, turns, strict=True)]
    return found


@contextmanager
def _record_features(
    bench: SignalBench, fitted: Mapping[str, Mapping[str, float]]
) -> Iterator[list[dict[str, Features]]]:
    """Record the features of each call of `compute_probability`, turn by turn; the weights *fitted* are used
    meanwhile. A signal that a turn decides without them is missing in its row.
    """
    rows: list[dict[str, Features]] = []
    real, read = calibration.compute_probability, bench.reader.compute_signals

    def probability(signal: str, features: Features) -> float:
        rows[-1][signal] = dict(features)
        return real(signal, features)

    def compute_signals(text: str, history: History, meaning: TextEmbedding | None = None) -> Signals:
        rows.append({})
        return read(text, history, meaning)

    with (
        patch.object(calibration, "load_weights", lambda: fitted),
        patch.object(calibration, "compute_probability", probability),
        patch.object(bench.reader, "compute_signals", compute_signals),
    ):
        yield rows


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
