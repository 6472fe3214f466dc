"""Translates database errors to ours, and keeps personal data out of their messages."""

import sqlite3

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from assistant.domain.errors import Unavailable

#: Serialization failure, deadlock, unique violation: another transaction came first. Running the step again
#: lets it see the result.
LOST_RACE = frozenset({"40001", "40P01", "23505"})
#: Classes of SQLSTATE that are our own mistakes: invalid values, violated constraints, invalid statements.
#: All others mean that PostgreSQL cannot work just now: a shutdown, a full disk, a standby (25006, 0A000,
#: 57P03).
OURS = frozenset({"21", "22", "23", "42"})


def is_lost_race(exc: DBAPIError) -> bool:
    return get_sqlstate(exc) in LOST_RACE


def get_sqlstate(exc: DBAPIError) -> str:
    return getattr(exc.orig, "sqlstate", None) or ""


def to_unavailable(exc: SQLAlchemyError) -> Exception:
    """Unavailable when the database is unavailable, else the original error, which is a bug of ours."""
    if isinstance(exc, DBAPIError):
        if not _is_down(exc):
            return exc
        why = str(exc.orig).partition("\n")[0]
    elif isinstance(exc, sa.exc.TimeoutError | sa.exc.DisconnectionError | sa.exc.PendingRollbackError):
        why = "all connections are in use" if isinstance(exc, sa.exc.TimeoutError) else "connection lost"
    else:
        return exc
    return Unavailable(f"The database does not answer ({why}); try again shortly.")


def _is_down(exc: DBAPIError) -> bool:
    if exc.connection_invalidated or isinstance(exc, OperationalError | sa.exc.InterfaceError):
        return True
    if state := get_sqlstate(exc):
        return state[:2] not in OURS
    # SQLite reports a damaged or foreign file with its most general error.
    return type(exc.orig) is sqlite3.DatabaseError


def redact_error(context: sa.engine.ExceptionContext) -> None:
    """Cut an error's message to its first line.

    PostgreSQL's details quote the row, which may be a customer's words.
    """
    for exc in (context.original_exception, context.sqlalchemy_exception):
        if exc is not None and exc.args and isinstance(exc.args[0], str):
            exc.args = (exc.args[0].partition("\n")[0], *exc.args[1:])
