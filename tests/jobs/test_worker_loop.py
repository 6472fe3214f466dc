"""The loop: what is due is done, again if it fails, by somebody else if it is not heard of again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.jobs import Job, JobKind
from assistant.jobs.worker_loop import LANES, MAX_TRIES, JobHandler, JobHandlers, WorkerLoop
from assistant.measures import WORKER
from assistant.notifications.notifier import LocalNotifier
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from assistant.tracing import close_tracing, configure_tracing
from tests.harness import Harness, ManualClock, RunningClock

T = TypeVar("T")

LEASE = timedelta(seconds=45)


@dataclass
class LoopHarness:
    """Conversations with work for a loop, on a clock that is moved by hand."""

    rig: Harness
    clock: ManualClock = field(default_factory=ManualClock)
    wire: LocalNotifier = field(default_factory=LocalNotifier)
    given_up: list[Job] = field(default_factory=list)

    async def conversation(self) -> str:
        return (await self.rig.open()).conversation.id

    async def put(self, conversation: str, seconds: float = 0.0) -> None:
        """Let a turn be due in so many seconds."""
        now = self.clock()
        due_at = now + timedelta(seconds=seconds)
        await self.rig.database.write(
            lambda store: store.jobs.schedule(JobKind.TURN, conversation, due_at, now)
        )
        self.wire.work_available.set()

    async def row(self, conversation: str) -> Job | None:
        return await self.rig.database.read(lambda store: store.jobs.get(JobKind.TURN, conversation))

    async def done(self, item: Job) -> bool:
        return await self.rig.database.write(
            lambda store: store.jobs.complete_job(item.kind, item.conversation, item.lease)
        )

    def pass_(self, seconds: float) -> None:
        self.clock.pass_(seconds)
        self.wire.work_available.set()

    def loop(
        self,
        handler: JobHandler,
        *,
        slots: int = 8,
        database: object = None,
        lease: timedelta = LEASE,
        give_up: JobHandler | None = None,
    ) -> WorkerLoop:
        duties = JobHandlers(
            handlers={JobKind.TURN: handler}, default_fallback=give_up or self.note_giving_up
        )
        chosen: SqlDatabase[SqlStore] = database or self.rig.database  # type: ignore[assignment]
        return WorkerLoop(chosen, duties, self.wire, self.clock, lease, slots=slots)

    async def note_giving_up(self, item: Job) -> None:
        self.given_up.append(item)
        await self.done(item)


@pytest.fixture
def shift(rig: Harness) -> Iterator[LoopHarness]:
    with capture_logs():
        yield LoopHarness(rig)


@asynccontextmanager
async def running(loop: WorkerLoop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        task.cancel()
        await loop.drain_jobs(0.1)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0.001)


def test_every_kind_of_job_has_a_lane_and_only_one() -> None:
    assert sorted(kind for lane in LANES for kind in lane) == sorted(JobKind)


async def test_what_fails_is_tried_again_after_growing_waits_and_then_given_up(shift: LoopHarness) -> None:
    conversation, tries, waits = await shift.conversation(), list[int](), list[float]()

    async def fails(item: Job) -> None:
        tries.append(item.tries)
        raise RuntimeError("the handler has a bug")

    await shift.put(conversation)
    async with running(shift.loop(fails)):
        for number in range(MAX_TRIES):
            await until(lambda wanted=number + 1: len(tries) == wanted)  # type: ignore[misc]
            row = await _given_back(shift, conversation)
            waits.append((row.due_at - shift.clock()).total_seconds())
            shift.pass_(waits[-1])
        await until(lambda: bool(shift.given_up))
    assert tries == [0, 1, 2]
    assert [item.tries for item in shift.given_up] == [MAX_TRIES]
    assert all(later > 1.3 * earlier for earlier, later in pairwise(waits)), waits
    assert await shift.row(conversation) is None


async def _given_back(shift: LoopHarness, conversation: str) -> Job:
    async with asyncio.timeout(5):
        while (row := await shift.row(conversation)) is None or row.lease:
            await asyncio.sleep(0.001)
    return row


async def test_a_try_that_succeeds_after_failures_is_the_last(shift: LoopHarness) -> None:
    conversation, tries = await shift.conversation(), list[int]()

    async def fails_once(item: Job) -> None:
        tries.append(item.tries)
        if item.tries == 0:
            raise RuntimeError("not yet")
        await shift.done(item)

    await shift.put(conversation)
    async with running(shift.loop(fails_once)):
        await until(lambda: tries == [0])
        await _given_back(shift, conversation)
        shift.pass_(1)
        await until(lambda: tries == [0, 1])
        await _gone(shift, conversation)
    assert (await shift.row(conversation), shift.given_up) == (None, [])


async def _gone(shift: LoopHarness, conversation: str) -> None:
    async with asyncio.timeout(5):
        while await shift.row(conversation):
            await asyncio.sleep(0.001)


async def test_a_lease_that_ran_out_is_taken_by_another_and_the_first_comes_too_late(
    shift: LoopHarness,
) -> None:
    conversation, second = await shift.conversation(), list[Job]()

    async def takes_over(item: Job) -> None:
        second.append(item)

    await shift.put(conversation)
    first = await shift.rig.database.write(lambda store: store.jobs.claim_due(shift.clock(), LEASE, 1))
    shift.pass_(LEASE.total_seconds() - 1)
    async with running(shift.loop(takes_over)):
        await asyncio.sleep(0.02)
        assert second == []
        shift.pass_(1)
        await until(lambda: bool(second))
    assert second[0].tries == 1
    assert not await shift.done(first[0])
    assert await shift.done(second[0])


async def test_what_a_killed_process_had_in_hand_is_taken_at_once_by_the_next(shift: LoopHarness) -> None:
    conversation, seen = await shift.conversation(), list[Job]()

    async def notes(item: Job) -> None:
        seen.append(item)

    await shift.put(conversation)
    await shift.rig.database.write(lambda store: store.jobs.claim_due(shift.clock(), LEASE, 1))
    await shift.rig.database.write(lambda store: store.jobs.end_leases(shift.clock()))
    async with running(shift.loop(notes)):
        await until(lambda: bool(seen))
    # A message that kills every process that reads it must be given up some day.
    assert seen[0].tries == 1


async def test_slow_work_of_one_conversation_does_not_hold_up_others(shift: LoopHarness) -> None:
    slow, release, finished = await shift.conversation(), asyncio.Event(), list[str]()

    async def work(item: Job) -> None:
        if item.conversation == slow:
            await release.wait()
        await shift.done(item)
        finished.append(item.conversation)

    quick = [await shift.conversation() for _ in range(20)]
    for conversation in (slow, *quick):
        await shift.put(conversation)
    async with running(shift.loop(work)):
        await until(lambda: len(finished) == len(quick))
        assert sorted(finished) == sorted(quick)
        release.set()
        await until(lambda: len(finished) == len(quick) + 1)
    assert finished[-1] == slow


async def test_who_waits_for_a_free_place_starts_as_soon_as_there_is_one(
    shift: LoopHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.jobs.worker_loop.MAX_SLEEP_SECONDS", 60)
    at_work, most, finished = set[str](), 0, list[str]()

    async def work(item: Job) -> None:
        nonlocal most
        at_work.add(item.conversation)
        most = max(most, len(at_work))
        await asyncio.sleep(0.001)
        await shift.done(item)
        at_work.remove(item.conversation)
        finished.append(item.conversation)

    for _ in range(12):
        await shift.put(await shift.conversation())
    async with asyncio.timeout(20), running(shift.loop(work, slots=2)):  # less than one nap
        await until(lambda: len(finished) == 12)
    assert (most, len(set(finished))) == (2, 12)


async def test_nothing_is_done_before_its_time(shift: LoopHarness) -> None:
    conversation, seen = await shift.conversation(), list[Job]()

    async def notes(item: Job) -> None:
        seen.append(item)
        await shift.done(item)

    await shift.put(conversation, seconds=5)
    async with running(shift.loop(notes)):
        shift.pass_(4.9)
        await asyncio.sleep(0.02)
        assert seen == []
        shift.pass_(0.1)
        await until(lambda: len(seen) == 1)


async def test_work_wanted_again_while_it_is_in_hand_is_done_once_more(shift: LoopHarness) -> None:
    conversation, release, outcomes = await shift.conversation(), asyncio.Event(), list[bool]()

    async def work(item: Job) -> None:
        await release.wait()
        outcomes.append(await shift.done(item))

    await shift.put(conversation)
    async with running(shift.loop(work)):
        await until(lambda: shift.wire.work_available.is_set() is False)
        await _leased(shift, conversation)
        await shift.put(conversation)
        release.set()
        await until(lambda: len(outcomes) == 2)
    # The outcome of the first was about an older state of things.
    assert sorted(outcomes) == [False, True]


async def _leased(shift: LoopHarness, conversation: str) -> None:
    async with asyncio.timeout(5):
        while (row := await shift.row(conversation)) is None or not row.lease:
            await asyncio.sleep(0.001)


async def test_a_stop_lets_work_in_hand_finish(shift: LoopHarness) -> None:
    conversation, release, begun = await shift.conversation(), asyncio.Event(), asyncio.Event()

    async def work(item: Job) -> None:
        begun.set()
        await release.wait()
        await shift.done(item)

    await shift.put(conversation)
    loop = shift.loop(work)
    task = asyncio.create_task(loop.run())
    await begun.wait()
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, release.set)
    await loop.drain_jobs(5)
    assert await shift.row(conversation) is None


async def test_a_stop_does_not_wait_for_ever_and_gives_back_what_is_not_done(shift: LoopHarness) -> None:
    conversation, begun = await shift.conversation(), asyncio.Event()

    async def never_ends(_item: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    await shift.put(conversation)
    loop = shift.loop(never_ends)
    task = asyncio.create_task(loop.run())
    await begun.wait()
    task.cancel()
    async with asyncio.timeout(1):
        await loop.drain_jobs(0.02)
    row = await shift.row(conversation)
    assert row is not None
    assert (row.lease, row.tries) == (None, 0)


async def test_long_work_keeps_its_lease_while_its_worker_lives(shift: LoopHarness) -> None:
    """On a clock that runs, twice as long as a lease lasts."""
    shift.clock, lease = RunningClock(), timedelta(seconds=1)
    conversation, begun, second = await shift.conversation(), list[Job](), list[Job]()

    async def takes_long(item: Job) -> None:
        begun.append(item)
        await asyncio.sleep(2 * lease.total_seconds())
        assert await shift.done(item)

    async def takes_over(item: Job) -> None:
        second.append(item)

    await shift.put(conversation)
    async with running(shift.loop(takes_long, lease=lease)):
        await until(lambda: bool(begun))
        async with running(shift.loop(takes_over, lease=lease)):
            await _gone(shift, conversation)
    assert (len(begun), second) == (1, [])


async def test_what_even_giving_up_cannot_help_is_buried_and_counted(shift: LoopHarness) -> None:
    conversation = await shift.conversation()

    async def fails(_item: Job) -> None:
        raise RuntimeError("the handler has a bug")

    loop = shift.loop(fails, give_up=fails)
    await shift.put(conversation)
    async with running(loop), asyncio.timeout(5):
        while await shift.row(conversation):
            shift.pass_(40)
            await asyncio.sleep(0.005)
    assert await shift.rig.database.read(lambda store: store.jobs.count_dead_letters()) == 1


@pytest.mark.parametrize(
    ("raised", "outcome", "error"),
    [
        (None, "ok", None),
        (NotFound(), "ok", None),
        (RuntimeError("返品"), "failed", "RuntimeError"),
        (asyncio.CancelledError(), "cancelled", "CancelledError"),
    ],
)
async def test_a_job_is_measured_by_how_it_ended(
    shift: LoopHarness, tmp_path: Path, raised: BaseException | None, outcome: str, error: str | None
) -> None:
    async def end(_item: Job) -> None:
        if raised is not None:
            raise raised

    def count() -> float:
        labels = {"kind": "turn", "outcome": outcome}
        return WORKER.get_sample_value("assistant_job_duration_seconds_count", labels) or 0.0

    conversation, before = await shift.conversation(), count()
    await shift.put(conversation)
    configure_tracing(str(tmp_path / "spans.jsonl"), "test")
    async with running(shift.loop(end)):
        await until(lambda: count() > before)
    close_tracing()
    spans = [json.loads(line) for line in (tmp_path / "spans.jsonl").read_text("utf-8").splitlines()]
    (job,) = [span for span in spans if span["name"] == "job turn"]
    assert job["attributes"].get("error.type") == error
    assert count() == before + 1


async def test_work_for_a_conversation_that_was_erased_is_over(shift: LoopHarness) -> None:
    conversation, tries = await shift.conversation(), list[Job]()

    async def finds_nothing(item: Job) -> None:
        tries.append(item)
        await shift.done(item)
        raise NotFound

    await shift.put(conversation)
    async with running(shift.loop(finds_nothing)):
        await until(lambda: bool(tries))
        await asyncio.sleep(0.02)
    assert len(tries) == 1


class UnreliableDatabase:
    """A database that does not answer the first few times."""

    def __init__(self, database: SqlDatabase[SqlStore], failures: int) -> None:
        self._database, self.failures = database, failures

    async def read(self, step: Callable[[SqlStore], T]) -> T:
        if self.failures:
            self.failures -= 1
            raise Unavailable("The database does not answer.")
        return await self._database.read(step)

    async def write(self, step: Callable[[SqlStore], T]) -> T:
        return await self._database.write(step)


async def test_the_loop_outlives_a_database_that_does_not_answer(shift: LoopHarness) -> None:
    conversation, seen = await shift.conversation(), list[Job]()

    async def notes(item: Job) -> None:
        seen.append(item)
        await shift.done(item)

    database = UnreliableDatabase(shift.rig.database, failures=3)
    await shift.put(conversation)
    async with running(shift.loop(notes, database=database)):
        while not seen:
            shift.wire.work_available.set()
            await asyncio.sleep(0.001)
    assert (database.failures, len(seen)) == (0, 1)
