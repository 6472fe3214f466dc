"""Steps that wait at the same moment share one commit, because each commit is as slow as the disk."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from assistant.domain.errors import Unavailable

S = TypeVar("S")
T = TypeVar("T")

#: How long a transaction may stay open for those who come after: another process may wait for it.
TOGETHER_SECONDS = 0.01


class Group(Generic[S]):
    """Runs the steps of a single writer, all in its thread; only `given` is counted outside.

    A step that raises takes back only what it did itself.
    """

    def __init__(self, engine: sa.Engine, store: Callable[[sa.Connection], S]) -> None:
        self._engine, self._store = engine, store
        #: How many steps were handed to the writer; it must get to run every one of them.
        self.given = 0
        self._begun = 0
        self._connection: sa.Connection | None = None
        self._open = ExitStack()
        self._committed: Future[None] = Future()
        self._until = 0.0

    def run(self, step: Callable[[S], T]) -> tuple[T, "Future[None]"]:
        """What *step* returns, and what is done as soon as that is committed; Unavailable."""
        self._begun += 1
        try:
            return self._first(step) if self._connection is None else self._another(self._connection, step)
        except DBAPIError as exc:
            raise unavailable(exc) from exc
        finally:
            if self._connection is not None and (
                self._begun == self.given or time.monotonic() >= self._until
            ):
                self._commit()

    def _first(self, step: Callable[[S], T]) -> tuple[T, "Future[None]"]:
        with ExitStack() as opened:
            connection = opened.enter_context(self._engine.begin())
            self._until = time.monotonic() + TOGETHER_SECONDS
            result = step(self._store(connection))
            self._open, self._connection = opened.pop_all(), connection
        return result, self._committed

    def _another(self, connection: sa.Connection, step: Callable[[S], T]) -> tuple[T, "Future[None]"]:
        with connection.begin_nested():
            return step(self._store(connection)), self._committed

    def _commit(self) -> None:
        committed, self._committed, self._connection = self._committed, Future(), None
        try:
            self._open.close()
        except DBAPIError as exc:
            committed.set_exception(unavailable(exc))
        else:
            committed.set_result(None)


def unavailable(exc: DBAPIError) -> Exception:
    """What callers are told: Unavailable when the database is, else the mistake itself."""
    if not isinstance(exc, OperationalError) and not exc.connection_invalidated:
        return exc
    why = str(exc.orig).partition("\n")[0]
    return Unavailable(f"The database does not answer ({why}); try again shortly.")
