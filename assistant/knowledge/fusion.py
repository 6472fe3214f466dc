"""Weighs what the arms say into one score per passage: the probability that it answers the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.knowledge.features import ARMS, arms
from assistant.knowledge.shelf import Item, Shelf

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

#: What another language than the question's costs, in log odds.
FOREIGN = 1.0
WEIGHTS = {"text": 14.0, "title": 10.0, "closest": 14.0, "words": 0.05, "coverage": 2.0}
BIAS = -34.3


def scores(
    question: str, vector: Vectors | None, items: Sequence[Item], shelf: Shelf, language: str | None
) -> list[float]:
    """One score from 0 to 1 per candidate."""
    import numpy as np

    said = arms(question, vector, items, shelf)
    weights = np.array([WEIGHTS.get(name, 0.0) for name in ARMS])
    foreign = np.array([language is not None and item.language != language for item in items])
    odds = said @ weights + BIAS - FOREIGN * foreign
    return [float(score) for score in 1 / (1 + np.exp(-odds))]
