"""Conversations given by a team and claimed by hand at once: who has two owners, who has too many."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from assistant.conversation import desk
from assistant.conversation.desk import Desk
from assistant.conversation.handoff.assignment import AutomaticAssignment
from assistant.conversation.timing import Timing
from assistant.domain.errors import AlreadyClaimed
from assistant.domain.jobs import JobKind
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.teams import Assignment, Team
from assistant.notifications.notifier import LocalNotifier
from assistant.signals.facts import WordFactPicker
from assistant.storage import tables as t
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from evals.bench.desk_data import AGENTS
from evals.bench.figures import Figure

RULES = Desk(timing=Timing(), pick_facts=WordFactPicker(), policy=Policy())
#: Shares of the conversations for which the team has room, and that somebody tries to claim by hand.
ROOM_SHARE = 0.8
BY_HAND_SHARE = 0.3
AT_ONCE = 16


async def measure_overlaps(database: SqlDatabase[SqlStore], count: int) -> list[Figure]:
    """Everything is put back afterwards, but for the audit log."""
    began = datetime.now(UTC)
    waiting = await database.write(lambda store: _queue_conversations(store, count, began))
    await asyncio.gather(_assign_all(database, began), _claim_by_hand(database, waiting))
    figures = await database.read(lambda store: _count_overlaps(store, waiting, began, count))
    await database.write(lambda store: _close_again(store, waiting, began))
    return figures


def _compute_capacity(count: int) -> int:
    return round(count * ROOM_SHARE / AGENTS)


def _queue_conversations(store: SqlStore, count: int, now: datetime) -> Sequence[str]:
    c = t.conversations.c
    closed = sa.select(c.id).where(c.state == "closed").order_by(c.id.desc()).limit(count)
    waiting = store._connection.execute(closed).scalars().all()
    values = {"state": "queued", "agent": None, "waiting_since": now, "closed_at": None}
    store._connection.execute(sa.update(t.conversations).where(c.id.in_(waiting)).values(**values))
    members = tuple(f"agent{number}" for number in range(AGENTS))
    store.teams.save(Team(id="t", name="t", assignment=Assignment.LEAST_LOADED, members=members), now)
    open_ones = sa.update(t.conversations).where(c.state == "agent", c.id.not_in(waiting))
    store._connection.execute(open_ones.values(snoozed_until=now))  # they do not count as load
    for member in members:
        store.agents.save_work(member, _compute_capacity(count))
        store.agents.mark_present(member, now + timedelta(hours=1))
    for conversation in waiting:
        store.jobs.schedule(JobKind.ASSIGN, conversation, now, now)
    return waiting


async def _assign_all(database: SqlDatabase[SqlStore], began: datetime) -> None:
    handler = AutomaticAssignment(
        database=database, desk=RULES, wire=LocalNotifier(), clock=lambda: datetime.now(UTC)
    )
    kinds = [JobKind.ASSIGN]
    while due := await database.write(
        lambda store: store.jobs.claim_due(began + timedelta(seconds=1), timedelta(minutes=5), AT_ONCE, kinds)
    ):
        await asyncio.gather(*(handler.assign_next(item) for item in due))


async def _claim_by_hand(database: SqlDatabase[SqlStore], waiting: Sequence[str]) -> None:
    person = Agent(id="agent0", email="-", name="Agent 0")
    wanted = random.Random(7).sample(list(waiting), round(len(waiting) * BY_HAND_SHARE))

    async def claim(conversation: str) -> None:
        try:
            await database.write(
                lambda store: desk.claim_conversation(store, conversation, person, RULES, datetime.now(UTC))
            )
        except AlreadyClaimed:
            return

    for start in range(0, len(wanted), AT_ONCE):
        await asyncio.gather(*map(claim, wanted[start : start + AT_ONCE]))


def _count_overlaps(store: SqlStore, waiting: Sequence[str], began: datetime, count: int) -> list[Figure]:
    a, c = t.audit.c, t.conversations.c
    changes = sa.select(a.conversation).where(a.action == "owner", a.created_at >= began)
    claims = Counter(store._connection.execute(changes).scalars())
    owned = sa.select(c.agent).where(c.id.in_(waiting), c.agent.is_not(None), c.agent != "agent0")
    loads = Counter(store._connection.execute(owned).scalars())
    limit = _compute_capacity(count)
    over = sum(max(0, load - limit) for load in loads.values())
    taken = f"of {sum(claims.values()):,}"
    return [
        Figure(
            measure="conversations claimed twice",
            value=sum(times > 1 for times in claims.values()),
            unit=taken,
            floor=0,
            beside="by a team and by hand at once",
        ),
        Figure(
            measure="conversations given to an agent without room",
            value=over,
            unit=taken,
            floor=0,
            beside="20 agents with equal room",
        ),
    ]


def _close_again(store: SqlStore, waiting: Sequence[str], began: datetime) -> None:
    c, m = t.conversations.c, t.messages.c
    added = sa.select(m.position, m.conversation, m.id).where(m.author == "system", m.created_at >= began)
    for row in store._connection.execute(added).all():
        e = t.search_entries.c
        entry = sa.and_(e.conversation == row.conversation, e.message == row.id)
        store._connection.execute(sa.delete(t.search_entries).where(entry))
        store._connection.execute(sa.delete(t.messages).where(m.position == row.position))
    values = {"state": "closed", "agent": "agent0", "waiting_since": None, "closed_at": c.updated_at}
    store._connection.execute(sa.update(t.conversations).where(c.id.in_(waiting)).values(**values))
    store._connection.execute(sa.update(t.conversations).values(snoozed_until=None))
    store.teams.remove("t")
    for table in (t.due, t.journal):
        store._connection.execute(sa.delete(table))
