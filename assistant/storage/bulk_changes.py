"""SQL of what was done to many conversations at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.bulk_actions import BulkChange
from assistant.storage.desk_tables import bulk_changes
from assistant.storage.statements import build_insert

C = bulk_changes.c
COLUMNS = (C.batch, C.conversation, C.agent, C.action, C.epoch, C.before)


class SqlBulkChanges:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, change: BulkChange, now: datetime) -> None:
        row: dict[str, Any] = {column.name: getattr(change, column.name) for column in COLUMNS}
        row |= {"before": dict(change.before), "created_at": now}
        self._connection.execute(build_insert(bulk_changes), row)

    def list_batch(self, batch: str, agent: str, since: datetime) -> Sequence[BulkChange]:
        """What the agent did in that batch since then, and has not undone."""
        query = sa.select(*COLUMNS).where(C.batch == batch, C.agent == agent, C.created_at >= since)
        rows = self._connection.execute(query.order_by(C.conversation)).mappings()
        return [BulkChange(**row) for row in rows]

    def remove(self, batch: str, conversation: str) -> bool:
        """Whether it was still there."""
        where = sa.and_(C.batch == batch, C.conversation == conversation)
        return self._connection.execute(sa.delete(bulk_changes).where(where)).rowcount == 1

    def delete_before(self, moment: datetime) -> None:
        """What cannot be undone any more."""
        self._connection.execute(sa.delete(bulk_changes).where(C.created_at < moment))
