"""Probabilities from the turn encoder's logits and the signs that rules find: logistic, one for each signal.

Fitted by `python -m evals calibrate_turns` on writers that the encoder did not learn from.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

#: Logits beyond this say no more.
MAX_LOGIT = 8.0

Features = dict[str, float]


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Signal -> feature -> weight, as committed."""
    source = files("assistant.signals").joinpath("weights", "turns.json").read_text("utf-8")
    found: dict[str, dict[str, float]] = json.loads(source)
    return found


def probability(signal: str, features: Mapping[str, float]) -> float:
    """0–1; features that have no weight do not count."""
    known = weights()[signal]
    return logistic(sum(known.get(name, 0.0) * value for name, value in features.items()))


def logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def log_odds(probability: float) -> float:
    """Within MAX_LOGIT."""
    held = min(max(probability, 1e-6), 1 - 1e-6)
    return clip(math.log(held / (1 - held)))


def clip(logit: float) -> float:
    return max(-MAX_LOGIT, min(MAX_LOGIT, logit))


def label_features(labels: Mapping[str, float], *names: str) -> Features:
    """The logits of these labels, and the bias."""
    return {"bias": 1.0} | {name: clip(labels[name]) for name in names}
