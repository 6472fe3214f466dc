"""The database fails at each statement by which something is received: what was called stored is there."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.inbound.receive import receive_inbound
from assistant.domain.channels import Address, Attachment, ChannelEvent, MessageReceived
from assistant.domain.errors import Unavailable
from assistant.domain.messages import InboundMessage
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.store import SqlStore
from tests.harness import LANGUAGES, Harness

#: What is done to the connection (of the driver) before a statement.
Fault = Callable[[Any], None]


def fills_up(raw: sqlite3.Connection) -> None:
    """SQLite takes back the whole transaction by itself."""
    if raw.in_transaction:
        raw.execute("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def only_reads(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA query_only=ON")


def raises(code: str, raw: psycopg.Connection) -> None:
    raw.execute(f"DO $$BEGIN RAISE EXCEPTION 'no' USING ERRCODE='{code}'; END$$".encode())


def becomes_standby(raw: psycopg.Connection) -> None:
    raw.execute("SET TRANSACTION READ ONLY")


def is_killed(raw: psycopg.Connection) -> None:
    with psycopg.connect(raw.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))


def is_lost(raw: Any) -> None:
    raw.close()


FAULTS: dict[str, dict[str, Fault]] = {
    "sqlite": {"full": fills_up, "read-only": only_reads, "lost": is_lost},
    "postgresql": {
        "full": partial(raises, "53100"),
        "came second": partial(raises, "40001"),
        "read-only": becomes_standby,
        "killed": is_killed,
        "lost": is_lost,
    },
}


class FaultyConnection:
    """Does *fault* once, before the statement of that number; a commit counts as one."""

    def __init__(self, engine: sa.Engine) -> None:
        self.left = 0
        self.fault: Fault = is_lost
        sa.event.listen(engine, "do_execute", lambda cursor, *_: self._reach(cursor.connection))
        commit = engine.dialect.do_commit

        def do_commit(raw: Any) -> None:
            self._reach(raw)
            commit(raw)

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]

    def arm(self, number: int, fault: Fault) -> None:
        self.left, self.fault = number, fault

    def _reach(self, raw: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self.fault(getattr(raw, "dbapi_connection", raw))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlDatabase[SqlStore]]:
    """SQLite in a file: only there are commits shared."""
    if request.param == "postgresql":
        from tests.postgres import emptied

        opened = emptied(request.getfixturevalue("postgres_database"))
    else:
        engine = create_sqlite_engine(tmp_path / "a.sqlite")
        migrate_schema(engine)
        opened = SqlDatabase(engine, SqlStore)
    yield opened
    opened.close()


def said(rig: Harness, conversation: str) -> Callable[[SqlStore, str], object]:
    """A message on the web."""

    def step(store: SqlStore, id_: str) -> object:
        inbound = InboundMessage(conversation=conversation, message_id=id_, text=id_)
        return receive_inbound(store, inbound, rig.timing, rig.clock())

    return step


def told(rig: Harness) -> Callable[[SqlStore, str], object]:
    """A webhook call with a message and a file of somebody new."""
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)

    def step(store: SqlStore, id_: str) -> object:
        address = Address(channel="line", peer=id_)
        file = Attachment(kind="file", source="data:AAAA")
        event: ChannelEvent = MessageReceived(
            id=id_, message_id=id_, address=address, text=id_, attachments=(file,)
        )
        return apply_events(store, [event], arrivals, rig.clock())

    return step


async def stored(rig: Harness) -> list[str]:
    """Every text there is."""
    query = sa.text("SELECT text FROM messages")
    return await rig.database.read(
        lambda store: [str(text) for text in store.messages._connection.execute(query).scalars()]
    )


async def attempt(rig: Harness, step: Callable[[SqlStore, str], object], ids: list[str]) -> list[str]:
    """Do it for each at the same moment; those that were told it was stored."""
    done = await asyncio.gather(
        *(rig.database.write(lambda store, one=id_: step(store, one)) for id_ in ids),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {Unavailable}
    return [id_ for id_, one in zip(ids, done, strict=True) if not isinstance(one, BaseException)]


@pytest.mark.parametrize("way", [said, told])
async def test_what_was_called_stored_is_stored_wherever_the_database_fails(
    rig: Harness, way: Callable[..., Callable[[SqlStore, str], object]]
) -> None:
    step = way(rig, (await rig.open()).conversation.id) if way is said else way(rig)
    faulty, number = FaultyConnection(rig.database.engine), 0
    at_once = 3 if rig.database.kind == "sqlite" else 1
    for fault in FAULTS[rig.database.kind].values():
        number, fired = 0, True
        while fired:
            number += 1
            ids = [uuid4().hex for _ in range(at_once)]
            faulty.arm(number, fault)
            acknowledged = await attempt(rig, step, ids)
            fired = faulty.left <= 0
            faulty.arm(0, fault)
            await as_before(rig)
            assert set(acknowledged) <= set(await stored(rig)), (fault, number)
            # Whoever heard nothing sends it again, and finds it once.
            assert await attempt(rig, step, ids) == ids
            found = await stored(rig)
            assert [found.count(id_) for id_ in ids] == [1] * at_once, (fault, number)
    assert number > 5


async def as_before(rig: Harness) -> None:
    """The database lets everybody write again."""
    rig.database.engine.dispose()
