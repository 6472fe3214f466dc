"""Fusion of the ranking features: what the committed weights must always do."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.knowledge.retrieval import ranking
from assistant.knowledge.retrieval.features import FIRST_TOKEN_FEATURE, RANKING_FEATURES, RetrievalCandidates
from assistant.knowledge.retrieval.late_interaction import compute_late_interaction
from assistant.knowledge.retrieval.ranking import FusionWeights


def candidates(rows: int = 8, *, seed: int = 0) -> RetrievalCandidates:
    dice = np.random.default_rng(seed)
    features = np.zeros((rows, len(RANKING_FEATURES)), np.float32)
    features[:, :2] = dice.uniform(0.8, 0.85, (rows, 2))
    features[:, 2:5] = dice.uniform(0, 4, (rows, 3))
    features[:, 5:8] = dice.uniform(0, 0.3, (rows, 3))
    features[:, FIRST_TOKEN_FEATURE:] = dice.uniform(0.3, 0.4, (rows, 3))
    ones = np.ones(rows, np.float32)
    return RetrievalCandidates(
        features=features,
        own_language=ones,
        title_share=ones,
        asked=5,
        unknown=0,
        japanese=True,
        article=np.arange(rows),
    )


def better(given: RetrievalCandidates, row: int, *, by: float) -> RetrievalCandidates:
    """The same candidates, but every arm finds *row* the best by *by* units."""
    features = given.features.copy()
    units = np.array([ranking.UNIT[name] for name in RANKING_FEATURES])
    features[row] = features.max(axis=0) + by * units
    return replace(given, features=features)


@pytest.mark.parametrize("seed", range(5))
def test_what_every_arm_prefers_comes_first(seed: int) -> None:
    given = better(candidates(seed=seed), 3, by=0.5)
    assert ranking.score_candidates(given, ranking.load_fusion_weights()).argmax() == 3


@pytest.mark.parametrize("arm", range(len(RANKING_FEATURES)))
def test_no_arm_counts_against_a_candidate(arm: int) -> None:
    """Whatever the question, more agreement of one arm never makes what every arm prefers worse."""
    learned = ranking.load_fusion_weights()
    told = np.random.default_rng(arm).normal(size=(50, len(learned.gate)))
    assert (np.logaddexp(0, told @ learned.gate) >= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_never_rise_down_the_list(seed: int) -> None:
    given = candidates(seed=seed)
    ranked = ranking.score_candidates(given, ranking.load_fusion_weights())
    falling = ranking.compute_probabilities(given, ranked, ranking.load_fusion_weights())[np.argsort(-ranked)]
    assert (np.diff(falling) <= 1e-9).all()
    assert ((falling >= 0) & (falling <= 1)).all()


@pytest.mark.parametrize("rows", [1, 2])
def test_one_candidate_is_ranked_like_any_other(rows: int) -> None:
    given = candidates(rows)
    ranked = ranking.score_candidates(given, ranking.load_fusion_weights())
    assert np.isfinite(ranked).all()
    assert np.isfinite(ranking.compute_probabilities(given, ranked, ranking.load_fusion_weights())).all()


def test_an_answer_scores_above_the_threshold_and_small_talk_below() -> None:
    answer = better(candidates(), 2, by=3.0)
    answer.features[2, [0, 1, 5, 6, 7]] = [0.93, 0.93, 0.95, 0.9, 0.9]
    answer.features[2, FIRST_TOKEN_FEATURE:] = 0.8
    nothing = candidates()
    nothing.features[:, :2] -= 0.04
    nothing.features[:, 2:8] = 0
    scores = [
        ranking.compute_probabilities(
            each, ranking.score_candidates(each, ranking.load_fusion_weights()), ranking.load_fusion_weights()
        ).max()
        for each in (answer, nothing)
    ]
    assert scores[0] > 0.5 > scores[1]


def test_an_answer_is_surer_where_no_other_article_comes_as_near() -> None:
    alone = better(candidates(), 2, by=3.0)
    beside = better(better(candidates(), 2, by=3.0), 5, by=0.0)
    assert _best(alone) > _best(beside)


def test_passages_of_one_article_are_no_rivals() -> None:
    two = better(better(candidates(), 2, by=3.0), 5, by=0.0)
    article = np.arange(8)
    article[5] = article[2]
    assert _best(replace(two, article=article)) > _best(two)


def _best(given: RetrievalCandidates) -> float:
    ranked = ranking.score_candidates(given, ranking.load_fusion_weights())
    return float(ranking.compute_probabilities(given, ranked, ranking.load_fusion_weights()).max())


def test_both_is_the_log_odds_of_a_product() -> None:
    told, calibration = np.array([[0.3, -2.0]]), np.array([[0.5, 1.0, 0.2], [-0.4, 0.1, 0.7]])
    one, other = 1 / (1 + np.exp(-(0.5 + 0.3 - 0.4))), 1 / (1 + np.exp(-(-0.4 + 0.03 - 1.4)))
    found = ranking.combine_log_odds(told.astype(np.float32), calibration.astype(np.float32))[0]
    assert 1 / (1 + np.exp(-found)) == pytest.approx(one * other, abs=1e-6)


def test_the_committed_weights_fit_the_features() -> None:
    learned, given = ranking.load_fusion_weights(), candidates()
    assert isinstance(learned, FusionWeights)
    assert learned.gate.shape == (
        len(ranking.compute_gate_features(given)),
        len(RANKING_FEATURES) * ranking.VIEWS,
    )
    columns = ranking.compute_calibration_features(given, ranking.score_candidates(given, learned)).shape[1]
    assert learned.calibration.shape == (2, 1 + columns)


def test_tokens_are_compared_one_by_one() -> None:
    question = np.array([[7, 0], [0, 7]], np.int8)
    # (7, 0), (0, 7) and (7, 7): two numbers to a byte, the lower half first, 8 above their value.
    all_, half, none = [[0x8F], [0xF8], [0xFF]], [[0x8F]], np.zeros((0, 1))
    passages = [np.array(tokens, np.uint8) for tokens in (all_, none, half)]
    met, asked_of = compute_late_interaction(question, passages)
    assert met == pytest.approx([1, 0, 0.5])
    assert asked_of == pytest.approx([(1 + 1 + 0.5**0.5) / 3, 0, 1])
    assert compute_late_interaction(question[:0], passages)[0] == pytest.approx([0, 0, 0])
    assert len(compute_late_interaction(question, [])[0]) == 0
