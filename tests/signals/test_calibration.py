"""From logits to probabilities."""

import math
from collections.abc import Mapping

import pytest

from assistant.signals import calibration
from assistant.signals.calibration import MAX_LOGIT
from assistant.signals.signal_reader import FEELING_LABELS

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "wish": {"bias": 1.0, "person": 2.0, "words": -0.5},
    "worry": {"bias": -1.0},
}


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "load_weights", lambda: WEIGHTS)


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(
    ("signal", "features", "logit"),
    [
        ("wish", {"bias": 1.0}, 1.0),
        ("wish", {"bias": 1.0, "person": 1.5, "words": 4.0}, 2.0),
        ("wish", {"bias": 1.0, "person": -1.5, "unknown": 50.0}, -2.0),
        ("worry", {"bias": 1.0, "person": 9.0}, -1.0),
        ("wish", {}, 0.0),
    ],
)
def test_a_probability_is_the_logistic_of_the_weighted_features(
    signal: str, features: dict[str, float], logit: float
) -> None:
    expected = 1 / (1 + math.exp(-logit))
    assert calibration.compute_probability(signal, features) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("probability", "log_odds"),
    [(0.5, 0.0), (0.8, math.log(4)), (0.2, -math.log(4)), (0.0, -MAX_LOGIT), (1.0, MAX_LOGIT)],
)
def test_log_odds_undo_the_logistic_within_a_bound(probability: float, log_odds: float) -> None:
    assert calibration.compute_log_odds(probability) == pytest.approx(log_odds)
    if 0 < probability < 1:
        assert calibration.apply_logistic(log_odds) == pytest.approx(probability)


@pytest.mark.parametrize("logit", [-1e9, 1e9])
def test_no_logit_is_too_large(logit: float) -> None:
    assert calibration.apply_logistic(logit) == pytest.approx(float(logit > 0), abs=1e-9)
    assert calibration.clip_logit(logit) == math.copysign(MAX_LOGIT, logit)


def test_features_are_the_logits_that_are_asked_for_within_the_bound() -> None:
    labels = {"person": 20.0, "person_hint": -20.0, "thanks": 3.0, "worried": 0.5}
    found = calibration.build_label_features(labels, "person", "person_hint", "worried")
    assert found == {"bias": 1.0, "person": MAX_LOGIT, "person_hint": -MAX_LOGIT, "worried": 0.5}


def test_the_committed_weights_follow_their_labels() -> None:
    for signal, label in {**FEELING_LABELS, "wish": "person", "frustration": "frustrated"}.items():
        low, high = (
            calibration.compute_probability(signal, {"bias": 1.0, label: logit})
            for logit in (-MAX_LOGIT, MAX_LOGIT)
        )
        assert low < 0.1, signal
        assert high > 0.9, signal
