"""Shared by all tests: no network but loopback, a database in memory, a clock that stands still."""

import socket
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.store import SqlStore
from tests.harness import Harness, memory_database
from tests.postgres import emptied, new_database, postgres_server

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: Playwright keeps an event loop running that other tests cannot share."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails instead of depending on it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and str(address[0]) not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server, for whoever needs one."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> str:
    """A database with our schema, shared by tests that each empty it first."""
    url = new_database(postgres)
    engine = create_postgres_engine(url)
    migrate_schema(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest) -> Iterator[SqlDatabase[SqlStore]]:
    """What holds for one database holds for the other."""
    if request.param == "sqlite":
        opened = memory_database(_keep_sqlite_engine())
    else:
        url = request.getfixturevalue("postgres_database")
        opened = emptied(url, _keep_postgres_engine(url))
    yield opened
    opened.close()


@cache
def _keep_sqlite_engine() -> sa.Engine:
    """One for all tests, one after the other: each new one would compile every statement again."""
    return create_sqlite_engine(None)


@cache
def _keep_postgres_engine(url: str) -> sa.Engine:
    return create_postgres_engine(url)


@pytest.fixture
def rig(database: SqlDatabase[SqlStore]) -> Harness:
    return Harness(database)
