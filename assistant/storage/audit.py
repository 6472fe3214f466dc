"""The audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.audit import AuditEntry
from assistant.domain.conversation import Conversation
from assistant.storage import tables as t
from assistant.storage.statements import build_insert


class SqlAudit:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append_entry(self, actor: str, action: str, now: datetime, **details: Any) -> None:
        row = {"actor": actor, "action": action, "created_at": now, "details": details}
        self._connection.execute(build_insert(t.audit), row)

    def append_owner_change(self, conversation: Conversation, actor: str, now: datetime) -> None:
        """Record the new owner of *conversation*.

        The previous owner is in the entry of the previous epoch.
        """
        details = {"state": conversation.state, "agent": conversation.agent, "reason": conversation.reason}
        row = {"actor": actor, "action": "owner", "created_at": now, "details": details}
        row |= {"conversation": conversation.id, "epoch": conversation.epoch}
        self._connection.execute(build_insert(t.audit), row)

    def list_entries(self, *, conversation: str | None = None) -> Sequence[AuditEntry]:
        """All entries in order, or those of one conversation."""
        query = sa.select(t.audit).order_by(t.audit.c.id)
        if conversation is not None:
            query = query.where(t.audit.c.conversation == conversation)
        return [_parse_entry(row) for row in self._connection.execute(query)]

    def count_entries(self, actor: str, action: str, since: datetime) -> int:
        """How often *actor* did it since then."""
        c = t.audit.c
        where = sa.and_(c.created_at > since, c.actor == actor, c.action == action)
        query = sa.select(sa.func.count()).select_from(t.audit).where(where)
        return int(self._connection.execute(query).scalar_one())


def _parse_entry(row: sa.Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        created_at=row.created_at,
        actor=row.actor,
        action=row.action,
        conversation=row.conversation,
        epoch=row.epoch,
        details=row.details,
    )
