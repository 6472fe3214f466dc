"""Messages that nobody asked for just now: the rules, and the one decision to send, hold or drop."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from assistant.domain.consents import ConsentState, Purpose, is_allowed
from assistant.domain.hours import JAPAN, parse_minutes

#: An app may be down for so long before a message is withheld; nothing is decided so shortly before quiet
#: hours.
DELIVERY_MARGIN = timedelta(minutes=10)
#: How soon it is looked again at what holds a message back and has no end of its own.
LOOK_AGAIN = timedelta(minutes=30)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class ProactiveState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    #: Not told on purpose: what those do who were told is compared with what these do.
    HELD_OUT = "held_out"


class ProactiveAction(StrEnum):
    SEND = "send"
    HOLD = "hold"
    DROP = "drop"
    HOLD_OUT = "hold_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactiveRule:
    """Which event is told to its customer, when and in which words."""

    name: str
    #: Types of events, such as order.shipped.
    events: frozenset[str]
    purpose: Purpose
    #: Situation in the catalogue of sentences; empty: `texts`.
    template: str = ""
    #: Language, or channel.language -> own words.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: After the event, or after the promised day where `from_promise`.
    delay: timedelta = timedelta()
    from_promise: bool = False
    #: How long after that it is still worth telling.
    window: timedelta = DAY
    #: States of the order in which it is true; empty: any.
    statuses: frozenset[str] = frozenset()
    #: Only customers in one of these segments; empty: everybody.
    segments: frozenset[str] = frozenset()
    #: Share of the people who are not told.
    holdout: float = 0.0
    #: A survey that is asked with it; empty: none.
    survey: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactivePolicy:
    """Rules and the limits of all of them."""

    rules: tuple[ProactiveRule, ...] = ()
    #: Nobody is written to in between, by the clock of the channel's business zone.
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    #: Purpose -> messages to one person in 24 hours, in 7 days.
    per_day: Mapping[str, int] = field(default_factory=lambda: {Purpose.ORDERS: 5, Purpose.TIPS: 1})
    per_week: Mapping[str, int] = field(default_factory=lambda: {Purpose.ORDERS: 15, Purpose.TIPS: 3})
    #: Messages to all people in an hour.
    per_hour: int = 2_000
    #: Channel -> pushes that the app's plan includes in a month; a channel that is not here has no limit.
    quotas: Mapping[str, int] = field(default_factory=lambda: {"line": 200})
    #: The share of them that is kept for replies of support.
    quota_reserve: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactiveCase:
    """All that is known at the moment of deciding."""

    now: datetime
    #: Zone of the business on the customer's channel.
    zone: str = JAPAN
    expires_at: datetime
    is_on: bool = True
    consent: ConsentState = ConsentState.UNKNOWN
    #: Why nothing can go there: unreachable, unproven, window; None: it can.
    obstacle: str | None = None
    #: State of the order now; None: it is not known, or there is none.
    status: str | None = None
    segments: frozenset[str] = frozenset()
    #: The customer waits for a person or talks with one; somebody owes them a word.
    is_waiting: bool = False
    has_open_case: bool = False
    #: They were told of it by another of their identities.
    was_told: bool = False
    has_words: bool = True
    #: When the person was sent messages of the same purpose, and how many everybody was in this hour.
    sent_at: Sequence[datetime] = ()
    sent_this_hour: int = 0
    #: Pushes that are left of the month without the reserve; None: there is no limit.
    quota_left: int | None = None
    #: 0–1, the same for a person and rule.
    draw: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactiveDecision:
    action: ProactiveAction
    #: Why not now; empty: it is sent.
    reason: str = ""
    #: When to look again at what is held.
    until: datetime | None = None


SEND = ProactiveDecision(action=ProactiveAction.SEND)


def decide_notice(case: ProactiveCase, rule: ProactiveRule, limits: ProactivePolicy) -> ProactiveDecision:
    """Send it now, hold it until a moment, or drop it; what is held past its window is dropped."""
    if reason := _find_drop_reason(case, rule):
        return ProactiveDecision(action=ProactiveAction.DROP, reason=reason)
    if case.draw < rule.holdout:
        return ProactiveDecision(action=ProactiveAction.HOLD_OUT, reason="holdout")
    held = _find_hold(case, rule, limits)
    if held is None:
        return SEND
    reason, until = held
    if until >= case.expires_at:
        return ProactiveDecision(action=ProactiveAction.DROP, reason=reason)
    return ProactiveDecision(action=ProactiveAction.HOLD, reason=reason, until=until)


def _find_drop_reason(case: ProactiveCase, rule: ProactiveRule) -> str | None:
    """What makes it wrong now and later."""
    if not case.is_on:
        return "off"
    if case.was_told:
        return "told"
    if case.now >= case.expires_at:
        return "expired"
    if rule.statuses and case.status not in rule.statuses:
        return "overtaken"
    if rule.segments and not rule.segments & case.segments:
        return "segment"
    if not is_allowed(case.consent, rule.purpose):
        return "withdrawn" if case.consent is ConsentState.WITHDRAWN else "no_consent"
    if case.obstacle:
        return case.obstacle
    if not case.has_words:
        return "language"
    if case.quota_left is not None and case.quota_left <= 0:
        return "quota"
    return None


def _find_hold(
    case: ProactiveCase, rule: ProactiveRule, limits: ProactivePolicy
) -> tuple[str, datetime] | None:
    """(reason, until when) of what makes it wrong now; None: nothing."""
    if case.is_waiting:
        return "waiting_for_person", case.now + LOOK_AGAIN
    if case.has_open_case:
        return "open_case", case.now + LOOK_AGAIN
    if quiet := find_quiet_end(case.now, case.zone, limits):
        return "quiet_hours", quiet
    for reason, span, most in (
        ("cap_day", DAY, limits.per_day.get(rule.purpose)),
        ("cap_week", WEEK, limits.per_week.get(rule.purpose)),
    ):
        recent = sorted(at for at in case.sent_at if at > case.now - span)
        if most is not None and len(recent) >= most:
            return reason, (recent[-most] if most else case.now) + span
    if case.sent_this_hour >= limits.per_hour:
        return "cap_hour", case.now + DELIVERY_MARGIN
    return None


def find_quiet_end(now: datetime, zone: str, limits: ProactivePolicy) -> datetime | None:
    """When quiet hours end, in which *now* is, or so shortly before that a delay would reach them."""
    start, end = parse_minutes(limits.quiet_from), parse_minutes(limits.quiet_until)
    if start == end:
        return None
    local = (now + DELIVERY_MARGIN).astimezone(ZoneInfo(zone))
    earlier = now.astimezone(ZoneInfo(zone))
    if not (_is_within(local, start, end) or _is_within(earlier, start, end)):
        return None
    begin = earlier if _is_within(earlier, start, end) else local
    days = int(start > end and begin.hour * 60 + begin.minute >= start)
    wall = (begin + timedelta(days=days)).replace(hour=end // 60, minute=end % 60, second=0, microsecond=0)
    return wall.astimezone(UTC)


def _is_within(local: datetime, start: int, end: int) -> bool:
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def draw_share(rule: str, person: str) -> float:
    """0–1, the same for a person and rule however often it is asked, and unlike that of other rules."""
    digest = hashlib.sha256(f"{rule} {person}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactiveNotice:
    """What a rule wants to tell somebody, and what became of it."""

    id: str
    rule: str
    subject: str
    person: str
    customer: str | None
    identity_type: str
    identity: str
    purpose: str
    order_id: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    state: ProactiveState = ProactiveState.WAITING
    reason: str | None = None
    next_at: datetime
    expires_at: datetime
    channel: str | None = None
    account: str | None = None
    conversation: str | None = None
    created_at: datetime
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEffect:
    """Who wrote to us in the days after, among those who were told and those who were not on purpose."""

    told: int = 0
    told_wrote: int = 0
    held_out: int = 0
    held_out_wrote: int = 0
