"""SQL of notes on people, and of what became of drafts for agents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.desk_items import CustomerNote, DraftUse
from assistant.storage.desk_tables import customer_notes, draft_uses
from assistant.storage.statements import build_insert, build_insert_if_absent, build_select


class SqlCustomerNotes:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, note: CustomerNote) -> None:
        self._connection.execute(build_insert(customer_notes), asdict(note))

    def get(self, note: str) -> CustomerNote | None:
        row = self._connection.execute(build_select(customer_notes, "id"), {"id": note}).mappings().first()
        return None if row is None else CustomerNote(**row)

    def remove(self, note: str) -> None:
        self._connection.execute(sa.delete(customer_notes).where(customer_notes.c.id == note))

    def list_by_customers(self, customers: Sequence[str]) -> Sequence[CustomerNote]:
        """Newest first."""
        c = customer_notes.c
        query = sa.select(customer_notes).where(c.customer.in_(customers))
        rows = self._connection.execute(query.order_by(c.created_at.desc(), c.id)).mappings()
        return [CustomerNote(**row) for row in rows]


class SqlDraftUses:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, use: DraftUse, now: datetime) -> None:
        """Once for each step of a draft."""
        row = asdict(use) | {"created_at": now}
        self._connection.execute(build_insert_if_absent(self._connection, draft_uses), row)

    def count_steps(self, since: datetime) -> Mapping[tuple[str, str], int]:
        """(kind, step) -> drafts."""
        c = draft_uses.c
        query = sa.select(c.kind, c.step, sa.func.count()).where(c.created_at >= since)
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query.group_by(c.kind, c.step))}
