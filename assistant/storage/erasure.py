"""Forgets people: everything of theirs goes, and the audit log keeps that it went."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.storage import tables as t
from assistant.storage.schema import metadata

#: Tables that hold nothing a customer said or is (`events` are ids of calls that platforms made).
NOT_ABOUT_CUSTOMERS = frozenset(
    {"agents", "articles", "audit", "chunks", "collections", "contradictions", "credentials", "dismissals"}
    | {"events", "knowledge", "proofs", "replacements", "sources", "troubles", "vectors"}
)
#: Columns that name a conversation (or a customer) without referring to it.
LOOSE = (t.journal.c.conversation, t.dead_letters.c.conversation, t.spending.c.key)


class SqlErasure:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, named: str) -> Sequence[str]:
        """Customers by id, e-mail address, or CHANNEL:ID of an identity."""
        c, i = t.customers.c, t.identities.c
        channel, _, identity = named.partition(":")
        theirs = sa.select(i.customer).where(i.channel == channel, i.id == identity)
        where = sa.or_(c.id == named, c.email == named, c.id.in_(theirs))
        return self._connection.execute(sa.select(c.id).where(where).order_by(c.id)).scalars().all()

    def closed_before(self, moment: datetime) -> Sequence[str]:
        """Conversations that ended before then."""
        c = t.conversations.c
        return self._connection.execute(sa.select(c.id).where(c.closed_at < moment)).scalars().all()

    def without_conversations(self, moment: datetime) -> Sequence[str]:
        """Customers known since before then of whom no conversation is left."""
        c = t.customers.c
        has = sa.exists().where(t.conversations.c.customer == c.id)
        return self._connection.execute(sa.select(c.id).where(c.created_at < moment, ~has)).scalars().all()

    def customers(self, customers: Sequence[str]) -> int:
        """Remove these people with all they said; how many rows went."""
        c = t.conversations.c
        theirs = self._connection.execute(sa.select(c.id).where(c.customer.in_(customers))).scalars().all()
        gone = self.conversations(theirs) + self._loose(customers)
        return gone + self._remove(t.customers, t.customers.c.id.in_(customers))

    def conversations(self, conversations: Sequence[str]) -> int:
        """Remove these conversations with everything that hangs on them."""
        return self._loose(conversations) + self._remove(
            t.conversations, t.conversations.c.id.in_(conversations)
        )

    def journal_before(self, moment: datetime) -> int:
        """Drop what no stream resumes from any more."""
        where = t.journal.c.created_at < moment
        return self._connection.execute(sa.delete(t.journal).where(where)).rowcount

    def _loose(self, ids: Sequence[str]) -> int:
        return sum(self._remove(column.table, column.in_(ids)) for column in LOOSE)

    def _remove(self, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
        """Remove rows, after those of other tables that refer to them."""
        gone = 0
        for other in metadata.sorted_tables:
            for key in other.foreign_keys:
                if key.column.table is table:
                    gone += self._remove(other, key.parent.in_(sa.select(key.column).where(where)))
        return gone + self._connection.execute(sa.delete(table).where(where)).rowcount
