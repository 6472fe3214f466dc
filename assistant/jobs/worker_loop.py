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
from assistant.domain.jobs import Due, Kind
from assistant.notifications.notifier import LocalWire
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

Handler = Callable[[Due], Awaitable[None]]

#: How long the loop sleeps at most: bounds what a lost wake-up can cost.
NAP_SECONDS = 1.0
#: Work in hand of one process and lane. Most of it waits, for a model above all, and must not keep others
#: waiting.
SLOTS = 64
#: Kinds of work that share slots: apps that do not answer must not hold up those who think.
LANES = ((Kind.TURN, Kind.DEADLINE), (Kind.DELIVERY,), (Kind.MEDIA,), (Kind.PACKET,))
#: Rows claimed at a time: with several processes, each takes a share of a rush.
TOGETHER = 8
#: Failures after which somebody else has to decide …
MAX_TRIES = 3
#: … and after which even that has failed, and nothing is tried any more.
LAST_TRY = 6
#: A lease is renewed this many times before it would run out.
RENEWALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """Who does each kind of work, and who takes over when it keeps failing."""

    handlers: Mapping[Kind, Handler]
    #: Who takes over from those that have nobody of their own in `given_up`.
    give_up: Handler
    given_up: Mapping[Kind, Handler] = field(default_factory=dict)


class Loop:
    def __init__(
        self,
        database: Database[Store],
        duties: Duties,
        wire: LocalWire,
        clock: Clock,
        lease: timedelta,
        *,
        slots: int = SLOTS,
    ) -> None:
        self._database, self._duties, self._wire, self._clock = database, duties, wire, clock
        self._lease, self._slots = lease, slots
        self._running: dict[asyncio.Task[None], Due] = {}

    async def run(self) -> None:
        """Work until cancelled; then `drain` what is in hand."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._claim())
            tasks.create_task(self._renew())

    async def drain(self, seconds: float) -> None:
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
                await self._database.write(partial(_give_back, item=item, due_at=now))

    async def _claim(self) -> None:
        while True:
            self._wire.work.clear()
            try:
                pause = await self._round()
            except Unavailable as exc:
                log.warning("database unavailable", why=str(exc))
                pause = NAP_SECONDS
            await self._sleep(pause)

    async def _renew(self) -> None:
        """Keep the leases of work in hand: who stops doing so is taken for dead."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS)
            if held := [item for item in self._running.values() if item.lease]:
                until = self._clock() + self._lease
                with suppress(Unavailable):  # the next time, or the lease runs out
                    await self._database.write(partial(_keep, held=held, until=until))

    async def _round(self) -> float:
        """Start what is due; returns how long there is nothing more to do."""
        free = {lane: count for lane in LANES if (count := self._free(lane)) > 0}
        kinds = [kind for lane in free for kind in lane]
        upcoming = await self._database.read(lambda store: store.jobs.find_next_due_at(kinds))
        now = self._clock()
        if upcoming is None:
            return NAP_SECONDS
        if upcoming > now:
            return min(NAP_SECONDS, (upcoming - now).total_seconds())

        def claim(store: Store) -> list[Due]:
            return [
                item
                for lane, count in free.items()
                for item in store.jobs.claim_due(now, self._lease, count, lane)
            ]

        for item in await self._database.write(claim):
            self._start(item)
        return 0.0

    def _free(self, lane: Collection[Kind]) -> int:
        """How many rows of a lane may be claimed now."""
        busy = sum(item.kind in lane for item in self._running.values())
        return min(TOGETHER, self._slots - busy)

    def _start(self, item: Due) -> None:
        task = asyncio.create_task(self._do(item), name=f"{item.kind}:{item.conversation}")
        self._running[task] = item
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._wire.work.set()

    async def _do(self, item: Due) -> None:
        duties = self._duties
        last = duties.given_up.get(item.kind, duties.give_up)
        handler = duties.handlers[item.kind] if item.tries < MAX_TRIES else last
        try:
            await handler(item)
        except NotFound:  # erased meanwhile
            log.info("nothing left to do it for", kind=item.kind, conversation=item.conversation)
        except Exception as exc:  # the one place that outlives whatever work does
            log.exception("work failed", kind=item.kind, conversation=item.conversation, tries=item.tries)
            await self._try_again(item, type(exc).__name__)

    async def _try_again(self, item: Due, why: str) -> None:
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

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._wire.work.wait()
        except TimeoutError:
            return


def _keep(store: Store, held: Sequence[Due], until: datetime) -> None:
    store.jobs.renew_leases(held, until)


def _give_back(store: Store, item: Due, due_at: datetime) -> None:
    store.jobs.reschedule(item, due_at)
