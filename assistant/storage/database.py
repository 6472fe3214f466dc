"""Opens the database and runs transactions: one writer thread, a few readers, nothing async inside."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from assistant.domain.errors import Unavailable

S = TypeVar("S")
T = TypeVar("T")

READERS = 3
BUSY_MILLISECONDS = 5_000


class SqlDatabase(Generic[S]):
    """A database whose steps get a store of type *S* built on an open transaction.

    SQLite has one writer thread; waiting for it is waiting in its queue, so "database is locked" can only
    come from another process.
    """

    def __init__(self, engine: sa.Engine, store: Callable[[sa.Connection], S]) -> None:
        self.engine = engine
        self._store = store
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        in_memory = isinstance(engine.pool, StaticPool)
        self._readers = (
            self._writer if in_memory else ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        )
        self._writing = engine.execution_options(write=True)

    async def write(self, step: Callable[[S], T]) -> T:
        """Run *step* in a write transaction; its return value is only seen after the commit."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._run, self._writing, step)

    async def read(self, step: Callable[[S], T]) -> T:
        """Run *step* on a snapshot; it sees everything that was committed before the call."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, self.engine, step)

    def _run(self, engine: sa.Engine, step: Callable[[S], T]) -> T:
        try:
            with engine.begin() as connection:
                return step(self._store(connection))
        except OperationalError as exc:
            raise Unavailable(f"The database does not answer ({exc.orig}); try again shortly.") from exc

    def close(self) -> None:
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()


def sqlite_engine(path: Path | None) -> sa.Engine:
    """An engine for the file at *path*; None is a database in memory that lives as long as the engine."""
    if path is None:
        engine = sa.create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: we choose IMMEDIATE or deferred in _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
