"""Group commit: steps that wait at the same moment share one commit, because a commit costs a disk sync."""

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from assistant.domain.errors import Unavailable
from assistant.storage.failures import to_unavailable

S = TypeVar("S")
T = TypeVar("T")

#: How long a transaction may stay open for further steps: another process may wait for it.
MAX_GROUP_SECONDS = 0.01
ENDED = "The database took back what was being written; try again shortly."


class GroupCommit(Generic[S]):
    """Runs the steps of a single writer in its thread; only `submitted_count` is written outside of it.

    Each step has a savepoint: one that raises rolls back only its own changes. When the database ends the
    whole transaction, as SQLite does on a full disk, every step in it has failed.
    """

    def __init__(self, engine: sa.Engine, store: Callable[[sa.Connection], S]) -> None:
        self._engine, self._store = engine, store
        #: Number of steps handed to the writer; it must run every one of them.
        self.submitted_count = 0
        self._started_count = 0
        self._transaction: sa.Transaction | None = None
        self._committed: Future[None] = Future()
        self._until = 0.0

    def run(self, step: Callable[[S], T]) -> tuple[T, "Future[None]"]:
        """The result of *step*, once it is committed; Unavailable when the commit failed."""
        self._started_count += 1
        try:
            return (
                self._start_transaction(step)
                if self._transaction is None
                else self._join_transaction(self._transaction, step)
            )
        except SQLAlchemyError as exc:
            raise to_unavailable(exc) from exc
        finally:
            if self._transaction is not None and not is_transaction_open(self._transaction.connection):
                self._fail_transaction(Unavailable(ENDED))
            if self._transaction is not None and (
                self._started_count == self.submitted_count or time.monotonic() >= self._until
            ):
                self._commit_transaction()

    def _start_transaction(self, step: Callable[[S], T]) -> tuple[T, "Future[None]"]:
        with ExitStack() as opened:
            connection = opened.enter_context(self._engine.connect())
            transaction = connection.begin()
            self._until = time.monotonic() + MAX_GROUP_SECONDS
            result = step(self._store(connection))
            self._transaction = transaction
            opened.pop_all()  # stays open for the steps that follow
        return result, self._committed

    def _join_transaction(
        self, transaction: sa.Transaction, step: Callable[[S], T]
    ) -> tuple[T, "Future[None]"]:
        with transaction.connection.begin_nested():
            return step(self._store(transaction.connection)), self._committed

    def _commit_transaction(self) -> None:
        transaction, committed = self._detach_transaction()
        try:
            with transaction.connection:
                transaction.commit()
        except SQLAlchemyError as exc:
            committed.set_exception(to_unavailable(exc))
        except Unavailable as exc:
            committed.set_exception(exc)
        else:
            committed.set_result(None)
        finally:
            if not committed.done():  # whatever happened, no caller may wait for ever
                committed.set_exception(Unavailable(ENDED))

    def _fail_transaction(self, why: Unavailable) -> None:
        """Report to every step of the transaction that nothing of it was stored."""
        transaction, committed = self._detach_transaction()
        committed.set_exception(why)
        # The state of the connection is unknown: do not use it again.
        with transaction.connection as connection:
            connection.invalidate()

    def _detach_transaction(self) -> tuple[sa.Transaction, "Future[None]"]:
        assert self._transaction is not None
        transaction, committed = self._transaction, self._committed
        self._transaction, self._committed = None, Future()
        return transaction, committed


def is_transaction_open(connection: sa.Connection) -> bool:
    """Whether SQLite still has the transaction open: it ends it by itself on a full disk, among others."""
    if connection.invalidated or connection.closed:
        return False
    try:
        return bool(getattr(connection.connection.dbapi_connection, "in_transaction", True))
    except sqlite3.Error:  # the connection is closed
        return False


def require_open_transaction(connection: sa.Connection) -> None:
    """Before a commit: Unavailable when the database has already rolled back the transaction."""
    if not is_transaction_open(connection):
        raise Unavailable(ENDED)
