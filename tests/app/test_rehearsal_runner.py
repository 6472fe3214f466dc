"""Rehearsals that leads ask for run in a process of their own, and end whatever happens to it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.app.rehearsal_runner import MAX_SILENT, RehearsalRunner
from assistant.app.settings import load_settings
from assistant.domain.people import Agent
from assistant.domain.rehearsals import RehearsalState, StoredRehearsal
from assistant.lead.rehearsals import RehearsalRunning, describe_rehearsal, request_rehearsal
from assistant.storage.database import SqlDatabase
from assistant.storage.rehearsals import MAX_KEPT
from assistant.storage.store import SqlStore
from tests.harness import ManualClock

LEAD = Agent(id="4711", email="lead@shop.example", name="Lead", lead=True)
CHANGES = {"policy.answer_score": 0.7}
READ_INPUT = "import json, pickle, sys; settings, changes, most = pickle.loads(sys.stdin.buffer.read())\n"
PROGRESS = 'print(json.dumps({"done": 3, "total": 80}), flush=True)\n'
RESULT = 'print(json.dumps({"result": {"passed": False, "changes": changes, "most": most}}))\n'


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of modules that a child finds."""
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parents[2]}:{tmp_path}")
    yield tmp_path
    sys.modules.pop("child", None)


def build_runner(database: SqlDatabase[SqlStore], scripts: Path, code: str) -> RehearsalRunner:
    (scripts / "child.py").write_text(code)
    return RehearsalRunner(
        database=database, settings=load_settings(), clock=ManualClock(), most=7, module="child"
    )


async def ask(database: SqlDatabase[SqlStore], clock: ManualClock) -> StoredRehearsal:
    return await database.write(lambda store: request_rehearsal(store, CHANGES, LEAD, clock()))


async def find_last(database: SqlDatabase[SqlStore]) -> StoredRehearsal:
    last = await database.read(lambda store: store.rehearsals.find_last())
    assert last is not None
    return last


async def test_progress_and_result_of_the_child_are_stored(
    database: SqlDatabase[SqlStore], scripts: Path
) -> None:
    runner = build_runner(database, scripts, READ_INPUT + PROGRESS + RESULT)
    assert not await runner.run_next()
    await ask(database, ManualClock())
    with pytest.raises(RehearsalRunning):
        await ask(database, ManualClock())
    assert await runner.run_next()
    last = await find_last(database)
    assert (last.state, last.done, last.total) == (RehearsalState.DONE, 3, 80)
    assert last.result == {"passed": False, "changes": CHANGES, "most": 7}
    told = await database.read(lambda store: describe_rehearsal(store, {**CHANGES, "accent": "#123456"}))
    assert told == {"rehearsal": "failed"}
    assert await database.read(lambda store: describe_rehearsal(store, {"policy.answer_score": 0.6})) == {}


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (READ_INPUT + 'print(json.dumps({"problem": "No model."}))', "No model."),
        (READ_INPUT + "import os; os._exit(9)", "has ended"),
        ("raise SystemExit(1)", "has ended"),
    ],
)
async def test_a_child_that_cannot_says_why_or_is_told_of(
    database: SqlDatabase[SqlStore], scripts: Path, code: str, problem: str
) -> None:
    await ask(database, ManualClock())
    assert await build_runner(database, scripts, code).run_next()
    last = await find_last(database)
    assert last.state is RehearsalState.FAILED
    assert problem in (last.problem or "")
    await ask(database, ManualClock())  # the next one may be asked for


async def test_one_whose_runner_is_gone_is_taken_over_and_old_ones_go(
    database: SqlDatabase[SqlStore],
) -> None:
    clock = ManualClock()
    wanted = await ask(database, clock)

    def claim(store: SqlStore) -> StoredRehearsal | None:
        return store.rehearsals.claim_next(clock(), clock() - MAX_SILENT)

    assert await database.write(claim) is not None
    assert await database.write(claim) is None
    clock.pass_(MAX_SILENT.total_seconds() + 1)
    again = await database.write(claim)
    assert again is not None
    assert again.id == wanted.id
    for _ in range(MAX_KEPT):
        last = await find_last(database)
        await database.write(lambda store, one=last.id: store.rehearsals.finish(one, clock(), None, "no"))  # type: ignore[misc]
        clock.pass_(1)
        await ask(database, clock)
    assert (await find_last(database)).created_at == clock()
    with database.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM rehearsals").scalar()
    assert count == MAX_KEPT
