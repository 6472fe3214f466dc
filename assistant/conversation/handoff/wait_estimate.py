"""What a customer is told about waiting: from the queue, the desk and the opening hours as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import quantiles

from assistant.conversation.templates import format_moment, render_template
from assistant.domain.conversation import Conversation
from assistant.domain.handoff import tells_distress
from assistant.domain.policy import BusinessHours, Policy
from assistant.ports.storage.store import Store

#: The desk's pace is that of the claims of the last hour; fewer than this say nothing about the next one.
PACE_WINDOW = timedelta(hours=1)
MIN_CLAIMS = 5
MAX_CLAIMS = 20
#: Longer expectations are told as a place in the queue alone …
MAX_ESTIMATE_MINUTES = 60
#: … and beyond this minutes are rounded up to the next five.
MAX_EXACT_MINUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStatus:
    """What can be said about a wait at one moment, in the customer's language."""

    #: The place in the queue, or that nobody is there: worth saying again when it changes. In distress who
    #: listens meanwhile stands in the place of a place.
    standing: str
    #: That people are away, and when they are back; "" while they are there.
    absence: str = ""
    is_distressed: bool = False
    #: The expectation in minutes; "" where nothing is known. It moves all the time.
    expectation: str = ""
    is_open: bool
    #: Agents at the desk.
    present: int

    @property
    def text(self) -> str:
        return "\n".join(part for part in (self.standing, self.expectation) if part)


def load_waiting_status(
    store: Store, conversation: Conversation, policy: Policy, now: datetime
) -> WaitingStatus:
    """How it stands for *conversation*, which is queued already and has its packet."""
    language, hours = conversation.language, policy.hours
    present = store.agents.count_present(now - timedelta(seconds=policy.presence_seconds))
    absence = render_absence(hours, language, now)
    if is_in_distress(store, conversation):
        lines = [absence] if absence else []
        return WaitingStatus(
            standing="\n".join((*lines, render_support(policy, language))),
            absence=absence,
            is_distressed=True,
            is_open=not absence,
            present=present,
        )
    if absence:
        return WaitingStatus(standing=absence, absence=absence, is_open=False, present=present)
    ahead = store.conversations.count_waiting_before(conversation)
    standing = _render_place(ahead, present, language)
    minutes = _estimate_minutes(store, conversation, ahead, now) if present else None
    return WaitingStatus(
        standing=standing, expectation=_render_minutes(minutes, language), is_open=True, present=present
    )


def is_in_distress(store: Store, conversation: Conversation) -> bool:
    """Whether the packet of whoever waits tells of distress: in this episode's turns or written since."""
    packet = store.handoffs.load_last_packet(conversation.id)
    return packet is not None and tells_distress(packet)


def render_support(policy: Policy, language: str) -> str:
    """Who listens to somebody in distress who waits."""
    helplines = policy.helplines.get(language, "")
    return render_template("waiting_distress", language, helplines=helplines).strip()


def render_absence(hours: BusinessHours, language: str, now: datetime) -> str:
    """That people are away, and when they are back; "" while they are there."""
    if hours.is_open(now):
        return ""
    opening = hours.find_next_opening(now)
    if opening is None:
        return render_template("outside_hours_unknown", language)
    return render_template(
        "outside_hours", language, opening=format_moment(opening, now, language, zone=hours.zone)
    )


def _render_place(ahead: int, present: int, language: str) -> str:
    place = (
        render_template("waiting_next", language)
        if not ahead
        else render_template("waiting_one_ahead", language)
        if ahead == 1
        else render_template("waiting_queue", language, ahead=str(ahead))
    )
    return place if present else "\n".join((render_template("nobody_at_desk", language), place))


def _render_minutes(minutes: int | None, language: str) -> str:
    if minutes is None:
        return ""
    if minutes == 1:
        return render_template("waiting_minute", language)
    return render_template("waiting_minutes", language, minutes=str(minutes))


def _estimate_minutes(store: Store, conversation: Conversation, ahead: int, now: datetime) -> int | None:
    """Minutes until a person answers, at the present pace; None where it says nothing, or too much."""
    claims = store.handoffs.list_recent_claims(since=now - PACE_WINDOW, limit=MAX_CLAIMS)
    if len(claims) < MIN_CLAIMS:
        return None
    waited = (now - (conversation.waiting_since or now)).total_seconds()
    seconds = _compute_next_wait(claims, now) if ahead == 0 else compute_pace(claims, now) * (ahead + 1)
    if ahead == 0:
        seconds -= waited
    minutes = ceil(seconds / 60)
    if minutes > MAX_EXACT_MINUTES:
        minutes = ceil(minutes / 5) * 5
    return minutes if 0 < minutes <= MAX_ESTIMATE_MINUTES else None


def compute_pace(claims: Sequence[tuple[datetime, datetime]], now: datetime) -> float:
    """Seconds from one claim to the next; the time since the last one counts too, so a halt is seen."""
    first = min(claimed for _, claimed in claims)
    return (now - first).total_seconds() / len(claims)


def _compute_next_wait(claims: Sequence[tuple[datetime, datetime]], now: datetime) -> float:
    """Seconds that who is next waits: three in four waited no longer, and a halted desk takes longer."""
    waits = [(claimed - created).total_seconds() for created, claimed in claims]
    usual = quantiles(waits, n=4, method="inclusive")[-1]
    return max(1.0, min(usual, compute_pace(claims, now)))
