"""Fits linear classifiers over hashed n-grams, and small logistic models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.signals.hashed_ngrams import BUCKETS

Array = NDArray[np.float64]
#: The n-gram buckets of one text.
Buckets = NDArray[np.int64]

EPOCHS = 12
BATCH_SIZE = 256
LEARNING_RATE = 0.004
MAX_NEWTON_STEPS = 60
MAX_NEWTON_CHANGE = 5.0
#: L2 regularisation of the n-grams' weights, tuned on held-out sources.
NGRAM_L2 = 5e-5


@dataclass(slots=True)
class FittedHead:
    """A fitted classifier; *bias* is that of the product's own domain."""

    pieces: Array
    bias: float

    def compute_scores(self, buckets: Sequence[Buckets]) -> Array:
        return np.asarray(self.bias + score_buckets(self.pieces, buckets))


class Adam:
    """Adam (Kingma & Ba, 2015) for a few arrays."""

    def __init__(self, *sizes: int) -> None:
        self.values = [np.zeros(size) for size in sizes]
        self._first = [np.zeros(size) for size in sizes]
        self._second = [np.zeros(size) for size in sizes]
        self._steps = 0

    def apply_gradients(self, gradients: Sequence[Array], paces: Sequence[float]) -> None:
        self._steps += 1
        for value, first, second, gradient, pace in zip(
            self.values, self._first, self._second, gradients, paces, strict=True
        ):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            mean = first / (1 - 0.9**self._steps)
            spread = np.sqrt(second / (1 - 0.999**self._steps)) + 1e-8
            value -= pace * mean / spread


def score_buckets(pieces: Array, buckets: Sequence[Buckets]) -> Array:
    rows, flat, roots = _flatten_buckets(buckets)
    return np.asarray(np.bincount(rows, pieces[flat], len(buckets)) / roots)


def _flatten_buckets(buckets: Sequence[Buckets]) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Every bucket with its row number, and the square root of each row's length."""
    lengths = np.array([len(row) for row in buckets], dtype=np.int64)
    flat = np.concatenate(buckets) if buckets else np.zeros(0, np.int64)
    return np.repeat(np.arange(len(buckets)), lengths), flat, np.sqrt(np.maximum(lengths, 1))


def fit_head(
    buckets: Sequence[Buckets], targets: Array, weights: Array, domains: NDArray[np.int64]
) -> FittedHead:
    """Fit one classifier with a bias per domain; domain 0 is the product's own, whose base rate counts."""
    model = Adam(BUCKETS, int(domains.max()) + 1)
    draw = np.random.default_rng(0)
    for _ in range(EPOCHS):
        order = draw.permutation(len(targets))
        for batch in np.array_split(order, len(order) // BATCH_SIZE + 1):
            rows = [buckets[i] for i in batch]
            pieces, biases = model.values
            logits = biases[domains[batch]] + score_buckets(pieces, rows)
            slope = (_compute_sigmoid(logits) - targets[batch]) * weights[batch] / weights[batch].sum()
            gradients = (
                _compute_piece_slope(rows, slope) + NGRAM_L2 * pieces,
                np.bincount(domains[batch], slope, len(biases)).astype(np.float64),
            )
            model.apply_gradients(gradients, (3 * LEARNING_RATE, 3 * LEARNING_RATE))
    pieces, biases = model.values
    return FittedHead(pieces, float(biases[0]))


def _compute_piece_slope(buckets: Sequence[Buckets], slope: Array) -> Array:
    rows, flat, roots = _flatten_buckets(buckets)
    return np.bincount(flat, (slope / roots)[rows], BUCKETS).astype(np.float64)


def fit_logistic(features: Array, targets: Array, weights: Array, pull: Array) -> Array:
    """Weights of a logistic model by Newton's method; *pull*: L2 regularisation of each column."""
    found = np.zeros(features.shape[1])
    for _ in range(MAX_NEWTON_STEPS):
        likely = _compute_sigmoid(features @ found)
        slope = features.T @ (weights * (likely - targets)) + pull * found
        curve = weights * (likely * (1 - likely) + 1e-6)
        step = np.linalg.solve((features * curve[:, None]).T @ features + np.diag(pull), slope)
        # Damped: far from the optimum a full step may overshoot.
        found -= step * min(1.0, MAX_NEWTON_CHANGE / np.abs(step).max(initial=1e-9))
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    return found


def fit_small_logistic(features: Array, targets: Array, weights: Array, calm: float = 6e-3) -> Array:
    """As `fit_logistic` for a few features, of which the first is the bias and is not regularised."""
    pull = np.full(features.shape[1], calm)
    pull[0] = 0.0
    return fit_logistic(features, targets, weights / weights.sum(), pull)


def _compute_sigmoid(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def find_best_threshold(logits: Array, targets: NDArray[np.bool_]) -> float:
    """The logit from which on F1 is highest."""
    order = np.argsort(-logits)
    hits = np.cumsum(targets[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + targets.sum())
    best = int(np.argmax(f1))
    following = logits[order[min(best + 1, len(order) - 1)]]
    return float((logits[order[best]] + following) / 2)
