"""The arithmetic of the benchmark."""

import pytest

from evals.bench.figures import Figure, build_percentile_figures, compute_percentile, format_table

TEN = [float(number) for number in range(10, 0, -1)]


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [(TEN, 50, 5.0), (TEN, 99, 10.0), (TEN, 10, 1.0), (TEN, 0, 1.0), ([7.0], 50, 7.0), ([7.0], 99, 7.0)],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], share: float, found: float) -> None:
    assert compute_percentile(values, share) == found


def test_a_spread_sets_each_percentile_beside_the_same_of_the_floor() -> None:
    half, worst = build_percentile_figures("turn", [0.2, 0.4, 0.6], [0.1, 0.1, 0.2], "raw")
    assert (half.measure, half.value, half.floor, half.ratio) == ("turn p50", 400, 100, 4)
    assert (worst.measure, worst.value, worst.floor, worst.ratio) == ("turn p99", 600, 200, 3)


def test_the_table_says_what_each_floor_is() -> None:
    figure = Figure(measure="ready", value=1234.5, unit="s", floor=2, beside="importing")
    head, line = format_table([figure]).splitlines()
    assert head.split() == ["measure", "value", "floor", "ratio", "the", "floor", "is"]
    assert line.split() == ["ready", "1,234.50", "s", "2.00", "s", "617.25", "importing"]
