"""The learned ear: linear heads over hashed text pieces and, where at hand, the query embedding."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from assistant.signals.grams import grams

#: Weights are written as whole numbers of this size, so that the file stays readable and small.
UNIT = 1_000


class Heard(NamedTuple):
    """What a head makes of a text: with its vector where there is one, and in the words alone."""

    best: float
    words: float


@dataclass(frozen=True, slots=True)
class Head:
    """A linear reader of one thing: above 0 is yes."""

    pieces: tuple[float, ...]
    vector: tuple[float, ...]
    bias: float
    #: Takes the place of the vector's part where no vector is at hand.
    bias_alone: float

    def hear(self, buckets: Sequence[int], vector: Sequence[float] | None) -> Heard:
        heard = sum(self.pieces[bucket] for bucket in buckets) / math.sqrt(len(buckets) or 1)
        words = heard + self.bias_alone
        if vector is None:
            return Heard(words, words)
        return Heard(heard + self.bias + sum(a * b for a, b in zip(self.vector, vector, strict=True)), words)


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that training wrote."""

    #: Name of the embedding that the vectors' parts belong to; others are ignored.
    embedding: str
    heads: Mapping[str, Head]
    #: Signal -> feature -> weight, with a vector (``frustration``) and without (``frustration_alone``).
    joined: Mapping[str, Mapping[str, float]]
    #: Measure -> value on a public source by heads that learned nothing from it.
    left_out: Mapping[str, float]


@cache
def weights() -> Weights:
    """The committed weights; `python -m evals train signals` writes them."""
    source = files("assistant.signals").joinpath("weights", "heads.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(source)
    return Weights(
        embedding=data["embedding"],
        heads={name: _head(row) for name, row in data["heads"].items()},
        joined=data["joined"],
        left_out=data["left out"],
    )


def hear(comparable: str, vector: Sequence[float] | None) -> dict[str, Heard]:
    """What every head hears in a text."""
    buckets = grams(comparable)
    return {name: head.hear(buckets, vector) for name, head in weights().heads.items()}


def _head(row: Mapping[str, Any]) -> Head:
    return Head(
        pieces=tuple(weight / UNIT for weight in row["pieces"]),
        vector=tuple(weight / UNIT for weight in row["vector"]),
        bias=row["bias"],
        bias_alone=row["bias_alone"],
    )
