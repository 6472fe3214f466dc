"""Metrics of classifiers: AUROC and confusion counts."""

from collections.abc import Sequence
from dataclasses import dataclass


def compute_auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Probability that a positive ranks above a negative; ties count half."""
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for i in order[start:end]:
            ranks[i] = (start + end + 1) / 2
        start = end
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    total = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def compute_separation(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The same of two groups of scores: chance that one of *higher* is above one of *lower*."""
    return compute_auroc([*higher, *lower], [True] * len(higher) + [False] * len(lower))


def compute_always_f1(labels: Sequence[bool]) -> float:
    """F1 of whoever says yes to every turn."""
    share = sum(labels) / len(labels)
    return 2 * share / (1 + share)


@dataclass(frozen=True, slots=True)
class ConfusionCounts:
    """Confusion counts of a binary classifier."""

    true: int
    false: int
    missed: int

    @classmethod
    def from_labels(cls, found: Sequence[bool], labels: Sequence[bool]) -> "ConfusionCounts":
        pairs = list(zip(found, labels, strict=True))
        return cls(
            sum(f and wanted for f, wanted in pairs),
            sum(f and not wanted for f, wanted in pairs),
            sum(wanted and not f for f, wanted in pairs),
        )

    @property
    def precision(self) -> float:
        return self.true / (self.true + self.false) if self.true + self.false else float("nan")

    @property
    def recall(self) -> float:
        return self.true / (self.true + self.missed) if self.true + self.missed else float("nan")

    @property
    def f1(self) -> float:
        return 2 * self.true / (2 * self.true + self.false + self.missed) if self.true else 0.0
