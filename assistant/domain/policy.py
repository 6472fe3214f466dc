"""The escalation policy: thresholds as data; the deciding itself is in `decide.py`."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """When people answer, in the zone's local time; weekdays 0 (Monday) to 6."""

    zone: str = "Asia/Tokyo"
    #: weekday -> ("10:00", "18:00"); a missing weekday is closed. Empty: always open.
    days: dict[int, tuple[str, str]] = field(default_factory=dict)
    #: Dates (YYYY-MM-DD) on which nobody answers.
    holidays: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the support lead decides about when a person comes in."""

    #: At or above: a person is offered / takes over.
    offer_frustration: float = 0.5
    handoff_frustration: float = 0.8
    #: Below this an open offer for frustration is forgotten (hysteresis).
    calm_frustration: float = 0.3
    guide_unfamiliarity: float = 0.6
    offer_no_progress: float = 0.6
    #: Turns in a row without an answer after which a person takes over.
    max_failed_turns: int = 3
    #: Passage score below which the knowledge base is taken not to answer.
    answer_score: float = 0.5
    #: Sensitive topics that only people handle.
    people_only: frozenset[str] = frozenset({"harm", "legal", "fraud"})
    hours: BusinessHours = field(default_factory=BusinessHours)
