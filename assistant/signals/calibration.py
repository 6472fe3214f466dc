"""Logistic calibration of each signal over the turn encoder's logits and rule features.

Fitted by `python -m evals calibrate_turns` on writers that the encoder was not trained on.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

#: Logits are clipped to ± this.
MAX_LOGIT = 8.0

Features = dict[str, float]


@cache
def load_weights() -> Mapping[str, Mapping[str, float]]:
    """Signal -> feature -> weight, as committed."""
    source = files("assistant.signals").joinpath("calibration.json").read_text("utf-8")
    found: dict[str, dict[str, float]] = json.loads(source)
    return found


def compute_probability(signal: str, features: Mapping[str, float]) -> float:
    """0–1; features without a weight are ignored."""
    known = load_weights()[signal]
    return apply_logistic(sum(known.get(name, 0.0) * value for name, value in features.items()))


def apply_logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def compute_log_odds(probability: float) -> float:
    """Log-odds, clipped to ±MAX_LOGIT."""
    held = min(max(probability, 1e-6), 1 - 1e-6)
    return clip_logit(math.log(held / (1 - held)))


def clip_logit(logit: float) -> float:
    return max(-MAX_LOGIT, min(MAX_LOGIT, logit))


def build_label_features(labels: Mapping[str, float], *names: str) -> Features:
    """The logits of these labels, and the bias."""
    return {"bias": 1.0} | {name: clip_logit(labels[name]) for name in names}
