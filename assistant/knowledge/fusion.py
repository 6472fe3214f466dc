"""Weighs what the arms say, question by question, and tells how probable it is that a passage answers.

The weights are in fusion.json, made by `python -m evals train retrieval`, the same for every knowledge base.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.knowledge.features import ARMS, FINE, Candidates

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

FILE = Path(__file__).with_name("fusion.json")
#: A difference that matters, per arm: the unit in which a candidate is behind the best one.
UNIT = dict(zip(ARMS, (0.02, 0.02, 3.0, 3.0, 3.0, 0.15, 0.15, 0.25, 0.05, 0.05, 0.05), strict=True))
#: Arms that may agree on the first place.
PAIRS = ((0, 4), (0, 1), (1, 4), (1, 3), (0, FINE), (4, FINE), (1, FINE + 1))
#: What the question's own language counts, where an article is there in both; in log odds.
OWN_LANGUAGE = 1.5
#: How an arm ranks: better than usual, close behind its best, high in its order.
VIEWS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """Learned: how the question decides what each view of each arm counts, and what scores mean."""

    gate: Vectors
    gate_mean: Vectors
    gate_scale: Vectors
    sure: Vectors
    sure_mean: Vectors
    sure_scale: Vectors


@cache
def weights() -> Weights:
    return read_weights(json.loads(FILE.read_text(encoding="utf-8"))["weights"])


def read_weights(kept: Mapping[str, Any]) -> Weights:
    import numpy as np

    return Weights(**{name: np.array(value, np.float32) for name, value in kept.items()})


def ranks(candidates: Candidates, learned: Weights) -> Vectors:
    """How much speaks for each candidate; comparable only among those of one question."""
    import numpy as np

    asked = np.clip((context(candidates) - learned.gate_mean) / learned.gate_scale, -3, 3)
    counts = np.logaddexp(0, asked @ learned.gate)
    ranked: Vectors = views(candidates.arms) @ counts + OWN_LANGUAGE * candidates.own_language
    return ranked


def probabilities(candidates: Candidates, ranked: Vectors, learned: Weights) -> Vectors:
    """How probable it is that each candidate answers, never more for a lower one."""
    import numpy as np

    told = np.clip((evidence(candidates) - learned.sure_mean) / learned.sure_scale, -4, 4)
    odds = told @ learned.sure[1:] + learned.sure[0]
    order = np.argsort(-ranked, kind="stable")
    falling = np.minimum.accumulate(1 / (1 + np.exp(-odds[order])))
    found: Vectors = np.empty_like(falling)
    found[order] = falling
    return found


def views(arms: Vectors) -> Vectors:
    """Three views of each arm, side by side: one row per candidate."""
    import numpy as np

    above = np.clip((arms - arms.mean(axis=0)) / (arms.std(axis=0) + 1e-6), -3, 6) / 2
    units = np.array([UNIT[name] for name in ARMS], np.float32)
    behind = np.clip((arms - arms.max(axis=0)) / units, -6, 0)
    places = np.argsort(np.argsort(-arms, axis=0, kind="stable"), axis=0, kind="stable")
    high = 1 / (1 + places) * (np.ptp(arms, axis=0) > 0)
    return np.stack([above, behind, high], axis=2).reshape(len(arms), -1).astype(np.float32)


def context(candidates: Candidates) -> Vectors:
    """What the gate sees of the question: how sure each arm is, whether they agree, what kind it is."""
    import numpy as np

    arms = candidates.arms
    best = np.sort(arms, axis=0)[::-1][:2]
    units = np.array([UNIT[name] for name in ARMS], np.float32)
    lead = np.minimum((best[0] - best[-1]) / units, 4) / 2
    first = arms.argmax(axis=0)
    agreeing = [first[one] == first[other] for one, other in PAIRS]
    alike = _correlations(arms)
    told = [
        1.0,
        *lead,
        best[0, 5],
        best[0, 6],
        (best[0, 0] - 0.85) * 10,
        (best[0, 1] - 0.85) * 10,
        *agreeing,
        *alike,
        min(candidates.asked, 20) / 10,
        candidates.unknown / max(1, candidates.asked),
        candidates.japanese,
        candidates.title_share.mean(),
        candidates.own_language.mean(),
        best[0, FINE] > 0,
    ]
    return np.array(told, np.float32)


def evidence(candidates: Candidates) -> Vectors:
    """What tells an answer from something merely alike: one row per candidate.

    Only what is true of the passage itself. How far it is ahead of the next says little: an article's
    neighbouring chunks and its translation are as close, and how close usual passages are differs by domain.
    Tried and worse on families held out: the question's worst met tokens, and what others meet better.
    """
    import numpy as np

    arms = candidates.arms
    columns = [
        *arms[:, [0, 1, 5, 6, 7, FINE, FINE + 1]].T,
        np.maximum(arms[:, 0], arms[:, 1]),
        np.maximum(arms[:, FINE], arms[:, FINE + 1]),
        candidates.own_language,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _correlations(arms: Vectors) -> Vectors:
    """How alike the first of PAIRS order the candidates; 0 where an arm tells nothing."""
    import numpy as np

    spread = arms.std(axis=0)
    even = (arms - arms.mean(axis=0)) / np.where(spread < 1e-6, np.inf, spread)
    one, other = np.array(PAIRS[:4]).T
    found: Vectors = np.einsum("ij,ij->j", even[:, one], even[:, other]) / len(arms)
    return found
