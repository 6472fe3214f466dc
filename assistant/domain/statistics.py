"""Rates and scores with their uncertainty: Wilson intervals, CSAT, NPS, CES."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

#: Of a 95 % interval.
Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionEstimate:
    """*count* of *total*, with the 95 % Wilson interval; None where there is nothing to count."""

    count: int
    total: int
    rate: float | None
    low: float | None
    high: float | None


def compute_rate(count: int, total: int) -> ProportionEstimate:
    """A share with its Wilson score interval (1927), which holds for few and for extreme shares too."""
    if not total:
        return ProportionEstimate(count=count, total=total, rate=None, low=None, high=None)
    share, spread = count / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / total + spread / (4 * total))
    return ProportionEstimate(
        count=count,
        total=total,
        rate=round(share, 4),
        low=round(max(0.0, middle - half), 4),
        high=round(min(1.0, middle + half), 4),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """A share less the one before, with the 95 % interval."""

    difference: float
    low: float
    high: float


def compute_rate_change(
    count_before: int, total_before: int, count_after: int, total_after: int
) -> RateChange | None:
    """The difference of two independent shares with Newcombe's hybrid score interval (1998, method 10); None:
    one of them has nothing to count.
    """
    before, after = compute_rate(count_before, total_before), compute_rate(count_after, total_after)
    if not total_before or not total_after:
        return None
    one, other = count_after / total_after, count_before / total_before
    low = sqrt((one - (after.low or 0.0)) ** 2 + ((before.high or 0.0) - other) ** 2)
    high = sqrt(((after.high or 0.0) - one) ** 2 + (other - (before.low or 0.0)) ** 2)
    difference = one - other
    return RateChange(
        difference=round(difference, 4), low=round(difference - low, 4), high=round(difference + high, 4)
    )


def compute_weighted_rate(cells: Sequence[tuple[int, int, int]]) -> ProportionEstimate:
    """A share corrected for who answered: each cell's share of yes, weighted by its size.

    *cells*: (yes, answers, all) of groups that answer unequally. Post-stratification: half a yes and half
    a no are added to each cell that has answers, cells without are left out.
    """
    told = [(yes + 0.5, answers + 1, everybody) for yes, answers, everybody in cells if answers]
    total = sum(everybody for _, _, everybody in told)
    count, answered = sum(yes for yes, _, _ in cells), sum(answers for _, answers, _ in cells)
    if not total:
        return ProportionEstimate(count=count, total=answered, rate=None, low=None, high=None)
    shares = [(yes / answers, everybody / total, answers) for yes, answers, everybody in told]
    rate = sum(share * weight for share, weight, _ in shares)
    half = Z * sqrt(sum(weight**2 * share * (1 - share) / n for share, weight, n in shares))
    return ProportionEstimate(
        count=count,
        total=answered,
        rate=round(rate, 4),
        low=round(max(0.0, rate - half), 4),
        high=round(min(1.0, rate + half), 4),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A survey score with its 95 % interval."""

    answers: int
    score: float | None
    low: float | None
    high: float | None


def compute_nps(values: Sequence[int]) -> Score:
    """Net promoter score, −100…100: per cent of 9–10 less per cent of 0–6."""
    total = len(values)
    if not total:
        return Score(answers=0, score=None, low=None, high=None)
    promoters = sum(value >= 9 for value in values) / total
    detractors = sum(value <= 6 for value in values) / total
    net = promoters - detractors
    half = Z * sqrt(max(0.0, promoters + detractors - net * net) / total)
    return Score(
        answers=total,
        score=round(100 * net, 1),
        low=round(100 * max(-1.0, net - half), 1),
        high=round(100 * min(1.0, net + half), 1),
    )


def compute_mean_score(values: Sequence[int], *, lowest: int, highest: int) -> Score:
    """The mean of a scale with the normal interval of the mean; no interval for a single answer."""
    if not values:
        return Score(answers=0, score=None, low=None, high=None)
    middle = mean(values)
    if len(values) == 1:
        return Score(answers=1, score=float(middle), low=None, high=None)
    half = Z * stdev(values) / sqrt(len(values))
    return Score(
        answers=len(values),
        score=round(middle, 2),
        low=round(max(lowest, middle - half), 2),
        high=round(min(highest, middle + half), 2),
    )
