"""Rehearsals with simulated customers: what they have to reach, and those that leads ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Of the format of results; those of another version of the program are not shown or compared.
RESULT_VERSION = 1
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


def is_within_limit(measure: str, rate: float, limit: float) -> bool:
    return rate >= limit if measure in WANTED_MEASURES else rate <= limit


class RehearsalState(StrEnum):
    WANTED = "wanted"
    RUNNING = "running"
    DONE = "done"
    #: It could not be run; `problem` says why.
    FAILED = "failed"


#: States in which it still goes on.
OPEN_STATES = frozenset({RehearsalState.WANTED, RehearsalState.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRehearsal:
    """One that a lead asked for before saving changed settings."""

    id: str
    agent: str
    agent_name: str
    #: Setting -> value, as they would be saved.
    changes: Mapping[str, Any]
    created_at: datetime
    state: RehearsalState = RehearsalState.WANTED
    #: Conversations that are over, and all; 0 of 0 before it begins.
    done: int = 0
    total: int = 0
    #: When whoever runs it was last heard of.
    touched_at: datetime | None = None
    finished_at: datetime | None = None
    #: What came of it, as JSON.
    result: Mapping[str, Any] | None = None
    problem: str | None = None

    @property
    def is_passed(self) -> bool | None:
        """Whether every gate was passed; None: it is not done."""
        return None if self.result is None else bool(self.result.get("passed"))
