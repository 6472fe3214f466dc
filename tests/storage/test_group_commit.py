"""Writers at the same moment share a commit, and nothing else."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.domain.errors import NotFound, Unavailable
from assistant.storage import group_commit
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlDatabase[SqlStore]]:
    monkeypatch.setattr(group_commit, "MAX_GROUP_SECONDS", 10.0)  # however busy the machine is
    engine = create_sqlite_engine(tmp_path / "a.sqlite")
    metadata.create_all(engine)
    database = SqlDatabase(engine, SqlStore)
    yield database
    database.close()


def commits(database: SqlDatabase[SqlStore]) -> list[Any]:
    """Grows by one with each commit."""
    seen: list[Any] = []
    sa.event.listen(database.engine, "commit", seen.append)
    return seen


def note(conversation: str) -> Any:
    return lambda store: store.journal.append_entry(conversation, None, NOW)


async def noted(database: SqlDatabase[SqlStore]) -> list[str]:
    found = await database.read(lambda store: store.journal.list_after(0, limit=100, now=NOW))
    return [conversation for _, conversation, _ in found]


async def test_steps_that_wait_together_share_commits_and_keep_their_order(
    database: SqlDatabase[SqlStore],
) -> None:
    seen, names = commits(database), [f"c{n}" for n in range(20)]
    await asyncio.gather(*(database.write(note(name)) for name in names))
    assert len(seen) < len(names)
    assert await noted(database) == names


async def test_a_step_that_fails_takes_back_only_its_own(database: SqlDatabase[SqlStore]) -> None:
    def half(store: SqlStore) -> None:
        store.journal.append_entry("half", None, NOW)
        raise NotFound("nothing")

    steps = [note("before"), half, note("after"), half]
    done = await asyncio.gather(*map(database.write, steps), return_exceptions=True)
    assert [type(one) for one in done] == [type(None), NotFound, type(None), NotFound]
    assert await noted(database) == ["before", "after"]


async def test_a_first_step_that_fails_leaves_nothing_open(database: SqlDatabase[SqlStore]) -> None:
    with pytest.raises(NotFound):
        await database.write(lambda store: store.conversations.get("nowhere"))
    await database.write(note("next"))
    assert await noted(database) == ["next"]


async def test_nothing_is_told_before_it_is_committed(
    database: SqlDatabase[SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database._group is not None
    kept, held = database._group._commit_transaction, []
    monkeypatch.setattr(database._group, "_commit_transaction", lambda: held.append(database._group))
    writing = asyncio.create_task(database.write(note("c")))
    await asyncio.sleep(0.05)
    assert held
    assert not writing.done()
    kept()
    await writing


async def test_who_stops_waiting_does_not_stop_the_others(database: SqlDatabase[SqlStore]) -> None:
    tasks = [asyncio.create_task(database.write(note(f"c{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in done[1::2] if one is not None] == []
    assert {f"c{n}" for n in range(1, 10, 2)} <= set(await noted(database))


async def together(database: SqlDatabase[SqlStore], steps: list[Any]) -> list[Any]:
    """What comes of steps that all wait before the first is done."""
    begin = threading.Event()
    database._writer.submit(begin.wait)
    writing = [asyncio.create_task(database.write(step)) for step in steps]
    await asyncio.sleep(0.05)
    begin.set()
    return await asyncio.gather(*writing, return_exceptions=True)


async def test_when_the_disk_fills_within_a_shared_commit_nobody_in_it_is_told_it_was_stored(
    database: SqlDatabase[SqlStore],
) -> None:
    def fill(store: SqlStore) -> None:
        connection = store.journal._connection
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
        store.journal.append_entry("x" * 100_000, None, NOW)

    steps = [note("before"), fill, note("after")]
    done = await together(database, steps)
    assert isinstance(done[0], Unavailable)
    assert isinstance(done[1], Unavailable)
    assert await noted(database) == (["after"] if done[2] is None else [])
    await database.write(note("next"))
    assert (await noted(database))[-1] == "next"


async def test_a_step_that_swallows_the_end_of_its_transaction_is_not_told_it_was_stored(
    database: SqlDatabase[SqlStore],
) -> None:
    def swallow(store: SqlStore) -> None:
        store.journal.append_entry("lost", None, NOW)
        store.journal._connection.connection.rollback()

    for steps in ([swallow], [note("before"), swallow, note("after")]):
        done = await together(database, steps)
        assert all(isinstance(one, Unavailable) for one in done[:2])
        assert not {"lost", "before"} & set(await noted(database))
