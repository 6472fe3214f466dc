"""Linear classifiers over hashed n-grams; they need nothing but the text.

Weights are written by `python -m evals train signals`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.signals.hashed_ngrams import hash_ngrams

#: Scale of the integer weights in the file, which keep it readable and small.
UNIT = 1_000


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """A binary linear classifier; a score above 0 is yes."""

    ngram_weights: tuple[float, ...]
    bias: float

    def score_buckets(self, buckets: Sequence[int]) -> float:
        """The logit of a text with these n-gram buckets."""
        return (
            sum(self.ngram_weights[bucket] for bucket in buckets) / math.sqrt(len(buckets) or 1) + self.bias
        )


@dataclass(frozen=True, slots=True)
class ClassifierWeights:
    """All weights of the file."""

    classifiers: Mapping[str, LinearClassifier]
    #: Signal -> feature -> weight of the logit and of rule features.
    combiner_weights: Mapping[str, Mapping[str, float]]


@cache
def load_weights() -> ClassifierWeights:
    """The committed weights, written by `python -m evals train signals`."""
    source = files("assistant.signals").joinpath("classifier.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(source)
    return ClassifierWeights(
        classifiers={name: _parse_classifier(row) for name, row in data["heads"].items()},
        combiner_weights=data["joined"],
    )


def score_text(comparable: str) -> dict[str, float]:
    """The logit of every classifier for a text."""
    buckets = hash_ngrams(comparable)
    return {name: head.score_buckets(buckets) for name, head in load_weights().classifiers.items()}


def _parse_classifier(row: Mapping[str, Any]) -> LinearClassifier:
    return LinearClassifier(
        ngram_weights=tuple(weight / UNIT for weight in row["pieces"]),
        bias=row["bias"],
    )
