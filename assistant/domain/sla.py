"""Service level agreements: by when a customer who waits for people is answered and done with. Pure.

The clock runs while the customer waits for us, in opening hours unless the rule counts every hour. While we
wait for the customer it rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from assistant.domain.conversation import PEOPLE_STATES, Conversation
from assistant.domain.hours import BusinessHours
from assistant.domain.messages import Author
from assistant.domain.teams import Team

#: Part of a target after which the deadline is near.
WARNING_SHARE = 0.75
#: Next replies that are looked at again; those before them are settled.
MAX_RECENT_WAITS = 20
ALWAYS_OPEN = BusinessHours(zone="UTC")

#: A wait of the customer for us; without an end it goes on.
Wait = tuple[datetime, datetime | None]
SlaState = Literal["at_risk", "breached"]


class Metric(StrEnum):
    #: From the handoff to the first message of a person.
    FIRST_REPLY = "first_reply"
    #: From the customer's next message to the reply.
    NEXT_REPLY = "next_reply"
    #: All waits together, until the conversation is closed or returned to the assistant.
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """Targets in minutes for some conversations; None: no target."""

    name: str
    #: Only conversations of this priority, team (id or name), channel; None: any.
    priority: str | None = None
    team: str | None = None
    channel: str | None = None
    first_reply: int | None = None
    next_reply: int | None = None
    resolution: int | None = None
    #: Counts every hour, not only opening hours.
    around_the_clock: bool = False

    def applies_to(self, conversation: Conversation, team: Team | None) -> bool:
        teams = (None, team.id, team.name) if team else (None,)
        return (
            self.priority in (None, conversation.priority)
            and self.channel in (None, conversation.channel)
            and self.team in teams
        )

    def get_target(self, metric: Metric) -> timedelta | None:
        minutes: int | None = getattr(self, metric)
        return None if minutes is None else timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """One target of one conversation."""

    metric: Metric
    begun_at: datetime
    #: Name of the rule, and its target; None: only that it runs is known.
    rule: str
    minutes: int | None
    #: When the target is near, and when it is over; None: the clock rests, or ended in time.
    warn_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    #: It ended although nobody had answered.
    is_dropped: bool = False
    #: When agents were warned, and told that it is over.
    warned_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.due_at is not None

    def is_near(self, now: datetime) -> bool:
        return self.is_running and self.warn_at is not None and self.warn_at <= now

    def is_breached(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= (self.ended_at or now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What people have had of a conversation since it came to them."""

    begun_at: datetime
    #: Who spoke when, in order; customers and people alone count.
    turns: Sequence[tuple[Author, datetime]]
    #: Since when people do not have it any more.
    ended_at: datetime | None = None

    @property
    def is_replied(self) -> bool:
        return any(author is Author.AGENT for author, _ in self.turns)


def find_rule(rules: Sequence[SlaRule], conversation: Conversation, team: Team | None) -> SlaRule | None:
    """The first that applies."""
    return next((rule for rule in rules if rule.applies_to(conversation, team)), None)


def list_waits(episode: Episode) -> list[Wait]:
    """When the customer waited for us: from the handoff or their message until a person wrote."""
    waits: list[Wait] = []
    since: datetime | None = episode.begun_at
    for author, moment in episode.turns:
        if author is Author.AGENT and since is not None:
            waits.append((since, moment))
            since = None
        elif author is Author.CUSTOMER and since is None:
            since = moment
    if since is not None:
        waits.append((since, episode.ended_at))
    return waits


def find_deadline(waits: Sequence[Wait], target: timedelta, hours: BusinessHours) -> datetime | None:
    """When the waits together reach *target*; None: they ended before, or rest."""
    left = target
    for start, end in waits:
        due = hours.add_open_time(start, left)
        if due is not None and (end is None or due <= end):
            return due
        left -= hours.measure_open_time(start, end) if end is not None else timedelta()
    return None


def compute_clocks(rule: SlaRule, hours: BusinessHours, episode: Episode) -> list[SlaClock]:
    """The clocks of an episode; that of the resolution is always there and tells that it goes on."""
    counted = ALWAYS_OPEN if rule.around_the_clock else hours
    waits = list_waits(episode)
    parts: list[tuple[Metric, Sequence[Wait]]] = [(Metric.FIRST_REPLY, waits[:1])]
    parts += [(Metric.NEXT_REPLY, [wait]) for wait in waits[1:][-MAX_RECENT_WAITS:]]
    parts.append((Metric.RESOLUTION, waits))
    return [
        _build_clock(metric, rule, counted, episode, part)
        for metric, part in parts
        if metric is Metric.RESOLUTION or rule.get_target(metric) is not None
    ]


def _build_clock(
    metric: Metric, rule: SlaRule, hours: BusinessHours, episode: Episode, waits: Sequence[Wait]
) -> SlaClock:
    target = rule.get_target(metric)
    whole = metric is Metric.RESOLUTION
    return SlaClock(
        metric=metric,
        begun_at=episode.begun_at if whole else waits[0][0],
        rule=rule.name,
        minutes=getattr(rule, metric),
        warn_at=find_deadline(waits, target * WARNING_SHARE, hours) if target else None,
        due_at=find_deadline(waits, target, hours) if target else None,
        ended_at=episode.ended_at if whole else waits[0][1],
        is_dropped=metric is Metric.FIRST_REPLY and episode.ended_at is not None and not episode.is_replied,
    )


def show_clocks(conversation: Conversation, clocks: Sequence[SlaClock]) -> Mapping[str, object]:
    """The conversation's fields for lists: the next deadline, or that the resolution's clock rests."""
    running = sorted((clock for clock in clocks if clock.is_running), key=_get_due)
    if running:
        warnings = [clock.warn_at for clock in running if clock.warn_at is not None]
        due = running[0]
        return {"sla_metric": str(due.metric), "sla_warn_at": min(warnings), "sla_due_at": due.due_at}
    open_target = any(clock.ended_at is None and clock.minutes is not None for clock in clocks)
    rests = open_target and conversation.state in PEOPLE_STATES
    return {
        "sla_metric": str(Metric.RESOLUTION) if rests else None,
        "sla_warn_at": None,
        "sla_due_at": None,
    }


def find_next_event(clocks: Sequence[SlaClock], now: datetime) -> datetime | None:
    """When the next clock is near its end or reaches it."""
    moments = [moment for clock in clocks if clock.is_running for moment in (clock.warn_at, clock.due_at)]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def get_sla_state(conversation: Conversation, now: datetime) -> SlaState | None:
    """Whether the next deadline is near or over; None: neither."""
    if conversation.sla_due_at is not None and conversation.sla_due_at <= now:
        return "breached"
    near = conversation.sla_warn_at is not None and conversation.sla_warn_at <= now
    return "at_risk" if near else None


def _get_due(clock: SlaClock) -> datetime:
    assert clock.due_at is not None
    return clock.due_at
