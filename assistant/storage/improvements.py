"""SQL for improvements and the notices to their customers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.errors import NotFound
from assistant.domain.improvements import Improvement, ImprovementState, NoticeState
from assistant.storage import case_tables as k
from assistant.storage.statements import build_insert_if_absent, build_select, build_upsert
from assistant.storage.trackers import SqlTrackedIssues


class SqlImprovements:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.issues = SqlTrackedIssues(connection)

    def get(self, improvement: str) -> Improvement:
        """The improvement, or NotFound. In a write transaction its row stays locked until the end."""
        query = build_select(k.improvements, "id", hold=self._writes)
        row = self._connection.execute(query, {"id": improvement}).mappings().first()
        if row is None:
            raise NotFound("There is no such improvement.")
        return _parse_improvement(row)

    def save(self, improvement: Improvement) -> None:
        self._connection.execute(build_upsert(self._connection, k.improvements), asdict(improvement))

    def list_latest(self, *, limit: int) -> Sequence[Improvement]:
        c = k.improvements.c
        query = sa.select(k.improvements).order_by(c.updated_at.desc(), c.id).limit(limit)
        return [_parse_improvement(row) for row in self._connection.execute(query).mappings()]

    def add_notice(self, improvement: str, customer: str, now: datetime) -> None:
        """Have a customer told; no effect if they are to be or were already."""
        row = {"improvement": improvement, "customer": customer, "updated_at": now}
        statement = build_insert_if_absent(self._connection, k.improvement_notices)
        self._connection.execute(statement, row | {"state": NoticeState.PENDING})

    def list_pending_notices(self, *, limit: int) -> Sequence[tuple[str, str]]:
        """(improvement, customer) of notices that wait, longest first."""
        c = k.improvement_notices.c
        query = sa.select(c.improvement, c.customer).where(c.state == NoticeState.PENDING)
        rows = self._connection.execute(query.order_by(c.updated_at, c.customer).limit(limit))
        return [(row.improvement, row.customer) for row in rows]

    def is_pending(self, improvement: str, customer: str) -> bool:
        """Whether the notice still waits; in a write transaction it stays locked until the end."""
        query = build_select(k.improvement_notices, "improvement", "customer", hold=self._writes)
        row = self._connection.execute(query, {"improvement": improvement, "customer": customer}).first()
        return row is not None and row.state == NoticeState.PENDING

    def save_notice(self, improvement: str, customer: str, state: NoticeState, now: datetime) -> None:
        c = k.improvement_notices.c
        one = sa.and_(c.improvement == improvement, c.customer == customer)
        statement = sa.update(k.improvement_notices).where(one).values(state=state, updated_at=now)
        self._connection.execute(statement)

    def count_notices(self, improvement: str) -> Mapping[str, int]:
        """State -> number of customers."""
        c = k.improvement_notices.c
        query = sa.select(c.state, sa.func.count()).where(c.improvement == improvement).group_by(c.state)
        return {state: count for state, count in self._connection.execute(query).all()}

    @property
    def _writes(self) -> bool:
        return bool(self._connection.get_execution_options().get("write", False))


def _parse_improvement(row: Any) -> Improvement:
    return Improvement(**{**row, "state": ImprovementState(row["state"])})
