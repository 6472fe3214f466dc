"""SQL for settings that leads change in the console."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.people import Agent
from assistant.domain.setting_changes import SettingChange
from assistant.storage.lead_tables import setting_changes as changes


class SqlSettings:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load_version(self) -> int:
        """Another number after every change."""
        return int(self._connection.execute(sa.select(sa.func.max(changes.c.id))).scalar() or 0)

    def load_current(self) -> Mapping[str, SettingChange]:
        """The last change of every setting that has one, resets included."""
        newest = sa.select(sa.func.max(changes.c.id)).group_by(changes.c.key)
        query = sa.select(changes).where(changes.c.id.in_(newest))
        return {row["key"]: _parse_change(row) for row in self._connection.execute(query).mappings()}

    def list_changes(self, key: str, *, limit: int) -> Sequence[SettingChange]:
        """The changes of one setting, newest first."""
        query = sa.select(changes).where(changes.c.key == key).order_by(changes.c.id.desc()).limit(limit)
        return [_parse_change(row) for row in self._connection.execute(query).mappings()]

    def add_change(self, key: str, value: Any, agent: Agent, now: datetime) -> int:
        """Store a value, or None to reset; returns the number of the change."""
        row = {"key": key, "value": value, "agent": agent.id, "agent_name": agent.name, "created_at": now}
        found = self._connection.execute(sa.insert(changes).returning(changes.c.id), row)
        return int(found.scalar_one())


def _parse_change(row: sa.RowMapping) -> SettingChange:
    return SettingChange(**{name: row[name] for name in ("id", "key", "value", "agent_name", "created_at")})
