"""Query-dependent fusion of the ranking features, with calibrated probabilities.

A gate (softplus of a linear layer over features of the question) weighs the features; a product of two
logistic models turns scores into probabilities. The weights in ranking.json are made by `python -m evals
train retrieval` and are the same for every knowledge base.
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
#: Scale of each feature: a difference of this size matters.
UNIT = dict(
    zip(RANKING_FEATURES, (0.02, 0.02, 3.0, 3.0, 3.0, 0.15, 0.15, 0.25, 0.05, 0.05, 0.05), strict=True)
)
#: Pairs of features that may agree on the best candidate.
PAIRS = (
    (0, 4),
    (0, 1),
    (1, 4),
    (1, 3),
    (0, FIRST_TOKEN_FEATURE),
    (4, FIRST_TOKEN_FEATURE),
    (1, FIRST_TOKEN_FEATURE + 1),
)
#: Log-odds added for candidates in the question's own language.
OWN_LANGUAGE = 1.5
#: The first columns of the calibration features, which describe a passage independently of the others.
BY_ITSELF = 10
#: Views of a feature: standardized value, distance to the best, reciprocal rank.
VIEWS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FusionWeights:
    """Learned weights of the gate and of the calibration."""

    gate: Vectors
    gate_mean: Vectors
    gate_scale: Vectors
    #: Two rows: whether the knowledge base covers the question, and whether this passage answers it.
    calibration: Vectors
    calibration_mean: Vectors
    calibration_scale: Vectors
    #: Threshold in log-odds that is mapped to a probability of one half.
    level: Vectors


@cache
def load_fusion_weights() -> FusionWeights:
    return parse_fusion_weights(json.loads(FILE.read_text(encoding="utf-8"))["weights"])


def parse_fusion_weights(kept: Mapping[str, Any]) -> FusionWeights:
    import numpy as np

    return FusionWeights(**{name: np.array(value, np.float32) for name, value in kept.items()})


def score_candidates(candidates: RetrievalCandidates, learned: FusionWeights) -> Vectors:
    """A score per candidate, comparable only among the candidates of one question."""
    import numpy as np

    gate_input = np.clip((compute_gate_features(candidates) - learned.gate_mean) / learned.gate_scale, -3, 3)
    counts = np.logaddexp(0, gate_input @ learned.gate)
    ranked: Vectors = (
        compute_feature_views(candidates.features) @ counts + OWN_LANGUAGE * candidates.own_language
    )
    return ranked


def compute_probabilities(
    candidates: RetrievalCandidates, ranked: Vectors, learned: FusionWeights
) -> Vectors:
    """The probability that each candidate answers, monotone in *ranked*."""
    import numpy as np

    scaled = np.clip(
        (compute_calibration_features(candidates, ranked) - learned.calibration_mean)
        / learned.calibration_scale,
        -4,
        4,
    )
    order = np.argsort(-ranked, kind="stable")
    odds = combine_log_odds(scaled[order], learned.calibration) - learned.level
    falling = np.minimum.accumulate(1 / (1 + np.exp(-odds)))
    found: Vectors = np.empty_like(falling)
    found[order] = falling
    return found


def compute_feature_views(features: Vectors) -> Vectors:
    """Three views of each feature: (candidates, VIEWS * features)."""
    import numpy as np

    above = np.clip((features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6), -3, 6) / 2
    units = np.array([UNIT[name] for name in RANKING_FEATURES], np.float32)
    behind = np.clip((features - features.max(axis=0)) / units, -6, 0)
    places = np.argsort(np.argsort(-features, axis=0, kind="stable"), axis=0, kind="stable")
    high = 1 / (1 + places) * (np.ptp(features, axis=0) > 0)
    return np.stack([above, behind, high], axis=2).reshape(len(features), -1).astype(np.float32)


def compute_gate_features(candidates: RetrievalCandidates) -> Vectors:
    """The gate's input: how clear each feature's best candidate is, whether features agree, kind of
    question.
    """
    import numpy as np

    matrix = candidates.features
    best = np.sort(matrix, axis=0)[::-1][:2]
    units = np.array([UNIT[name] for name in RANKING_FEATURES], np.float32)
    lead = np.minimum((best[0] - best[-1]) / units, 4) / 2
    first = matrix.argmax(axis=0)
    agreeing = [first[one] == first[other] for one, other in PAIRS]
    alike = _compute_rank_correlations(matrix)
    features = [
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
    return np.array(features, np.float32)


def compute_calibration_features(candidates: RetrievalCandidates, ranked: Vectors) -> Vectors:
    """The input of the calibration: (candidates, columns).

    The first BY_ITSELF columns describe the passage itself, which separates questions that the knowledge base
    does not cover. Near misses score as high as answers, but then so do other articles: the other columns
    compare it with the mean of the candidates, and give its article's share of all scores.
    """
    import numpy as np

    features = candidates.features
    meaning, tokens = (
        np.maximum(features[:, 0], features[:, 1]),
        np.maximum(features[:, FIRST_TOKEN_FEATURE], features[:, FIRST_TOKEN_FEATURE + 1]),
    )
    columns = [
        *features[:, [0, 1, 5, 6, 7, FIRST_TOKEN_FEATURE, FIRST_TOKEN_FEATURE + 1]].T,
        meaning,
        tokens,
        candidates.own_language,
        _compute_distance_from_mean(meaning, UNIT["text"]),
        _compute_distance_from_mean(tokens, UNIT["tokens"]),
        _compute_article_shares(candidates, ranked),
        np.full(len(features), 1 / len(features)),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def combine_log_odds(scaled: Vectors, calibration: Vectors) -> Vectors:
    """Log-odds that the knowledge base covers the question and this passage answers it.

    *scaled*: standardized features, (candidates, columns); *calibration*: (2, 1 + columns), bias first.
    """
    import numpy as np

    odds = scaled @ calibration[:, 1:].T + calibration[:, 0]
    # log(p / (1 - p)) of the product of two probabilities, without overflow.
    found: Vectors = -np.log(np.expm1(np.clip(np.logaddexp(0, -odds).sum(axis=1), 1e-6, 80)))
    return found


def _compute_distance_from_mean(values: Vectors, unit: float) -> Vectors:
    """Distance of each value from the mean in *unit*s, clipped to ±6."""
    import numpy as np

    found: Vectors = np.clip((values - values.mean()) / unit, -6, 6)
    return found


def _compute_article_shares(candidates: RetrievalCandidates, ranked: Vectors) -> Vectors:
    """Log of the article's share of the summed exponentiated scores."""
    import numpy as np

    each = np.exp(ranked - ranked.max())
    of_article = np.bincount(candidates.article, each)
    found: Vectors = np.log(of_article[candidates.article] / each.sum() + 1e-3)
    return found


def _compute_rank_correlations(features: Vectors) -> Vectors:
    """Pearson correlation of the first four of PAIRS over the candidates; 0 where a feature is constant."""
    import numpy as np

    spread = features.std(axis=0)
    even = (features - features.mean(axis=0)) / np.where(spread < 1e-6, np.inf, spread)
    one, other = np.array(PAIRS[:4]).T
    found: Vectors = np.einsum("ij,ij->j", even[:, one], even[:, other]) / len(features)
    return found
