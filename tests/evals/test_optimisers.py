"""The one logistic fit: at the optimum the slope is zero, on easy data and on hard."""

import numpy as np
import pytest

from evals.train.optimisers import Array, fit_logistic, fit_small_logistic


def draw_rows(*, separable: bool) -> tuple[Array, Array, Array]:
    dice = np.random.default_rng(3)
    rows = np.column_stack([np.ones(400), dice.normal(size=(400, 4)) * [1, 3, 20, 0.1]])
    chance = rows @ np.array([-1.0, 1.0, -0.5, 0.2, 0.0])
    noise = 0.0 if separable else dice.logistic(size=400)
    return rows, (chance + noise > 0).astype(float), dice.uniform(0.2, 3, 400)


@pytest.mark.parametrize("separable", [False, True])
def test_a_fit_ends_where_the_slope_is_zero(separable: bool) -> None:
    rows, targets, weights = draw_rows(separable=separable)
    pull = np.array([1e-3, 1.0, 1.0, 1.0, 1.0])
    found = fit_logistic(rows, targets, weights, pull)
    slope = rows.T @ (weights * (1 / (1 + np.exp(-rows @ found)) - targets)) + pull * found
    assert np.abs(slope).max() < 1e-3 * weights.sum()


def test_the_bias_of_a_small_fit_is_the_base_rate_and_is_not_pulled() -> None:
    targets = np.array([1.0] * 9 + [0.0])
    [bias] = fit_small_logistic(np.ones((10, 1)), targets, np.ones(10), calm=100.0)
    assert bias == pytest.approx(np.log(9), abs=1e-3)
