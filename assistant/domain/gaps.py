"""Gaps of the help: questions that it does not answer, gathered, and what is done about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assistant.domain.errors import Conflict


class GapKind(StrEnum):
    #: Nothing in the help answers it.
    MISSING = "missing"
    #: It was answered, and the customer said that this is not it.
    WRONG = "wrong"


class GapState(StrEnum):
    OPEN = "open"
    #: A draft is wanted; the worker makes it.
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    #: A lead has approved a text; the worker proves it against a shadow index.
    PROVING = "proving"
    PROVED = "proved"
    #: To be put into the help by the worker.
    PUBLISHING = "publishing"
    MEASURING = "measuring"
    WORKED = "worked"
    NO_EFFECT = "no_effect"
    WORSE = "worse"
    DISMISSED = "dismissed"


#: What the worker does next for gaps in these states.
WORKERS_STATES = (GapState.DRAFTING, GapState.PROVING, GapState.PUBLISHING)
#: Action of a lead -> states in which it is possible, and the next one.
ACTIONS: Mapping[str, tuple[frozenset[GapState], GapState]] = {
    "draft": (
        frozenset({GapState.OPEN, GapState.DRAFTED, GapState.PROVED, GapState.NO_EFFECT, GapState.WORSE}),
        GapState.DRAFTING,
    ),
    "approve": (
        frozenset({GapState.OPEN, GapState.DRAFTED, GapState.PROVED, GapState.NO_EFFECT, GapState.WORSE}),
        GapState.PROVING,
    ),
    "publish": (frozenset({GapState.PROVED}), GapState.PUBLISHING),
    "dismiss": (frozenset(GapState) - frozenset(WORKERS_STATES), GapState.DISMISSED),
    "reopen": (frozenset({GapState.DISMISSED}), GapState.OPEN),
}
#: A gap should be closed within this, if its owner names no other day.
DUE_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    id: str
    kind: GapKind
    state: GapState
    language: str
    created_at: datetime
    updated_at: datetime
    owner: str | None = None
    due_at: datetime | None = None
    #: Why it was dismissed.
    reason: str | None = None
    #: The article as a lead wrote or approved it.
    title: str | None = None
    text: str | None = None
    #: What the shadow index answered with it; None: not proved.
    proof: Mapping[str, Any] | None = None
    #: Id of the published article.
    article: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEvidence:
    """A question that the help did not answer."""

    gap: str
    conversation: str
    turn: int
    #: declined, rejected or disliked.
    why: str
    asked_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence of an agent that a draft is made of."""

    conversation: str
    message: str
    #: Masked.
    text: str
    #: It holds what is true of one customer: a number, a date, an amount.
    personal: bool


def find_next_state(gap: Gap, action: str) -> GapState:
    """The state after a lead's *action*; Conflict when it is not possible now."""
    allowed, following = ACTIONS[action]
    if gap.state not in allowed:
        raise Conflict(f"A gap that is {gap.state} cannot be changed that way; reload it.")
    return following
