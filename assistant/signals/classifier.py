"""The learned ear: linear heads over hashed text pieces and, where at hand, the embedding model's tone.

How something is said shows best in the middle of the model, two thirds of the way: its last layer was trained
to keep what is asked and forgets the rest. `evals signals` prints what this ear tells of sources that it
learned nothing from.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from assistant.signals.hashed_ngrams import hash_ngrams

#: Weights are written as whole numbers of this size, so that the file stays readable and small.
UNIT = 1_000


class ClassifierScores(NamedTuple):
    """What a head makes of a text: with its tone where there is one, and in the words alone."""

    combined: float
    text_only: float


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """A linear reader of one thing: above 0 is yes."""

    ngram_weights: tuple[float, ...]
    mid_layer_weights: tuple[float, ...]
    bias: float
    #: Takes the place of the tone's part where none is at hand.
    bias_text_only: float

    def score_buckets(self, buckets: Sequence[int], tone: Sequence[float] | None) -> ClassifierScores:
        heard = sum(self.ngram_weights[bucket] for bucket in buckets) / math.sqrt(len(buckets) or 1)
        words = heard + self.bias_text_only
        if tone is None:
            return ClassifierScores(words, words)
        return ClassifierScores(
            heard + self.bias + sum(a * b for a, b in zip(self.mid_layer_weights, tone, strict=True)), words
        )


@dataclass(frozen=True, slots=True)
class ClassifierWeights:
    """Everything that training wrote."""

    #: Name of the embedding model that the tones belong to; others are ignored.
    embedding: str
    classifiers: Mapping[str, LinearClassifier]
    #: Signal -> feature -> weight, with a tone (``frustration``) and without (``frustration_alone``).
    combiner_weights: Mapping[str, Mapping[str, float]]
    #: Measure -> value on a public source by heads that learned nothing from it.
    held_out: Mapping[str, float]


@cache
def load_weights() -> ClassifierWeights:
    """The committed weights; `python -m evals train signals` writes them."""
    source = files("assistant.signals").joinpath("classifier.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(source)
    return ClassifierWeights(
        embedding=data["embedding"],
        classifiers={name: _parse_classifier(row) for name, row in data["heads"].items()},
        combiner_weights=data["joined"],
        held_out=data["left out"],
    )


def score_text(comparable: str, tone: Sequence[float] | None) -> dict[str, ClassifierScores]:
    """What every head hears in a text."""
    buckets = hash_ngrams(comparable)
    return {name: head.score_buckets(buckets, tone) for name, head in load_weights().classifiers.items()}


def _parse_classifier(row: Mapping[str, Any]) -> LinearClassifier:
    return LinearClassifier(
        ngram_weights=tuple(weight / UNIT for weight in row["pieces"]),
        mid_layer_weights=tuple(weight / UNIT for weight in row["tone"]),
        bias=row["bias"],
        bias_text_only=row["bias_alone"],
    )
