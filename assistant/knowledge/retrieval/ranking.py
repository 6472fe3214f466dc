"""Weighs what the arms say, question by question, and tells how probable it is that a passage answers.

The weights are in ranking.json, made by `python -m evals train retrieval`, the same for every knowledge base.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.knowledge.retrieval.features import FIRST_TOKEN_FEATURE, RANKING_FEATURES, RetrievalCandidates

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

FILE = Path(__file__).with_name("ranking.json")
#: A difference that matters, per arm: the unit in which a candidate is behind the best one.
UNIT = dict(
    zip(RANKING_FEATURES, (0.02, 0.02, 3.0, 3.0, 3.0, 0.15, 0.15, 0.25, 0.05, 0.05, 0.05), strict=True)
)
#: Arms that may agree on the first place.
PAIRS = (
    (0, 4),
    (0, 1),
    (1, 4),
    (1, 3),
    (0, FIRST_TOKEN_FEATURE),
    (4, FIRST_TOKEN_FEATURE),
    (1, FIRST_TOKEN_FEATURE + 1),
)
#: What the question's own language counts, where an article is there in both; in log odds.
OWN_LANGUAGE = 1.5
#: Columns of the evidence that tell of a passage by itself.
BY_ITSELF = 10
#: How an arm ranks: better than usual, close behind its best, high in its order.
VIEWS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FusionWeights:
    """Learned: how the question decides what each view of each arm counts, and what scores mean."""

    gate: Vectors
    gate_mean: Vectors
    gate_scale: Vectors
    #: A row for whether the knowledge base speaks of it at all, and one for whether this answers it.
    sure: Vectors
    sure_mean: Vectors
    sure_scale: Vectors
    #: The log odds of both together that count as one half.
    level: Vectors


@cache
def load_fusion_weights() -> FusionWeights:
    return parse_fusion_weights(json.loads(FILE.read_text(encoding="utf-8"))["weights"])


def parse_fusion_weights(kept: Mapping[str, Any]) -> FusionWeights:
    import numpy as np

    return FusionWeights(**{name: np.array(value, np.float32) for name, value in kept.items()})


def score_candidates(candidates: RetrievalCandidates, learned: FusionWeights) -> Vectors:
    """How much speaks for each candidate; comparable only among those of one question."""
    import numpy as np

    asked = np.clip((compute_gate_features(candidates) - learned.gate_mean) / learned.gate_scale, -3, 3)
    counts = np.logaddexp(0, asked @ learned.gate)
    ranked: Vectors = compute_feature_views(candidates.arms) @ counts + OWN_LANGUAGE * candidates.own_language
    return ranked


def compute_probabilities(
    candidates: RetrievalCandidates, ranked: Vectors, learned: FusionWeights
) -> Vectors:
    """How probable it is that each candidate answers, never more for a lower one."""
    import numpy as np

    told = np.clip(
        (compute_calibration_features(candidates, ranked) - learned.sure_mean) / learned.sure_scale, -4, 4
    )
    order = np.argsort(-ranked, kind="stable")
    odds = combine_log_odds(told[order], learned.sure) - learned.level
    falling = np.minimum.accumulate(1 / (1 + np.exp(-odds)))
    found: Vectors = np.empty_like(falling)
    found[order] = falling
    return found


def compute_feature_views(arms: Vectors) -> Vectors:
    """Three views of each arm, side by side: one row per candidate."""
    import numpy as np

    above = np.clip((arms - arms.mean(axis=0)) / (arms.std(axis=0) + 1e-6), -3, 6) / 2
    units = np.array([UNIT[name] for name in RANKING_FEATURES], np.float32)
    behind = np.clip((arms - arms.max(axis=0)) / units, -6, 0)
    places = np.argsort(np.argsort(-arms, axis=0, kind="stable"), axis=0, kind="stable")
    high = 1 / (1 + places) * (np.ptp(arms, axis=0) > 0)
    return np.stack([above, behind, high], axis=2).reshape(len(arms), -1).astype(np.float32)


def compute_gate_features(candidates: RetrievalCandidates) -> Vectors:
    """What the gate sees of the question: how sure each arm is, whether they agree, what kind it is."""
    import numpy as np

    arms = candidates.arms
    best = np.sort(arms, axis=0)[::-1][:2]
    units = np.array([UNIT[name] for name in RANKING_FEATURES], np.float32)
    lead = np.minimum((best[0] - best[-1]) / units, 4) / 2
    first = arms.argmax(axis=0)
    agreeing = [first[one] == first[other] for one, other in PAIRS]
    alike = _compute_rank_correlations(arms)
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
        best[0, FIRST_TOKEN_FEATURE] > 0,
    ]
    return np.array(told, np.float32)


def compute_calibration_features(candidates: RetrievalCandidates, ranked: Vectors) -> Vectors:
    """What tells an answer from something merely alike: one row per candidate.

    First what is true of the passage itself, which tells other people's questions apart. Near misses are
    as like as answers are, but then so are other articles: hence how far it is above what is usual here,
    and how much of all that speaks for anything speaks for its article. Tried and no better on families
    held out: the question's worst met tokens, what others meet better, how like one another the
    candidates are, tokens weighed by learned attention, a small network over all of these.
    """
    import numpy as np

    arms = candidates.arms
    meaning, tokens = (
        np.maximum(arms[:, 0], arms[:, 1]),
        np.maximum(arms[:, FIRST_TOKEN_FEATURE], arms[:, FIRST_TOKEN_FEATURE + 1]),
    )
    columns = [
        *arms[:, [0, 1, 5, 6, 7, FIRST_TOKEN_FEATURE, FIRST_TOKEN_FEATURE + 1]].T,
        meaning,
        tokens,
        candidates.own_language,
        _compute_distance_from_mean(meaning, UNIT["text"]),
        _compute_distance_from_mean(tokens, UNIT["tokens"]),
        _compute_article_shares(candidates, ranked),
        np.full(len(arms), 1 / len(arms)),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def combine_log_odds(told: Vectors, sure: Vectors) -> Vectors:
    """The log odds that the knowledge base speaks of it and that this answers; *told* as `sure` is scaled."""
    import numpy as np

    odds = told @ sure[:, 1:].T + sure[:, 0]
    # p / (1 - p) of a product of two probabilities, without running over.
    found: Vectors = -np.log(np.expm1(np.clip(np.logaddexp(0, -odds).sum(axis=1), 1e-6, 80)))
    return found


def _compute_distance_from_mean(values: Vectors, unit: float) -> Vectors:
    """How many units each is above the mean."""
    import numpy as np

    found: Vectors = np.clip((values - values.mean()) / unit, -6, 6)
    return found


def _compute_article_shares(candidates: RetrievalCandidates, ranked: Vectors) -> Vectors:
    """The logarithm of its article's share of what speaks for all the candidates."""
    import numpy as np

    each = np.exp(ranked - ranked.max())
    of_article = np.bincount(candidates.article, each)
    found: Vectors = np.log(of_article[candidates.article] / each.sum() + 1e-3)
    return found


def _compute_rank_correlations(arms: Vectors) -> Vectors:
    """How alike the first of PAIRS order the candidates; 0 where an arm tells nothing."""
    import numpy as np

    spread = arms.std(axis=0)
    even = (arms - arms.mean(axis=0)) / np.where(spread < 1e-6, np.inf, spread)
    one, other = np.array(PAIRS[:4]).T
    found: Vectors = np.einsum("ij,ij->j", even[:, one], even[:, other]) / len(arms)
    return found
