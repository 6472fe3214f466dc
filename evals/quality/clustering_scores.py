"""Measures of a clustering against labels: normalized mutual information, adjusted Rand index."""

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.intp]


def compute_nmi(truth: Labels, found: Labels) -> float:
    """Mutual information over the mean of the two entropies, 0–1."""
    joint = _count_pairs(truth, found) / len(truth)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    cells = joint > 0
    shared = float((joint[cells] * np.log(joint[cells] / np.outer(rows, columns)[cells])).sum())
    total = _compute_entropy(rows) + _compute_entropy(columns)
    return 2 * shared / total if total else 1.0


def compute_ari(truth: Labels, found: Labels) -> float:
    """Agreement of pairs, 0 for chance (Hubert & Arabie 1985)."""
    counts = _count_pairs(truth, found)
    same, in_truth, in_found = (
        float((part * (part - 1) / 2).sum()) for part in (counts, counts.sum(axis=1), counts.sum(axis=0))
    )
    expected = in_truth * in_found / (len(truth) * (len(truth) - 1) / 2)
    most = (in_truth + in_found) / 2
    return (same - expected) / (most - expected) if most != expected else 1.0


def _count_pairs(truth: Labels, found: Labels) -> NDArray[np.float64]:
    counts = np.zeros((int(truth.max()) + 1, int(found.max()) + 1))
    np.add.at(counts, (truth, found), 1)
    return counts


def _compute_entropy(shares: NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())
