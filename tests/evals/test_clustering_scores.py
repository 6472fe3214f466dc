"""Measures of clusterings, against values worked out by hand."""

import numpy as np
import pytest

from evals.quality.clustering_scores import compute_ari, compute_nmi

TRUTH = np.array([0, 0, 1, 1])


def test_names_of_clusters_do_not_matter() -> None:
    assert compute_nmi(TRUTH, np.array([1, 1, 0, 0])) == pytest.approx(1)
    assert compute_ari(TRUTH, np.array([1, 1, 0, 0])) == pytest.approx(1)


def test_every_point_alone_has_high_nmi_and_no_ari() -> None:
    """H(truth) = ln 2, H(alone) = ln 4, shared ln 2: 2 ln 2 / 3 ln 2."""
    assert compute_nmi(TRUTH, np.arange(4)) == pytest.approx(2 / 3)
    assert compute_ari(TRUTH, np.arange(4)) == 0


def test_unrelated_clusters_score_nothing() -> None:
    assert compute_nmi(TRUTH, np.array([0, 1, 0, 1])) == pytest.approx(0)
    assert compute_ari(TRUTH, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
