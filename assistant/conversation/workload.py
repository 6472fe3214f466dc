"""How much each agent had to do and was interrupted: so that work is shared fairly, never to rank people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from assistant.conversation.report import ReportRange
from assistant.conversation.report_figures import MIN_OF_AGENT
from assistant.domain.reply_verdicts import ReplyVerdict
from assistant.domain.report_rows import AgentWorkload, OwnerChange
from assistant.domain.teams import PresenceInterval
from assistant.ports.storage.store import Store

#: Conversations that began so long before the range may still be going on in it.
LOOK_BACK = timedelta(days=7)
MAX_NOTES = 5
MAX_VERDICTS = 1_000

#: (begin, end) of a conversation in an agent's hands; it began in the range or before.
Span = tuple[datetime, datetime]


def load_workloads(store: Store, wanted: ReportRange, now: datetime) -> list[AgentWorkload]:
    """By name, of everybody who was at the desk or had a conversation in the range."""
    end = min(wanted.end, now)
    spans = build_spans(store.report.list_owner_changes(wanted.start - LOOK_BACK, end), end)
    presence = _sum_presence(store.agents.list_presence(wanted.start), wanted.start, end)
    notes = _group_notes(store.reply_verdicts.list_wanting_since(wanted.start, limit=MAX_VERDICTS), end)
    names = {agent.id: agent.name for agent in store.agents.list_all()}
    found = [
        _build_workload(agent, names[agent], spans.get(agent, []), wanted.start, presence, notes)
        for agent in {*spans, *presence} & names.keys()
    ]
    return sorted(
        (one for one in found if one.taken or one.desk_seconds), key=lambda one: (one.name, one.agent)
    )


def build_spans(changes: Sequence[OwnerChange], end: datetime) -> dict[str, list[Span]]:
    """Agent -> when each conversation was in their hands; *changes* in order of time."""
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    open_: dict[str, tuple[str, datetime]] = {}
    for change in changes:
        held = open_.pop(change.conversation, None)
        if held is not None and held[0] == change.agent:
            open_[change.conversation] = held
            continue
        if held is not None:
            spans[held[0]].append((held[1], change.created_at))
        if change.agent is not None:
            open_[change.conversation] = (change.agent, change.created_at)
    for agent, begin in open_.values():
        spans[agent].append((begin, end))
    return {agent: sorted(theirs) for agent, theirs in spans.items()}


def _build_workload(
    agent: str,
    name: str,
    spans: Sequence[Span],
    start: datetime,
    presence: Mapping[str, float],
    notes: Mapping[str, list[ReplyVerdict]],
) -> AgentWorkload:
    """A conversation that comes while another is open interrupts."""
    taken = [begin for begin, _ in spans if begin >= start]
    at_once = [sum(one[0] < begin < one[1] for one in spans) for begin in taken]
    return AgentWorkload(
        agent=agent,
        name=name,
        taken=len(taken),
        interruptions=sum(others > 0 for others in at_once),
        most_at_once=max((others + 1 for others in at_once), default=0),
        desk_seconds=round(presence.get(agent, 0.0)),
        notes=tuple(notes.get(agent, ())[:MAX_NOTES]),
        too_few=len(taken) < MIN_OF_AGENT,
    )


def _sum_presence(intervals: Sequence[PresenceInterval], start: datetime, end: datetime) -> dict[str, float]:
    """Agent -> seconds at the desk, online or away."""
    found: defaultdict[str, float] = defaultdict(float)
    for one in intervals:
        seconds = (min(one.ended_at or end, end) - max(one.begun_at, start)).total_seconds()
        found[one.agent] += max(0.0, seconds)
    return dict(found)


def _group_notes(verdicts: Sequence[ReplyVerdict], end: datetime) -> dict[str, list[ReplyVerdict]]:
    """Agent -> what they noted of replies that were wanting, the latest first."""
    found: defaultdict[str, list[ReplyVerdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.note and verdict.at < end:
            found[verdict.agent].append(verdict)
    return dict(found)
