"""Keeps the clocks of conversations that people have: computed anew when one changes or a moment is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.domain.audit import WATCHDOG
from assistant.domain.conversation import PEOPLE_STATES, Conversation
from assistant.domain.jobs import Job, JobKind
from assistant.domain.policy import Policy
from assistant.domain.sla import (
    Episode,
    Metric,
    SlaClock,
    compute_clocks,
    find_next_event,
    find_rule,
    show_clocks,
)
from assistant.domain.teams import find_team
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTimer:
    """The handler of SLA jobs."""

    database: Database[Store]
    policy: Policy
    wire: Notifier
    clock: Clock

    async def update_clocks(self, item: Job) -> None:
        now = self.clock()
        if await self.database.write(lambda store: update_clocks(store, item, self.policy, now)):
            self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """What keeps failing is looked at when something is said again."""
        await self.database.write(
            lambda store: store.jobs.complete_job(JobKind.SLA, item.conversation, item.lease)
        )


def update_clocks(store: Store, item: Job, policy: Policy, now: datetime) -> bool:
    """Whether agents see something else now; plans the next look."""
    conversation = store.conversations.get(item.conversation)
    if not store.jobs.complete_job(JobKind.SLA, conversation.id, item.lease):
        return False
    begun_at = store.sla.find_begin(conversation.id)
    if begun_at is None and conversation.state not in PEOPLE_STATES:
        return False
    begun_at = begun_at or conversation.waiting_since or item.since
    stored = {(one.metric, one.begun_at): one for one in store.sla.list_clocks(conversation.id, begun_at)}
    clocks = _compute_clocks(store, conversation, policy, begun_at)
    told = [_record_events(store, conversation, clock, stored, now) for clock in clocks]
    store.sla.save_clocks(conversation.id, told)
    store.sla.end_others(conversation.id, told, now)
    if (moment := find_next_event(told, now)) is not None:
        store.jobs.schedule(JobKind.SLA, conversation.id, moment, now)
    shown: Conversation = replace(conversation, **show_clocks(conversation, told))  # type: ignore[arg-type]
    if shown != conversation:
        store.conversations.save(shown)
    is_news = shown != conversation or any(clock not in stored.values() for clock in told)
    if is_news:
        store.journal.append_entry(conversation.id, None, now)
    return is_news


def _compute_clocks(
    store: Store, conversation: Conversation, policy: Policy, begun_at: datetime
) -> Sequence[SlaClock]:
    policy = policy.for_channel(conversation.channel)
    rule = find_rule(policy.sla, conversation, find_team(store.teams.list_all(), conversation))
    if rule is None:
        return ()
    is_with_people = conversation.state in PEOPLE_STATES
    ended_at = None if is_with_people else conversation.closed_at or conversation.updated_at
    turns = store.messages.list_speakers(conversation.id, begun_at)
    episode = Episode(begun_at=begun_at, turns=turns, ended_at=ended_at)
    return compute_clocks(rule, policy.hours, episode)


def _record_events(
    store: Store,
    conversation: Conversation,
    clock: SlaClock,
    stored: dict[tuple[Metric, datetime], SlaClock],
    now: datetime,
) -> SlaClock:
    """The clock with what is told about it, each once: that its end is near, that it is over."""
    known = stored.get((clock.metric, clock.begun_at))
    warned_at, breached_at = (known.warned_at, known.breached_at) if known else (None, None)
    details = {"conversation": conversation.id, "metric": str(clock.metric), "rule": clock.rule}
    if breached_at is None and clock.is_breached(now):
        breached_at = clock.due_at
        store.audit.append_entry(WATCHDOG, "sla_breached", now, **details)
    elif breached_at is None and warned_at is None and clock.is_near(now):
        warned_at = now
        store.audit.append_entry(WATCHDOG, "sla_warning", now, **details)
    return replace(clock, warned_at=warned_at, breached_at=breached_at)
