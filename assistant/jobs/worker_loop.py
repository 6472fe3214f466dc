"""The worker loop: claims due jobs, runs them without an open transaction, retries failures."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.jobs import Job, JobKind
from assistant.measures import JOB_SECONDS
from assistant.notifications.notifier import LocalNotifier
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store
from assistant.tracing import SpanHandle, start_span

log = structlog.get_logger()

JobHandler = Callable[[Job], Awaitable[None]]

#: Longest sleep of the loop: bounds the delay by a lost notification.
MAX_SLEEP_SECONDS = 1.0
#: Concurrent jobs of one process and lane. Most of them wait, above all for a model, and must not delay
#: others.
SLOTS = 64
#: Kinds of jobs that share slots: slow apps must not block turns. A kind in no lane is never done.
LANES = (
    (JobKind.TURN, JobKind.DEADLINE),
    (JobKind.DELIVERY,),
    (JobKind.MEDIA,),
    (JobKind.PACKET,),
    (JobKind.ASSIGN,),
    (JobKind.IDLE, JobKind.CASE),
    (JobKind.ACTION,),
    (JobKind.SLA, JobKind.CALLBACK),
    (JobKind.DESK,),
)
#: Jobs claimed at a time, so that several processes share a rush.
CLAIM_BATCH_SIZE = 8
#: Failures after which the fallback handler takes over …
MAX_TRIES = 3
#: … and after which the job becomes a dead letter.
LAST_TRY = 6
#: Renewals of a lease within its duration.
RENEWALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHandlers:
    """The handler of each kind of job, and the fallback when it keeps failing."""

    handlers: Mapping[JobKind, JobHandler]
    #: The fallback of kinds that are not in `fallbacks`.
    default_fallback: JobHandler
    fallbacks: Mapping[JobKind, JobHandler] = field(default_factory=dict)


class WorkerLoop:
    def __init__(
        self,
        database: Database[Store],
        duties: JobHandlers,
        notifier: LocalNotifier,
        clock: Clock,
        lease: timedelta,
        *,
        slots: int = SLOTS,
    ) -> None:
        self._database, self._duties, self._notifier, self._clock = database, duties, notifier, clock
        self._lease, self._slots = lease, slots
        self._running: dict[asyncio.Task[None], Job] = {}

    async def run(self) -> None:
        """Work until cancelled; then `drain_jobs`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._claim_jobs())
            tasks.create_task(self._renew_leases())

    async def drain_jobs(self, seconds: float) -> None:
        """Wait for running jobs; those that do not finish lose their leases."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        left = dict(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        now = self._clock()
        with suppress(Unavailable):  # then the leases expire
            for item in left.values():
                await self._database.write(partial(_reschedule_job, item=item, due_at=now))

    async def _claim_jobs(self) -> None:
        while True:
            self._notifier.work_available.clear()
            try:
                pause = await self._start_due_jobs()
            except Unavailable as exc:
                log.warning("database unavailable", why=str(exc))
                pause = MAX_SLEEP_SECONDS
            await self._wait_for_work(pause)

    async def _renew_leases(self) -> None:
        """Renew the leases of running jobs, so that they do not expire."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS)
            if held := [item for item in self._running.values() if item.lease]:
                until = self._clock() + self._lease
                with suppress(Unavailable):  # tried again the next time, or the lease expires
                    await self._database.write(partial(_renew_held, held=held, until=until))

    async def _start_due_jobs(self) -> float:
        """Start due jobs; returns the seconds until there is more to do."""
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
        """How many jobs of a lane may be claimed now."""
        busy = sum(item.kind in lane for item in self._running.values())
        return min(CLAIM_BATCH_SIZE, self._slots - busy)

    def _start_job(self, item: Job) -> None:
        task = asyncio.create_task(self._run_job(item), name=f"{item.kind}:{item.conversation}")
        self._running[task] = item
        task.add_done_callback(self._on_finished)

    def _on_finished(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._notifier.work_available.set()

    async def _run_job(self, item: Job) -> None:
        duties = self._duties
        last = duties.fallbacks.get(item.kind, duties.default_fallback)
        handler = duties.handlers[item.kind] if item.tries < MAX_TRIES else last
        with (
            structlog.contextvars.bound_contextvars(conversation=item.conversation, job=str(item.kind)),
            start_span(f"job {item.kind}", {"job.tries": item.tries}, conversation=item.conversation) as span,
        ):
            await self._handle_job(item, handler, span)

    async def _handle_job(self, item: Job, handler: JobHandler, span: SpanHandle) -> None:
        started, outcome = time.perf_counter(), "ok"
        try:
            await handler(item)
        except NotFound:  # the conversation was erased meanwhile
            log.info("nothing left to do it for")
        except asyncio.CancelledError:  # a stop that waited long enough
            outcome = "cancelled"
            raise
        except Exception as exc:  # the one place that survives any failure of a job
            outcome = "failed"
            span.set_attributes({"error.type": type(exc).__name__})
            log.exception("work failed", tries=item.tries)
            await self._schedule_retry(item, type(exc).__name__)
        finally:
            JOB_SECONDS.labels(str(item.kind), outcome).observe(time.perf_counter() - started)

    async def _schedule_retry(self, item: Job, why: str) -> None:
        """Schedule a retry with growing pauses; after the last try the job becomes a dead letter."""
        now = self._clock()
        wait = timedelta(seconds=min(30.0, 0.5 * 2**item.tries) * random.uniform(0.8, 1.2))

        def step(store: Store) -> None:
            if item.tries >= LAST_TRY:
                store.jobs.dead_letter(item, why, now)
            else:
                store.jobs.schedule_retry(item, now + wait)

        try:
            await self._database.write(step)
        except Unavailable as exc:  # the lease expires by itself
            log.warning("database unavailable", why=str(exc))

    async def _wait_for_work(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._notifier.work_available.wait()
        except TimeoutError:
            return


def _renew_held(store: Store, held: Sequence[Job], until: datetime) -> None:
    store.jobs.renew_leases(held, until)


def _reschedule_job(store: Store, item: Job, due_at: datetime) -> None:
    store.jobs.reschedule(item, due_at)
