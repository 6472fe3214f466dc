"""Improvements: what is made better for the customers of several cases, who are told when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assistant.domain.errors import Conflict


class ImprovementState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    DROPPED = "dropped"


class NoticeState(StrEnum):
    """What became of the notice to one customer."""

    PENDING = "pending"
    TOLD = "told"
    #: Why not: the app's window is closed, they cannot be reached, the address is not proven to be theirs,
    #: there is no text in their language, they want nothing of the kind.
    WINDOW = "window"
    UNREACHABLE = "unreachable"
    UNPROVEN = "unproven"
    LANGUAGE = "language"
    CONSENT = "consent"


OPEN_STATES = frozenset({ImprovementState.PLANNED, ImprovementState.STARTED})
#: Step of a lead -> states in which it is possible, and the next one.
IMPROVEMENT_STEPS: Mapping[str, tuple[frozenset[ImprovementState], ImprovementState]] = {
    "start": (frozenset({ImprovementState.PLANNED}), ImprovementState.STARTED),
    "finish": (OPEN_STATES, ImprovementState.DONE),
    "drop": (OPEN_STATES, ImprovementState.DROPPED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    state: ImprovementState = ImprovementState.PLANNED
    #: The theme whose conversations its effect is measured by.
    theme: str | None = None
    owner: str | None = None
    #: What is done, and by when.
    action: str | None = None
    due_at: datetime | None = None
    #: Language -> what the customers are told.
    texts: Mapping[str, str] = field(default_factory=dict)
    done_at: datetime | None = None

    def require_open(self) -> None:
        """Conflict once it is done or dropped."""
        if self.state not in OPEN_STATES:
            raise Conflict(f"This improvement is {self.state}; make another one.")


def find_next_improvement_state(improvement: Improvement, step: str) -> ImprovementState:
    """The state after a lead's *step*; Conflict when it is not possible now."""
    allowed, following = IMPROVEMENT_STEPS[step]
    if improvement.state not in allowed:
        raise Conflict(f"An improvement that is {improvement.state} cannot be changed that way; reload it.")
    return following
