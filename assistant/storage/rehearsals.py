"""SQL for rehearsals that leads ask for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.rehearsals import OPEN_STATES, RehearsalState, StoredRehearsal
from assistant.storage.lead_tables import rehearsals

#: Older ones are removed.
MAX_KEPT = 20
_COLUMNS = [column.name for column in rehearsals.columns]


class SqlRehearsals:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, rehearsal: StoredRehearsal) -> None:
        """Store one, and forget all but the newest."""
        row = {name: getattr(rehearsal, name) for name in _COLUMNS}
        self._connection.execute(rehearsals.insert(), row)
        newest = sa.select(rehearsals.c.id).order_by(rehearsals.c.created_at.desc()).offset(MAX_KEPT)
        old = self._connection.execute(newest).scalars().all()
        self._connection.execute(rehearsals.delete().where(rehearsals.c.id.in_(old)))

    def find_last(self) -> StoredRehearsal | None:
        query = sa.select(rehearsals).order_by(rehearsals.c.created_at.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return _parse_rehearsal(row) if row else None

    def claim_next(self, now: datetime, silent_since: datetime) -> StoredRehearsal | None:
        """The oldest that is wanted, or whose runner was not heard of since then; it is ours now."""
        is_lost = sa.and_(
            rehearsals.c.state == RehearsalState.RUNNING, rehearsals.c.touched_at < silent_since
        )
        query = (
            sa.select(rehearsals)
            .where(sa.or_(rehearsals.c.state == RehearsalState.WANTED, is_lost))
            .order_by(rehearsals.c.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        self._update(row["id"], {"state": RehearsalState.RUNNING, "touched_at": now})
        return _parse_rehearsal({**row, "state": RehearsalState.RUNNING, "touched_at": now})

    def save_progress(self, rehearsal: str, done: int, total: int, now: datetime) -> None:
        self._update(rehearsal, {"done": done, "total": total, "touched_at": now})

    def finish(
        self, rehearsal: str, now: datetime, result: Mapping[str, Any] | None, problem: str | None
    ) -> None:
        """Done with *result*, or failed with *problem*."""
        state = RehearsalState.FAILED if result is None else RehearsalState.DONE
        self._update(rehearsal, {"state": state, "result": result, "problem": problem, "finished_at": now})

    def _update(self, rehearsal: str, values: Mapping[str, Any]) -> None:
        still_open = rehearsals.c.state.in_(sorted(OPEN_STATES))
        mine = rehearsals.update().where(rehearsals.c.id == rehearsal, still_open)
        self._connection.execute(mine.values(dict(values)))


def _parse_rehearsal(row: Mapping[str, Any] | sa.RowMapping) -> StoredRehearsal:
    values = {name: row[name] for name in _COLUMNS}
    return StoredRehearsal(**{**values, "state": RehearsalState(row["state"])})
