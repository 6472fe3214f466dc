"""The whole database as lines of JSON, the same from SQLite and PostgreSQL: to keep, or to move."""

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
from assistant.storage.migrate import HERE, migrate, revision
from assistant.storage.schema import Json, Moment, metadata

#: Rows inserted at a time.
TOGETHER = 500

#: Writes lines under a name.
Keep = Callable[[str, Iterable[str]], None]
#: Reads them again.
Kept = Callable[[str], Iterable[str]]


def export(engine: sa.Engine, keep: Keep) -> dict[str, Any]:
    """Every table, as of one moment, while others go on writing; returns what restoring needs."""
    counts: dict[str, int] = {}
    with engine.connect().execution_options(**_snapshot(engine)) as connection, connection.begin():
        for table in metadata.sorted_tables:
            counts[table.name] = 0
            keep(table.name, _lines(connection, table, counts))
        return {"revision": revision(connection), "rows": counts}


def _snapshot(engine: sa.Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _lines(connection: sa.Connection, table: sa.Table, counts: dict[str, int]) -> Iterator[str]:
    columns = [_stored(column) for column in table.columns]
    yield json.dumps([column.name for column in table.columns])
    result = connection.execution_options(yield_per=TOGETHER).execute(sa.select(*columns))
    for row in result:
        counts[table.name] += 1
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False)


def _stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column as the database holds it."""
    if isinstance(column.type, Moment):
        return sa.type_coerce(column, sa.BigInteger)
    return sa.type_coerce(column, sa.Text) if isinstance(column.type, Json) else column


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def restore(engine: sa.Engine, kept: Kept, facts: dict[str, Any]) -> None:
    """Fill an empty database, all of it or nothing, and bring it up to date; SetupError if it is none."""
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
            while rows := [_row(table, names, line) for line in islice(lines, TOGETHER)]:
                connection.execute(table.insert(), rows)
            _continue_counting(connection, table)
    migrate(engine)


def _row(table: sa.Table, names: list[str], line: str) -> dict[str, Any]:
    values = zip(names, json.loads(line), strict=True)
    return {name: _python(table.c[name].type, value) for name, value in values}


def _python(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value


def _continue_counting(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL counts ids by itself and does not notice those that were brought along."""
    column = table.autoincrement_column
    if connection.dialect.name == "sqlite" or column is None:
        return
    highest = sa.select(sa.func.max(column)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    next_id = sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None))
    connection.execute(sa.select(next_id))
