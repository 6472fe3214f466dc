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

from assistant.signals.hashed_ngrams import grams

#: Weights are written as whole numbers of this size, so that the file stays readable and small.
UNIT = 1_000


class Heard(NamedTuple):
    """What a head makes of a text: with its tone where there is one, and in the words alone."""

    best: float
    words: float


@dataclass(frozen=True, slots=True)
class Head:
    """A linear reader of one thing: above 0 is yes."""

    pieces: tuple[float, ...]
    tone: tuple[float, ...]
    bias: float
    #: Takes the place of the tone's part where none is at hand.
    bias_alone: float

    def hear(self, buckets: Sequence[int], tone: Sequence[float] | None) -> Heard:
        heard = sum(self.pieces[bucket] for bucket in buckets) / math.sqrt(len(buckets) or 1)
        words = heard + self.bias_alone
        if tone is None:
            return Heard(words, words)
        return Heard(heard + self.bias + sum(a * b for a, b in zip(self.tone, tone, strict=True)), words)


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that training wrote."""

    #: Name of the embedding model that the tones belong to; others are ignored.
    embedding: str
    heads: Mapping[str, Head]
    #: Signal -> feature -> weight, with a tone (``frustration``) and without (``frustration_alone``).
    joined: Mapping[str, Mapping[str, float]]
    #: Measure -> value on a public source by heads that learned nothing from it.
    left_out: Mapping[str, float]


@cache
def weights() -> Weights:
    """The committed weights; `python -m evals train signals` writes them."""
    source = files("assistant.signals").joinpath("classifier.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(source)
    return Weights(
        embedding=data["embedding"],
        heads={name: _head(row) for name, row in data["heads"].items()},
        joined=data["joined"],
        left_out=data["left out"],
    )


def hear(comparable: str, tone: Sequence[float] | None) -> dict[str, Heard]:
    """What every head hears in a text."""
    buckets = grams(comparable)
    return {name: head.hear(buckets, tone) for name, head in weights().heads.items()}


def _head(row: Mapping[str, Any]) -> Head:
    return Head(
        pieces=tuple(weight / UNIT for weight in row["pieces"]),
        tone=tuple(weight / UNIT for weight in row["tone"]),
        bias=row["bias"],
        bias_alone=row["bias_alone"],
    )
