"""Exports the whole database as JSON lines, identical for SQLite and PostgreSQL, and restores it."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from assistant.domain.errors import SetupError
from assistant.storage.migrate import HERE, load_revision, migrate_schema
from assistant.storage.schema import Json, Moment, metadata

#: Rows per INSERT.
BATCH_ROWS = 500

#: Writes the lines of a table under its name.
WriteLines = Callable[[str, Iterable[str]], None]
#: Reads them back.
ReadLines = Callable[[str], Iterable[str]]


def export_database(engine: sa.Engine, keep: WriteLines) -> dict[str, Any]:
    """Export every table in one snapshot while others keep writing.

    Returns the metadata that a restore needs.
    """
    counts: dict[str, int] = {}
    with (
        engine.connect().execution_options(**_build_snapshot_options(engine)) as connection,
        connection.begin(),
    ):
        for table in metadata.sorted_tables:
            counts[table.name] = 0
            keep(table.name, _dump_lines(connection, table, counts))
        return {"revision": load_revision(connection), "rows": counts}


def _build_snapshot_options(engine: sa.Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _dump_lines(connection: sa.Connection, table: sa.Table, counts: dict[str, int]) -> Iterator[str]:
    columns = [_select_raw_column(column) for column in table.columns]
    yield json.dumps([column.name for column in table.columns])
    result = connection.execution_options(yield_per=BATCH_ROWS).execute(sa.select(*columns))
    for row in result:
        counts[table.name] += 1
        yield json.dumps([_to_json_value(value) for value in row], ensure_ascii=False)


def _select_raw_column(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column's stored value, without type conversion."""
    if isinstance(column.type, Moment):
        return sa.type_coerce(column, sa.BigInteger)
    return sa.type_coerce(column, sa.Text) if isinstance(column.type, Json) else column


def _to_json_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def restore_database(engine: sa.Engine, kept: ReadLines, facts: dict[str, Any]) -> None:
    """Restore into an empty database in one transaction, then migrate it; SetupError when it is not empty."""
    with engine.execution_options(write=True).begin() as connection:
        if sa.inspect(connection).get_table_names():
            raise SetupError(
                "The database holds something already; restore into an empty one: move the old one away, or "
                "set ASSISTANT_DATABASE_URL (or ASSISTANT_DATA_DIR) to a new one."
            )
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, facts["revision"])
        then = sa.MetaData()
        then.reflect(connection)
        for name in facts["rows"]:
            table = then.tables[name]
            lines = iter(kept(name))
            names = json.loads(next(lines))
            while rows := [_parse_row(table, names, line) for line in islice(lines, BATCH_ROWS)]:
                connection.execute(table.insert(), rows)
            _reset_sequence(connection, table)
    migrate_schema(engine)


def _parse_row(table: sa.Table, names: list[str], line: str) -> dict[str, Any]:
    values = zip(names, json.loads(line), strict=True)
    return {name: _from_json_value(table.c[name].type, value) for name, value in values}


def _from_json_value(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value


def _reset_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Set PostgreSQL's id sequence above the restored ids, which it does not notice by itself."""
    column = table.autoincrement_column
    if connection.dialect.name == "sqlite" or column is None:
        return
    highest = sa.select(sa.func.max(column)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    next_id = sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))
    connection.execute(sa.select(next_id))
