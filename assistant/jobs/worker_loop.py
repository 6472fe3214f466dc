"""Claims what is due, does it with nothing locked, and gives it back when that fails."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.jobs import Job, JobKind
from assistant.notifications.notifier import LocalNotifier
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

JobHandler = Callable[[Job], Awaitable[None]]

#: How long the loop sleeps at most: bounds what a lost wake-up can cost.
MAX_SLEEP_SECONDS = 1.0
#: Work in hand of one process and lane. Most of it waits, for a model above all, and must not keep others
#: waiting.
SLOTS = 64
#: Kinds of work that share slots: apps that do not answer must not hold up those who think.
LANES = ((JobKind.TURN, JobKind.DEADLINE), (JobKind.DELIVERY,), (JobKind.MEDIA,), (JobKind.PACKET,))
#: Rows claimed at a time: with several processes, each takes a share of a rush.
CLAIM_BATCH_SIZE = 8
#: Failures after which somebody else has to decide …
MAX_TRIES = 3
#: … and after which even that has failed, and nothing is tried any more.
LAST_TRY = 6
#: A lease is renewed this many times before it would run out.
RENEWALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHandlers:
    """Who does each kind of work, and who takes over when it keeps failing."""

    handlers: Mapping[JobKind, JobHandler]
    #: Who takes over from those that have nobody of their own in `fallbacks`.
    default_fallback: JobHandler
    fallbacks: Mapping[JobKind, JobHandler] = field(default_factory=dict)


class WorkerLoop:
    def __init__(
        self,
        database: Database[Store],
        duties: JobHandlers,
        wire: LocalNotifier,
        clock: Clock,
        lease: timedelta,
        *,
        slots: int = SLOTS,
    ) -> None:
        self._database, self._duties, self._wire, self._clock = database, duties, wire, clock
        self._lease, self._slots = lease, slots
        self._running: dict[asyncio.Task[None], Job] = {}

    async def run(self) -> None:
        """Work until cancelled; then `drain_jobs` what is in hand."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._claim_jobs())
            tasks.create_task(self._renew_leases())

    async def drain_jobs(self, seconds: float) -> None:
        """Give work in hand this long to finish; what does not is anybody's from then on."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        now = self._clock()
        with suppress(Unavailable):  # then the leases run out
            for item in left.values():
                await self._database.write(partial(_reschedule_job, item=item, due_at=now))

    async def _claim_jobs(self) -> None:
        while True:
            self._wire.work_available.clear()
            try:
                pause = await self._start_due_jobs()
            except Unavailable as exc:
                log.warning("database unavailable", why=str(exc))
                pause = MAX_SLEEP_SECONDS
            await self._wait_for_work(pause)

    async def _renew_leases(self) -> None:
        """Keep the leases of work in hand: who stops doing so is taken for dead."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS)
            if held := [item for item in self._running.values() if item.lease]:
                until = self._clock() + self._lease
                with suppress(Unavailable):  # the next time, or the lease runs out
                    await self._database.write(partial(_renew_held, held=held, until=until))

    async def _start_due_jobs(self) -> float:
        """Start what is due; returns how long there is nothing more to do."""
        free = {lane: count for lane in LANES if (count := self._count_free_slots(lane)) > 0}
        kinds = [kind for lane in free for kind in lane]
        upcoming = await self._database.read(lambda store: store.jobs.find_next_due_at(kinds))
        now = self._clock()
        if upcoming is None:
            return MAX_SLEEP_SECONDS
        if upcoming > now:
            return min(MAX_SLEEP_SECONDS, (upcoming - now).total_seconds())

        def claim(store: Store) -> list[Job]:
            return [
                item
                for lane, count in free.items()
                for item in store.jobs.claim_due(now, self._lease, count, lane)
            ]

        for item in await self._database.write(claim):
            self._start_job(item)
        return 0.0

    def _count_free_slots(self, lane: Collection[JobKind]) -> int:
        """How many rows of a lane may be claimed now."""
        busy = sum(item.kind in lane for item in self._running.values())
        return min(CLAIM_BATCH_SIZE, self._slots - busy)

    def _start_job(self, item: Job) -> None:
        task = asyncio.create_task(self._run_job(item), name=f"{item.kind}:{item.conversation}")
        self._running[task] = item
        task.add_done_callback(self._on_finished)

    def _on_finished(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._wire.work_available.set()

    async def _run_job(self, item: Job) -> None:
        duties = self._duties
        last = duties.fallbacks.get(item.kind, duties.default_fallback)
        handler = duties.handlers[item.kind] if item.tries < MAX_TRIES else last
        try:
            await handler(item)
        except NotFound:  # erased meanwhile
            log.info("nothing left to do it for", kind=item.kind, conversation=item.conversation)
        except Exception as exc:  # the one place that outlives whatever work does
            log.exception("work failed", kind=item.kind, conversation=item.conversation, tries=item.tries)
            await self._schedule_retry(item, type(exc).__name__)

    async def _schedule_retry(self, item: Job, why: str) -> None:
        """Later, with growing pauses; what even giving up cannot help is buried, and `doctor` counts it."""
        now = self._clock()
        wait = timedelta(seconds=min(30.0, 0.5 * 2**item.tries) * random.uniform(0.8, 1.2))

        def step(store: Store) -> None:
            if item.tries >= LAST_TRY:
                store.jobs.dead_letter(item, why, now)
            else:
                store.jobs.schedule_retry(item, now + wait)

        try:
            await self._database.write(step)
        except Unavailable as exc:  # the lease runs out by itself
            log.warning("database unavailable", why=str(exc))

    async def _wait_for_work(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._wire.work_available.wait()
        except TimeoutError:
            return


def _renew_held(store: Store, held: Sequence[Job], until: datetime) -> None:
    store.jobs.renew_leases(held, until)


def _reschedule_job(store: Store, item: Job, due_at: datetime) -> None:
    store.jobs.reschedule(item, due_at)
