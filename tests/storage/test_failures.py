"""What is the database's fault is 503 and tried again; what is ours is not hidden; neither tells a row."""

import logging
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assistant.domain.errors import Unavailable
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.failures import to_unavailable
from assistant.storage.store import SqlStore
from tests.harness import Harness

SECRET = "4111 1111 1111 1111"
#: Errors of PostgreSQL by their code, and whether it cannot work just now.
CODES = {
    "08006": True,  # connection failure
    "0A000": True,  # cannot set transaction read-write mode during recovery
    "25006": True,  # read only
    "40001": True,
    "53100": True,  # disk full
    "53300": True,  # too many connections
    "55P03": True,  # lock not available
    "57P01": True,  # admin shutdown
    "57P03": True,  # cannot connect now
    "58030": True,  # I/O error
    "XX001": True,  # data corrupted
    "22001": False,
    "23505": False,
    "42P01": False,
}


@pytest.mark.parametrize(("code", "down"), CODES.items())
def test_an_error_of_postgresql_is_its_fault_or_ours(code: str, down: bool) -> None:
    raised = psycopg.errors.lookup(code)("it says why")
    as_wrapped = DBAPIError.instance("SELECT 1", None, raised, psycopg.Error)
    assert isinstance(as_wrapped, SQLAlchemyError)
    assert isinstance(to_unavailable(as_wrapped), Unavailable) is down


def test_waiting_in_vain_for_a_connection_is_unavailable() -> None:
    assert isinstance(to_unavailable(sa.exc.TimeoutError("QueuePool limit")), Unavailable)


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"noise" * 10_000)
    database = SqlDatabase(create_sqlite_engine(path), SqlStore)
    with pytest.raises(Unavailable):
        await database.read(lambda store: store.journal.load_id_range())
    database.close()


async def test_no_error_tells_what_was_to_be_stored(
    rig: Harness, database: SqlDatabase[SqlStore], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the parameters nor PostgreSQL's "Failing row contains"."""

    def twice(store: SqlStore) -> None:
        row: dict[str, Any] = {"conversation": SECRET, "kind": None, "tries": 0, "why": SECRET}
        statement = sa.text(
            "INSERT INTO dead_letters (conversation, kind, tries, why, created_at) "
            "VALUES (:conversation, :kind, :tries, :why, 0)"
        )
        store.journal._connection.execute(statement, row)

    with pytest.raises(DBAPIError) as raised:
        await database.write(twice)
    logging.getLogger("test").error("work failed", exc_info=raised.value)
    assert SECRET not in caplog.text
    assert SECRET not in str(raised.value)
    assert "null" in caplog.text.lower()
