"""The statements that every turn runs, each built once: building costs five times what running does.

Values are bound by column name; in an update, the columns of the WHERE clause are bound as ``at_`` and the
name.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


@cache
def build_select(table: sa.Table, *keys: str, hold: bool = False) -> sa.Select[Any]:
    """Select the rows whose *keys* equal the bound values; *hold* locks them."""
    query = sa.select(table).where(*(table.c[key] == sa.bindparam(key) for key in keys))
    return query.with_for_update() if hold else query


@cache
def build_insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


@cache
def build_update(table: sa.Table, *keys: str) -> sa.Update:
    return sa.update(table).where(*(table.c[key] == sa.bindparam(f"at_{key}") for key in keys))


@cache
def build_delete(table: sa.Table, *keys: str) -> sa.Delete:
    return sa.delete(table).where(*(table.c[key] == sa.bindparam(key) for key in keys))


def build_insert_if_absent(connection: sa.Connection, table: sa.Table) -> Any:
    """Insert a row unless its key exists; the result's rowcount tells."""
    return _build_insert_if_absent(connection.dialect.name, table)


def build_upsert(connection: sa.Connection, table: sa.Table, *changed: str) -> Any:
    """Insert a row; if its key exists, update *changed*, or all columns."""
    return _build_upsert(connection.dialect.name, table, changed)


def build_increment(connection: sa.Connection, table: sa.Table, *added: str) -> Any:
    """Insert a row; if its key exists, add its *added* columns: concurrent processes both count."""
    insert = _build_dialect_insert(connection.dialect.name, table)
    key = [column.name for column in table.primary_key]
    sums = {name: table.c[name] + insert.excluded[name] for name in added}
    return insert.on_conflict_do_update(index_elements=key, set_=sums)


@cache
def _build_insert_if_absent(dialect: str, table: sa.Table) -> Any:
    # SQLAlchemy keeps the rowcount of an insert only on request; without it PostgreSQL's is always -1.
    return (
        _build_dialect_insert(dialect, table)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )


@cache
def _build_upsert(dialect: str, table: sa.Table, changed: tuple[str, ...]) -> Any:
    insert = _build_dialect_insert(dialect, table)
    key = [column.name for column in table.primary_key]
    names = changed or tuple(column.name for column in table.c if column.name not in key)
    new = {name: insert.excluded[name] for name in names}
    return insert.on_conflict_do_update(index_elements=key, set_=new)


def _build_dialect_insert(dialect: str, table: sa.Table) -> Any:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
