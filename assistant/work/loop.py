"""Claims what is due, does it with nothing locked, and gives it back when that fails."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from assistant.domain.due import Due, Kind
from assistant.domain.errors import Unavailable
from assistant.ports import Clock, Database
from assistant.stores import Store
from assistant.work.wire import LocalWire

log = structlog.get_logger()

Handler = Callable[[Due], Awaitable[None]]

#: How long the loop sleeps at most: bounds what a lost wake-up can cost.
NAP_SECONDS = 1.0
#: Failures after which somebody else has to decide.
MAX_TRIES = 3
#: Kinds of work that share slots: apps that do not answer must not hold up those who think.
LANES = ((Kind.TURN, Kind.DEADLINE), (Kind.DELIVERY,), (Kind.MEDIA,))


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
        slots: int = 8,
    ) -> None:
        self._database, self._duties, self._wire, self._clock = database, duties, wire, clock
        self._lease, self._slots = lease, slots
        self._running: dict[asyncio.Task[None], Kind] = {}

    async def run(self) -> None:
        """Work until cancelled; then what is in hand is finished or left to its lease."""
        while True:
            self._wire.work.clear()
            try:
                pause = await self._round()
            except Unavailable as exc:
                log.warning("database unavailable", why=str(exc))
                pause = NAP_SECONDS
            await self._sleep(pause)

    async def drain(self, seconds: float) -> None:
        """Give work in hand this long to finish."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        for task in self._running:
            task.cancel()

    async def _round(self) -> float:
        """Start what is due; returns how long there is nothing more to do."""
        free = {lane: count for lane in LANES if (count := self._slots - self._busy(lane)) > 0}
        kinds = [kind for lane in free for kind in lane]
        upcoming = await self._database.read(lambda store: store.due.next_time(kinds))
        now = self._clock()
        if upcoming is None:
            return NAP_SECONDS
        if upcoming > now:
            return min(NAP_SECONDS, (upcoming - now).total_seconds())

        def claim(store: Store) -> list[Due]:
            return [
                item
                for lane, count in free.items()
                for item in store.due.claim(now, self._lease, count, lane)
            ]

        for item in await self._database.write(claim):
            self._start(item)
        return 0.0

    def _busy(self, lane: Collection[Kind]) -> int:
        return sum(kind in lane for kind in self._running.values())

    def _start(self, item: Due) -> None:
        task = asyncio.create_task(self._do(item), name=f"{item.kind}:{item.conversation}")
        self._running[task] = item.kind
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
        except Exception:  # the one place that outlives whatever work does
            log.exception("work failed", kind=item.kind, conversation=item.conversation, tries=item.tries)
            await self._try_again(item)

    async def _try_again(self, item: Due) -> None:
        wait = timedelta(seconds=min(30.0, 0.5 * 2**item.tries) * random.uniform(0.8, 1.2))
        due_at = self._clock() + wait
        try:
            await self._database.write(lambda store: store.due.retry(item, due_at))
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
