"""SQL for the deadlines of conversations that people have."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.conversation import PEOPLE_STATES
from assistant.domain.jobs import JobKind
from assistant.domain.sla import Metric, SlaClock
from assistant.storage import tables as t
from assistant.storage.jobs import MOVED
from assistant.storage.statements import build_upsert

C = t.sla_clocks.c


class SqlSla:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_begin(self, conversation: str) -> datetime | None:
        """Since when people have had it, by the clock of its resolution; None: no clock runs."""
        query = sa.select(sa.func.max(C.begun_at)).where(
            C.conversation == conversation, C.metric == Metric.RESOLUTION, C.ended_at.is_(None)
        )
        found: datetime | None = self._connection.execute(query).scalar()
        return found

    def list_clocks(self, conversation: str, since: datetime) -> Sequence[SlaClock]:
        """The clocks that began since then, in order."""
        query = sa.select(t.sla_clocks).where(C.conversation == conversation, C.begun_at >= since)
        return [
            SlaClock(
                **{name: row[name] for name in row if name != "conversation"}
                | {"metric": Metric(row["metric"])}
            )
            for row in self._connection.execute(query.order_by(C.begun_at, C.metric)).mappings()
        ]

    def save_clocks(self, conversation: str, clocks: Sequence[SlaClock]) -> None:
        """Add these clocks, or change those that are there."""
        rows = [{"conversation": conversation, **asdict(clock)} for clock in clocks]
        if rows:
            self._connection.execute(build_upsert(self._connection, t.sla_clocks), rows)

    def end_others(self, conversation: str, clocks: Sequence[SlaClock], now: datetime) -> None:
        """Clocks that no rule asks for any more end without a result."""
        kept = [sa.and_(C.metric == clock.metric, C.begun_at == clock.begun_at) for clock in clocks]
        where = sa.and_(
            C.conversation == conversation, C.ended_at.is_(None), sa.not_(sa.or_(sa.false(), *kept))
        )
        self._connection.execute(sa.update(t.sla_clocks).where(where).values(ended_at=now, is_dropped=True))

    def schedule_updates(self, due_at: datetime) -> None:
        """Look again at every conversation that people have: the rules or the hours have changed."""
        c = t.conversations.c
        due, since = (sa.literal(due_at, t.due.c[name].type) for name in ("due_at", "since"))
        people = sa.select(c.id, sa.literal(JobKind.SLA.value), due, since, sa.literal(0))
        people = people.where(c.state.in_(PEOPLE_STATES))
        names = ["conversation", "kind", "due_at", "since", "tries"]
        upsert = build_upsert(self._connection, t.due, *MOVED).from_select(names, people)
        self._connection.execute(upsert)
