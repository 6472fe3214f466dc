"""Which rows are about a person: erasure and export walk the same tables."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.storage import proactive_tables as p
from assistant.storage import tables as t
from assistant.storage.schema import metadata

#: Columns that hold the id of a conversation or customer without a foreign key.
LOOSE = (t.journal.c.conversation, t.dead_letters.c.conversation, t.spending.c.key)
#: Rows by an identity, whoever has it; emptied with the customer.
BY_IDENTITY = (
    t.customer_facts,
    t.fact_import_changes,
    p.consents,
    p.proactive_notices,
    p.purchase_scores,
)
#: Opens something or guards it; no data about anybody.
SECRETS = frozenset({"token_hash", "code_hash", "secret", "previous_secret"})


def iterate_dependents(
    table: sa.Table, where: sa.ColumnElement[bool]
) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """(table, filter) of the rows of other tables that refer to these rows, then of these themselves."""
    for other in metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                yield from iterate_dependents(other, key.parent.in_(sa.select(key.column).where(where)))
    yield table, where


def build_identity_filter(table: sa.Table, customers: Sequence[str]) -> sa.ColumnElement[bool]:
    """Rows of *table* by these people's identities and their address."""
    i, c = t.identities.c, t.customers.c
    same = sa.or_(
        i.id == table.c.identity,
        sa.and_(i.channel == "email", sa.func.lower(i.id) == table.c.identity),
    )
    by_identity = sa.exists().where(i.customer.in_(customers), i.channel == table.c.identity_type, same)
    by_mail = sa.exists().where(
        c.id.in_(customers),
        table.c.identity_type == "email",
        sa.func.lower(c.email) == table.c.identity,
    )
    return sa.or_(by_identity, by_mail)


def iterate_personal_rows(customers: Sequence[str]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """(table, filter) of everything that is about these people; a row may be met twice."""
    k = t.conversations.c
    theirs = sa.select(k.id).where(k.customer.in_(customers))
    for column in LOOSE:
        yield column.table, sa.or_(column.in_(theirs), column.in_(customers))
    for table in BY_IDENTITY:
        yield from iterate_dependents(table, build_identity_filter(table, customers))
    yield from iterate_dependents(t.conversations, k.customer.in_(customers))
    yield from iterate_dependents(t.customers, t.customers.c.id.in_(customers))


def export_rows(
    connection: sa.Connection, customers: Sequence[str]
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Table -> rows about these people, in which moments are ISO 8601 and bytes base64."""
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for table, where in iterate_personal_rows(customers):
        keys = [column.name for column in table.primary_key]
        rows = found.setdefault(table.name, {})
        for row in connection.execute(sa.select(table).where(where)).mappings():
            shown = {name: _to_json(value) for name, value in row.items() if name not in SECRETS}
            rows[tuple(row[key] for key in keys)] = shown
    return {name: list(rows.values()) for name, rows in sorted(found.items())}


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
