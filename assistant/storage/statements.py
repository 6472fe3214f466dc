"""The statements that every turn runs, each built once: building one costs five times what running it does.

Their values are given as parameters by the names of the columns; in an update, those to find the row by are
``at_`` and the column's name.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


@cache
def build_select(table: sa.Table, *keys: str, hold: bool = False) -> sa.Select[Any]:
    """The rows whose *keys* are the values given; *hold* keeps others from changing them."""
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
    """Adds a row unless there is one with its key; the result's rowcount tells."""
    return _build_insert_if_absent(connection.dialect.name, table)


def build_upsert(connection: sa.Connection, table: sa.Table, *changed: str) -> Any:
    """Adds a row; where there is one with its key, stores what *changed*, or all of it."""
    return _build_upsert(connection.dialect.name, table, changed)


@cache
def _build_insert_if_absent(dialect: str, table: sa.Table) -> Any:
    # Of an insert SQLAlchemy keeps the count only when it is told to: without, PostgreSQL's was always -1.
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
