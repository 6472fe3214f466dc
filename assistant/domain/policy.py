"""The escalation policy as data, and the opening hours; the deciding itself is in `decide.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from assistant.domain.budgets import Budgets, Prices

#: How far ahead an opening is looked for; a team closed for longer has no next opening that we could promise.
HORIZON_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """When people answer, in the zone's local time; weekdays 0 (Monday) to 6."""

    zone: str = "Asia/Tokyo"
    #: weekday -> ("10:00", "18:00"); a missing weekday is closed. Empty: always open.
    days: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    #: Dates (YYYY-MM-DD) on which nobody answers.
    holidays: frozenset[str] = frozenset()

    def is_open(self, now: datetime) -> bool:
        if not self.days:
            return now.astimezone(ZoneInfo(self.zone)).date().isoformat() not in self.holidays
        span = self._span(now.astimezone(ZoneInfo(self.zone)))
        return span is not None and span[0] <= now < span[1]

    def next_opening(self, now: datetime) -> datetime | None:
        """When people answer next, *now* itself when they do; None: not within the next two months."""
        if self.is_open(now):
            return now
        local = now.astimezone(ZoneInfo(self.zone))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for ahead in range(HORIZON_DAYS):
            span = self._span(midnight + timedelta(days=ahead))
            if span is not None and span[0] >= now:
                return span[0]
        return None

    def _span(self, local: datetime) -> tuple[datetime, datetime] | None:
        """Opening and closing on the day of *local*; a closing at or before the opening is past midnight."""
        if local.date().isoformat() in self.holidays:
            return None
        if not self.days:
            opening, closing = time(0), time(0)
        elif local.weekday() in self.days:
            opening, closing = map(time.fromisoformat, self.days[local.weekday()])
        else:
            return None
        start = datetime.combine(local.date(), opening, tzinfo=local.tzinfo)
        end = datetime.combine(local.date(), closing, tzinfo=local.tzinfo)
        return start, end if end > start else end + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the support lead decides about when a person comes in."""

    #: At or above: a person is offered / takes over.
    offer_frustration: float = 0.5
    handoff_frustration: float = 0.8
    #: Anger that needs no offer first.
    outburst_frustration: float = 0.99
    #: Below this an open offer for frustration is forgotten (hysteresis).
    calm_frustration: float = 0.3
    guide_unfamiliarity: float = 0.6
    offer_no_progress: float = 0.6
    #: Several weak signs together offer a person from here on; a sign weaker than `weak_sign` adds nothing.
    offer_together: float = 0.7
    weak_sign: float = 0.35
    #: A model, where there is one, is asked about turns whose frustration is this near to an offer; 0: never.
    vote_within: float = 0.2
    #: Guided turns in a row after which a person is offered too.
    max_guided_turns: int = 2
    #: Turns in a row without an answer after which a person takes over.
    max_failed_turns: int = 3
    #: Passage score below which the knowledge base is taken not to answer.
    answer_score: float = 0.5
    #: The same where a frustrated customer is offered a person: a wrong answer would anger them more.
    frustrated_answer_score: float = 0.75
    #: Between this and `answer_score` a keyword or two gets one question back instead of an abstention.
    clarify_score: float = 0.25
    #: An offer comes again when the signal behind it has risen by this much, or after so many turns.
    offer_again_rise: float = 0.15
    offer_again_turns: int = 3
    #: Sensitive topics and topics that only people handle.
    people_only: frozenset[str] = frozenset({"harm", "legal", "fraud"})
    #: Reason or topic -> low, normal, high or urgent; the highest that applies counts.
    priorities: Mapping[str, str] = field(
        default_factory=lambda: {"harm": "urgent", "fraud": "urgent", "legal": "high", "frustrated": "high"}
    )
    #: So many may wait for a person; whoever asks beyond them is told so.
    queue_limit: int = 500
    #: What may be spent on models, and what they cost, where the operator says so.
    budgets: Budgets = field(default_factory=Budgets)
    prices: Prices = field(default_factory=Prices)
    hours: BusinessHours = field(default_factory=BusinessHours)
    #: Channel -> its own policy, where it differs.
    channels: Mapping[str, Policy] = field(default_factory=dict)

    def for_channel(self, channel: str) -> Policy:
        return self.channels.get(channel, self)
