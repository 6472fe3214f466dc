"""SQL for what other systems say of customers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from assistant.domain.customer_data import CustomerFact
from assistant.domain.errors import Conflict
from assistant.storage import action_tables as t
from assistant.storage.row_mapping import from_json, to_json
from assistant.storage.statements import build_delete, build_insert, build_select, build_upsert

KEY = ("identity_type", "identity", "key")


class SqlCustomerFacts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save_facts(self, facts: Sequence[CustomerFact]) -> int:
        """Keep what is newer than what is known; returns how many were."""
        return sum(self._save_newer(fact) is not None for fact in facts)

    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[CustomerFact]:
        c = t.customer_facts.c
        where = sa.tuple_(c.identity_type, c.identity).in_(list(identities))
        query = sa.select(t.customer_facts).where(where).order_by(c.key, c.as_of)
        return [_parse_fact(row) for row in self._connection.execute(query).mappings()]

    def delete_older(self, key: str, until: datetime) -> int:
        """Forget a fact of everybody that was heard of before then, and what imports keep of it to undo."""
        c, i = t.customer_facts.c, t.fact_import_changes.c
        old = sa.select(t.fact_imports.c.id).where(t.fact_imports.c.created_at < until)
        self._connection.execute(sa.delete(t.fact_import_changes).where(i.key == key, i.import_id.in_(old)))
        where = sa.and_(c.key == key, c.received_at < until)
        return self._connection.execute(sa.delete(t.customer_facts).where(where)).rowcount

    def start_import(self, source: str, rows: int, now: datetime) -> str:
        """An import of so many facts, none of them kept yet; returns its id."""
        import_id = uuid4().hex[:12]
        row = {"id": import_id, "source": source, "rows": rows, "created_at": now}
        self._connection.execute(build_insert(t.fact_imports), row)
        return import_id

    def import_facts(self, import_id: str, facts: Sequence[CustomerFact]) -> None:
        """Keep a batch of an import, and what it replaces; Conflict once the import was taken back."""
        c = t.fact_imports.c
        query = sa.select(c.id).where(c.id == import_id, c.undone_at.is_(None)).with_for_update()
        if self._connection.execute(query).first() is None:
            raise Conflict(f"Import {import_id} was taken back meanwhile.")
        for fact in facts:
            key = {name: getattr(fact, name) for name in KEY}
            before = self._find(fact)
            if self._save_newer(fact) is not None:
                old = to_json(CustomerFact, before) if before else None
                change = {**key, "import_id": import_id, "before": old}
                self._connection.execute(build_insert(t.fact_import_changes), change)

    def undo_import(self, import_id: str, now: datetime) -> int | None:
        """Put back what an import replaced, unless it has changed since; None: there is no such import."""
        c = t.fact_imports.c
        where = sa.and_(c.id == import_id, c.undone_at.is_(None))
        found = self._connection.execute(sa.select(c.source, c.created_at).where(where)).first()
        if found is None:
            return None
        self._connection.execute(sa.update(t.fact_imports).where(where).values(undone_at=now))
        rows = self._connection.execute(
            build_select(t.fact_import_changes, "import_id"), {"import_id": import_id}
        ).mappings()
        return sum(self._restore(row, found.source, found.created_at) for row in rows.all())

    def _restore(self, row: sa.RowMapping, source: str, imported_at: datetime) -> bool:
        key = {name: row[name] for name in KEY}
        query = build_select(t.customer_facts, *KEY)
        now = self._connection.execute(query, key).mappings().first()
        if now is None or now["source"] != source or now["received_at"] != imported_at:
            return False
        if row["before"] is None:
            self._connection.execute(build_delete(t.customer_facts, *KEY), key)
        else:
            before = from_json(CustomerFact, row["before"])
            self._connection.execute(build_upsert(self._connection, t.customer_facts), _build_row(before))
        return True

    def _save_newer(self, fact: CustomerFact) -> CustomerFact | None:
        known = self._find(fact)
        if known is not None and known.as_of > fact.as_of:
            return None
        self._connection.execute(build_upsert(self._connection, t.customer_facts), _build_row(fact))
        return fact

    def _find(self, fact: CustomerFact) -> CustomerFact | None:
        query = build_select(t.customer_facts, *KEY)
        row = self._connection.execute(query, {name: getattr(fact, name) for name in KEY}).mappings().first()
        return None if row is None else _parse_fact(row)


def _build_row(fact: CustomerFact) -> dict[str, object]:
    return {column.name: getattr(fact, column.name) for column in t.customer_facts.c}


def _parse_fact(row: sa.RowMapping) -> CustomerFact:
    return CustomerFact(**dict(row))
