"""Linear classifiers over hashed n-grams: what the words alone tell, whatever else is down.

`python -m evals train signals` writes the weights.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.signals.grams import grams

#: Weights are written as whole numbers of this size, so that the file stays readable and small.
UNIT = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """A linear classifier of one thing: above 0 is yes."""

    pieces: tuple[float, ...]
    bias: float

    def hear(self, buckets: Sequence[int]) -> float:
        """The logit of a text with these buckets of n-grams."""
        return sum(self.pieces[bucket] for bucket in buckets) / math.sqrt(len(buckets) or 1) + self.bias


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that training wrote."""

    heads: Mapping[str, Head]
    #: Signal -> feature -> weight: how the logit and what rules find are weighed.
    joined: Mapping[str, Mapping[str, float]]


@cache
def weights() -> Weights:
    """The committed weights; `python -m evals train signals` writes them."""
    source = files("assistant.signals").joinpath("weights", "heads.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(source)
    return Weights(heads={name: _head(row) for name, row in data["heads"].items()}, joined=data["joined"])


def hear(comparable: str) -> dict[str, float]:
    """The logit of every head for a text."""
    buckets = grams(comparable)
    return {name: head.hear(buckets) for name, head in weights().heads.items()}


def _head(row: Mapping[str, Any]) -> Head:
    return Head(pieces=tuple(weight / UNIT for weight in row["pieces"]), bias=row["bias"])
