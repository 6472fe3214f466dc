"""The scores that evals report, on cases that can be counted by hand."""

import math

import pytest

from evals.quality.scores import ConfusionCounts, compute_auroc, compute_separation


@pytest.mark.parametrize(
    ("scores", "labels", "wanted"),
    [
        ([0.1, 0.9], [False, True], 1.0),
        ([0.9, 0.1], [False, True], 0.0),
        ([0.5, 0.5], [False, True], 0.5),
        ([0.1, 0.4, 0.35, 0.8], [False, False, True, True], 0.75),
    ],
)
def test_auroc(scores: list[float], labels: list[bool], wanted: float) -> None:
    assert compute_auroc(scores, labels) == wanted


def test_auroc_of_one_class_is_not_a_number() -> None:
    assert math.isnan(compute_auroc([0.1], [True]))


def test_hits() -> None:
    hits = ConfusionCounts.from_labels([True, True, False, False], [True, False, True, False])
    assert (hits.precision, hits.recall, hits.f1) == (0.5, 0.5, 0.5)


def test_two_groups_are_told_apart_as_by_labels() -> None:
    assert compute_separation([0.35, 0.8], [0.1, 0.4]) == 0.75
    assert math.isnan(compute_separation([], [0.1]))
