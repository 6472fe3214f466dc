"""Shared by all tests: no network but loopback, a database in memory, a clock that stands still."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.rig import Rig, memory_database

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


@pytest.fixture
def database() -> Iterator[SqlDatabase[SqlStore]]:
    opened = memory_database()
    yield opened
    opened.close()


@pytest.fixture
def rig(database: SqlDatabase[SqlStore]) -> Rig:
    return Rig(database)
