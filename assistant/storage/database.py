"""Opens the database and runs transactions in threads of their own; nothing inside is async."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from assistant.storage.failures import is_lost_race, to_unavailable
from assistant.storage.group_commit import GroupCommit, require_open_transaction
from assistant.storage.values import prepare_engine
from assistant.tracing import start_inner_span

S = TypeVar("S")
T = TypeVar("T")

READERS = 3
#: Writer threads where the database allows several writers.
WRITERS = 4
BUSY_MILLISECONDS = 5_000
#: Pause between two attempts while another process is writing.
POLL_SECONDS = 0.001
#: Attempts in all for a step that lost against another transaction, or its connection.
ATTEMPTS = 4


class SqlDatabase(Generic[S]):
    """A database whose steps get a store of type *S* built on an open transaction.

    SQLite has one writer thread, and waiting for it is waiting in its queue, so "database is locked" can only
    come from another process. PostgreSQL has several writers; a write to a conversation locks its row.
    """

    def __init__(self, engine: sa.Engine, store: Callable[[sa.Connection], S]) -> None:
        self.engine = engine
        self._store = store
        writers = 1 if engine.dialect.name == "sqlite" else WRITERS
        self._writer = ThreadPoolExecutor(writers, thread_name_prefix="db-write")
        in_memory = isinstance(engine.pool, StaticPool)
        self._readers = (
            self._writer if in_memory else ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        )
        self._writing = engine.execution_options(write=True)
        #: Only a single writer can share its transactions (group commit).
        self._group = None if in_memory or writers > 1 else GroupCommit(self._writing, store)
        self._reading = engine.execution_options(**build_read_options(engine.dialect.name))

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    async def write(self, step: Callable[[S], T]) -> T:
        """Run *step* in a write transaction and return its result after the commit.

        A step may be run again when another transaction came first, so it must change nothing but the store.
        """
        with start_inner_span("write"):
            return await self._write_step(step)

    async def _write_step(self, step: Callable[[S], T]) -> T:
        loop = asyncio.get_running_loop()
        if self._group is None:
            return await loop.run_in_executor(self._writer, self._run_step, self._writing, step)
        self._group.submitted_count += 1
        # Cancelling one caller must not cancel a transaction that others share.
        result, committed = await asyncio.shield(loop.run_in_executor(self._writer, self._group.run, step))
        await asyncio.shield(asyncio.wrap_future(committed))
        return result

    async def read(self, step: Callable[[S], T]) -> T:
        """Run *step* on a snapshot that contains everything committed before the call."""
        with start_inner_span("read"):
            return await asyncio.get_running_loop().run_in_executor(
                self._readers, self._run_step, self._reading, step
            )

    def _run_step(self, engine: sa.Engine, step: Callable[[S], T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            done = False
            try:
                with engine.begin() as connection:
                    result = step(self._store(connection))
                    done = True
                return result
            except DBAPIError as exc:
                # When the connection is lost during a commit, it is unknown whether the commit happened.
                again = is_lost_race(exc) or (exc.connection_invalidated and not done)
                if again and attempt < ATTEMPTS:
                    time.sleep(random.uniform(0.2, 1.0) * 0.05 * attempt)
                else:
                    raise to_unavailable(exc) from exc
            except SQLAlchemyError as exc:
                raise to_unavailable(exc) from exc
        raise AssertionError("unreachable: the last attempt returns or raises")

    def purge_erased(self) -> None:
        """Make sure that erased data does not remain in the database's files."""
        sqlite = self.kind == "sqlite"
        if sqlite:  # FTS5 keeps deleted words in its older segments until they are merged
            with self._writing.begin() as connection:
                connection.exec_driver_sql("INSERT INTO search_words(search_words) VALUES ('optimize')")
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM")

    def close(self) -> None:
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()


def build_read_options(dialect: str) -> dict[str, Any]:
    """A read is one snapshot; in SQLite it always is."""
    if dialect == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def create_sqlite_engine(path: Path | None) -> sa.Engine:
    """An engine for the file at *path*; None: a database in memory that lives as long as the engine."""
    if path is None:
        engine = sa.create_engine(
            "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
            hide_parameters=True,
        )
    else:
        engine = sa.create_engine(
            f"sqlite:///{path}", connect_args={"check_same_thread": False}, hide_parameters=True
        )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    sa.event.listen(engine, "commit", require_open_transaction)
    prepare_engine(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_sqlite chooses IMMEDIATE or deferred.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
        # Overwrite what is deleted.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("write", False):
        connection.exec_driver_sql("BEGIN")
    elif not _try_begin_immediate(connection.connection.dbapi_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # waits once more, and raises the reason


def _try_begin_immediate(raw: Any) -> bool:
    """Begin a write transaction as soon as no other process is writing; False after BUSY_MILLISECONDS.

    SQLite's own waiting sleeps for up to 100 ms at a time, which is longer than most transactions take.
    """
    end = time.monotonic() + BUSY_MILLISECONDS / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < end:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(POLL_SECONDS)
            else:
                return True
        return False
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
