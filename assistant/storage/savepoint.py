"""Savepoint: a part of a transaction that is rolled back alone when it fails."""

from types import TracebackType

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assistant.domain.errors import AssistantError, InternalError, Unavailable
from assistant.storage.failures import is_lost_race, to_unavailable


class Savepoint:
    """Commits the block as a whole or not at all; InternalError when our own code failed in it.

    Errors that end the whole transaction, or make it run again, are raised unchanged.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._nested = self._connection.begin_nested()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._nested.__exit__(kind, exc, trace)
        if (
            isinstance(exc, Exception)
            and not isinstance(exc, AssistantError)
            and not is_transaction_wide(exc)
        ):
            raise InternalError(type(exc).__name__) from exc


def is_transaction_wide(exc: Exception) -> bool:
    """Whether the error concerns the whole transaction: the database is down, or another transaction came
    first.
    """
    if isinstance(exc, DBAPIError) and is_lost_race(exc):
        return True
    return isinstance(exc, SQLAlchemyError) and isinstance(to_unavailable(exc), Unavailable)
