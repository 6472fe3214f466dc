"""SQL for the ledger of consent, and for who read a customer's data."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.domain.consents import ConsentRecord, ConsentState
from assistant.domain.people import DataRead
from assistant.storage import proactive_tables as p
from assistant.storage.statements import build_insert

#: The same person looking again within this is one look.
SAME_READ = timedelta(minutes=10)


class SqlConsents:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: ConsentRecord) -> None:
        self._connection.execute(build_insert(p.consents), asdict(record))

    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[ConsentRecord]:
        """What was said by whoever has one of these identities, oldest first."""
        c = p.consents.c
        where = sa.tuple_(c.identity_type, c.identity).in_(list(identities))
        columns = [column for column in c if column.name != "id"]
        query = sa.select(*columns).where(where).order_by(c.at, c.id)
        return [
            ConsentRecord(**{**row, "state": ConsentState(row["state"])})
            for row in self._connection.execute(query).mappings()
        ]

    def is_new_read(self, customer: str, actor: str, what: str, now: datetime) -> bool:
        """Whether nobody of that name has looked just before."""
        c = p.data_reads.c
        theirs = sa.and_(c.customer == customer, c.actor == actor, c.what == what)
        recent = sa.select(c.id).where(theirs, c.at > now - SAME_READ).limit(1)
        return self._connection.execute(recent).first() is None

    def add_read(self, customer: str, actor: str, what: str, now: datetime) -> None:
        """Remember that somebody looked at a customer's data."""
        row = {"customer": customer, "actor": actor, "what": what, "at": now}
        self._connection.execute(build_insert(p.data_reads), row)

    def list_reads(self, customer: str, *, limit: int) -> Sequence[DataRead]:
        """Who looked at a customer's data, newest first."""
        c = p.data_reads.c
        query = sa.select(c.actor, c.what, c.at).where(c.customer == customer)
        rows = self._connection.execute(query.order_by(c.at.desc(), c.id.desc()).limit(limit)).mappings()
        return [DataRead(**row) for row in rows]
