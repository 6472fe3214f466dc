"""What a failure of the database means to callers, and what of it may be read in a log."""

import sqlite3

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from assistant.domain.errors import Unavailable

#: Serialization failure, deadlock, unique violation: another transaction came first, and the step, run
#: again, sees what it left.
LOST_RACE = frozenset({"40001", "40P01", "23505"})
#: Classes of SQLSTATE that are our own mistakes: values that do not fit, rows that must not be, statements
#: that mean nothing. With all others PostgreSQL says that it cannot work just now: a shutdown, a full disk, a
#: standby, which it tells by several codes (25006, 0A000, 57P03).
OURS = frozenset({"21", "22", "23", "42"})


def is_lost_race(exc: DBAPIError) -> bool:
    return get_sqlstate(exc) in LOST_RACE


def get_sqlstate(exc: DBAPIError) -> str:
    return getattr(exc.orig, "sqlstate", None) or ""


def to_unavailable(exc: SQLAlchemyError) -> Exception:
    """What callers are told: Unavailable when the database is, else the mistake itself."""
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
    # SQLite says with its plainest error that a file is damaged, or none of ours.
    return type(exc.orig) is sqlite3.DatabaseError


def redact_error(context: sa.engine.ExceptionContext) -> None:
    """Keep of an error its first line: PostgreSQL's details quote the row, which is what somebody said."""
    for exc in (context.original_exception, context.sqlalchemy_exception):
        if exc is not None and exc.args and isinstance(exc.args[0], str):
            exc.args = (exc.args[0].partition("\n")[0], *exc.args[1:])
