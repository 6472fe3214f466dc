"""The learned grounding classifier: the probability that a passage supports a sentence.

One logistic model per language over the features of `alignment.py` and of the exact rules, piecewise linear
by hinges at knots, and the difference vector of the two texts. Weights, their training data and licences:
classifier.json, made by `evals train support`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.grounding.alignment import (
    EncodedText,
    compute_alignment_features,
    compute_difference_vector,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

FILE = Path(__file__).with_name("classifier.json")
#: Standardized features are clipped to ± this.
MAX_STANDARD_DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class GroundingClassifier:
    """The classifier of one language."""

    mean: Vectors
    scale: Vectors
    #: Of the features, then of the hinges at each knot.
    weights: Vectors
    #: Knots of the hinges, in standard deviations.
    knots: Vectors
    #: Of the difference vector.
    turn: Vectors
    bias: float
    #: Thresholds of support: of a statement, and of a promise.
    enough: float
    enough_to_promise: float

    def compute_probability(self, features: Vectors, difference: Vectors) -> float:
        import numpy as np

        seen = compute_hinge_features(
            np.clip((features - self.mean) / self.scale, -MAX_STANDARD_DEVIATIONS, MAX_STANDARD_DEVIATIONS),
            self.knots,
        )
        return float(1 / (1 + np.exp(-(seen @ self.weights + difference @ self.turn + self.bias))))


def compute_hinge_features(seen: Vectors, knots: Vectors) -> Vectors:
    """Features, and max(feature - knot, 0) for each knot, concatenated on the last axis."""
    import numpy as np

    return np.concatenate([seen, *(np.maximum(seen - knot, 0) for knot in knots)], axis=-1)


@cache
def load_classifiers() -> dict[str, GroundingClassifier]:
    """Classifiers by language."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    return {language: _parse_classifier(row) for language, row in kept["heads"].items()}


def _parse_classifier(row: dict[str, Any]) -> GroundingClassifier:
    import numpy as np

    lists = {name: np.array(value, np.float32) for name, value in row.items() if isinstance(value, list)}
    return GroundingClassifier(**(row | lists))


@cache
def load_embedding_name() -> str:
    """The embedding model that the weights are for."""
    return str(json.loads(FILE.read_text(encoding="utf-8"))["embedding"])


def compute_classifier_features(
    said: EncodedText, units: Sequence[EncodedText], heading: EncodedText | None, rules: Sequence[float]
) -> Vectors:
    """The classifier's input: alignment features, then *rules*."""
    import numpy as np

    seen: Vectors = np.concatenate(
        [compute_alignment_features(said, units, heading), np.array(rules, np.float32)]
    )
    return seen


def compute_text_difference(said: EncodedText, units: Sequence[EncodedText]) -> Vectors:
    return compute_difference_vector(said, units)
