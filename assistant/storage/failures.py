"""What a failure of the database means to callers, and what of it may be read in a log."""

import sqlite3

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from assistant.domain.errors import Unavailable

#: Serialization failure, deadlock, unique violation: another transaction came first, and the step, run
#: again, sees what it left.
LOST_RACE = frozenset({"40001", "40P01", "23505"})
#: Classes of SQLSTATE by which PostgreSQL says that it cannot work just now: the connection, transactions
#: ended for others, resources (a full disk), limits, operators (a shutdown), the system, its configuration,
#: and a file that is damaged.
DOWN = frozenset({"08", "40", "53", "54", "55", "57", "58", "F0", "XX"})
#: Only reading is possible: a standby, or one that was told so.
READ_ONLY = frozenset({"25006", "25P02", "25P03", "25P04"})


def lost_race(exc: DBAPIError) -> bool:
    return sqlstate(exc) in LOST_RACE


def sqlstate(exc: DBAPIError) -> str:
    return getattr(exc.orig, "sqlstate", None) or ""


def unavailable(exc: SQLAlchemyError) -> Exception:
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
    state = sqlstate(exc)
    # SQLite says with its plainest error that a file is damaged, or none of ours.
    damaged = type(exc.orig) is sqlite3.DatabaseError
    return damaged or state in READ_ONLY or state[:2] in DOWN


def conceal(context: sa.engine.ExceptionContext) -> None:
    """Keep of an error its first line: PostgreSQL's details quote the row, which is what somebody said."""
    for exc in (context.original_exception, context.sqlalchemy_exception):
        if exc is not None and exc.args and isinstance(exc.args[0], str):
            exc.args = (exc.args[0].partition("\n")[0], *exc.args[1:])
