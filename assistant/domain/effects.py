"""What a change did: the change of what it was made for beside that of everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, log, sqrt
from typing import Any

from assistant.domain.statistics import Z

#: How long an effect is waited for, how much time is compared, and how many cases tell anything.
EFFECT_AFTER = timedelta(days=14)
COMPARED = timedelta(days=28)
MIN_CASES = 10


class EffectVerdict(StrEnum):
    WORKED = "worked"
    NO_EFFECT = "no_effect"
    WORSE = "worse"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCounts:
    """Cases of what was changed and of all else, before and after."""

    own_before: int
    own_after: int
    others_before: int
    others_after: int


#: Where nothing is known of how much there was to count.
EQUAL_EXPOSURE = EffectCounts(own_before=1, own_after=1, others_before=1, others_after=1)


def judge_effect(counts: EffectCounts, exposure: EffectCounts = EQUAL_EXPOSURE) -> Mapping[str, Any]:
    """Difference in differences of Poisson rates: our change beside that of everything else.

    ``{ratio, low, high, verdict}``: the ratio with its 95 % interval on the log scale, below 1 where cases
    became fewer; half a case is added to each count. *exposure*: how much there was in which a case could
    occur; nothing anywhere is too early.
    """
    values = (counts.own_after, counts.own_before, counts.others_after, counts.others_before)
    sizes = (exposure.own_after, exposure.own_before, exposure.others_after, exposure.others_before)
    if not all(sizes):
        return {"ratio": None, "low": None, "high": None, "verdict": EffectVerdict.TOO_EARLY.value}
    a, b, c, d = (value + 0.5 for value in values)
    n_a, n_b, n_c, n_d = sizes
    middle = log(a / b) - log(c / d) - log(n_a / n_b) + log(n_c / n_d)
    error = sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    low, high = exp(middle - Z * error), exp(middle + Z * error)
    verdict = (
        EffectVerdict.WORKED if high < 1 else EffectVerdict.WORSE if low > 1 else EffectVerdict.NO_EFFECT
    )
    if counts.own_before + counts.own_after < MIN_CASES:
        verdict = EffectVerdict.TOO_EARLY
    return {
        "ratio": round(exp(middle), 3),
        "low": round(low, 3),
        "high": round(high, 3),
        "verdict": verdict.value,
    }


def count_effect(
    cases: Sequence[tuple[datetime, bool]], changed: datetime, now: datetime, selected: datetime
) -> EffectCounts:
    """Counts of (when, is our own) over equal times before and after *changed*.

    The week before *selected*, in which the matter was noticed, is left out: it was chosen for being high.
    """
    span = min(COMPARED, now - changed)
    week = (selected - timedelta(days=7), selected)
    kept = [
        (moment > changed, own)
        for moment, own in cases
        if changed - span - timedelta(days=7) <= moment <= changed + span and not week[0] <= moment <= week[1]
    ]
    return EffectCounts(
        own_before=sum(own and not later for later, own in kept),
        own_after=sum(own and later for later, own in kept),
        others_before=sum(not own and not later for later, own in kept),
        others_after=sum(not own and later for later, own in kept),
    )
