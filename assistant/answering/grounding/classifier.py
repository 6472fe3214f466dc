"""The learned part of the check: how probable it is that a passage supports a sentence.

A logistic model for each language over `alignment.py` and what the exact rules saw, each bent at a few knots
where that helps, with the difference of the two meanings. Weights, their data and licences:
classifier.json, made by `evals train support`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.grounding.alignment import Reading, difference, features

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

FILE = Path(__file__).with_name("classifier.json")
#: How far from usual a feature is looked at, in standard deviations.
FAR = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Of one language."""

    mean: Vectors
    scale: Vectors
    #: Of the features, then of the features above each knot.
    weights: Vectors
    #: Where the line of each feature may bend, in standard deviations.
    knots: Vectors
    #: Of the difference of the two meanings.
    turn: Vectors
    bias: float
    #: At or above: supported; and what a promise has to reach.
    enough: float
    enough_to_promise: float

    def probability(self, told: Vectors, turned: Vectors) -> float:
        import numpy as np

        seen = bent(np.clip((told - self.mean) / self.scale, -FAR, FAR), self.knots)
        return float(1 / (1 + np.exp(-(seen @ self.weights + turned @ self.turn + self.bias))))


def bent(seen: Vectors, knots: Vectors) -> Vectors:
    """Features, and how far each is above each knot: along the last axis."""
    import numpy as np

    return np.concatenate([seen, *(np.maximum(seen - knot, 0) for knot in knots)], axis=-1)


@cache
def heads() -> dict[str, Head]:
    """By language; what the model of another name would say is not known."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    return {language: _head(row) for language, row in kept["heads"].items()}


def _head(row: dict[str, Any]) -> Head:
    import numpy as np

    lists = {name: np.array(value, np.float32) for name, value in row.items() if isinstance(value, list)}
    return Head(**(row | lists))


@cache
def trained_on() -> str:
    """The embedding model whose vectors the weights are for."""
    return str(json.loads(FILE.read_text(encoding="utf-8"))["embedding"])


def told(said: Reading, units: Sequence[Reading], heading: Reading | None, rules: Sequence[float]) -> Vectors:
    """All that a head weighs: the alignment, then what the exact *rules* saw."""
    import numpy as np

    seen: Vectors = np.concatenate([features(said, units, heading), np.array(rules, np.float32)])
    return seen


def turned(said: Reading, units: Sequence[Reading]) -> Vectors:
    return difference(said, units)
