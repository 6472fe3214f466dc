"""Gates of a rehearsal with simulated customers, and its stored runs."""

from __future__ import annotations

from collections.abc import Mapping

#: Measures of which there must be enough; of the others there must not be too many.
WANTED_MEASURES = frozenset({"told", "person"})
#: Measure -> share of the customers it applies to. `leak` is no choice: none is let through.
REHEARSAL_LIMITS: Mapping[str, float] = {
    "told": 0.6,
    "person": 0.95,
    "false_handoff": 0.1,
    "false_answer": 0.2,
    "promise": 0.02,
    "same_reply": 0.2,
}
LEAK = "leak"


def is_within_limit(measure: str, rate: float, limit: float) -> bool:
    return rate >= limit if measure in WANTED_MEASURES else rate <= limit
