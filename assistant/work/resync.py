"""Reads web sources again when they are due: one at a time, in one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.domain.errors import AssistantError, Unavailable
from assistant.domain.living import Look, Source
from assistant.ports import Clock, Database
from assistant.stores import Store

log = structlog.get_logger()

#: How soon a wish to have a source read is noticed.
LOOK_SECONDS = 5.0
#: A lease is renewed this often; it lasts three times as long.
RENEW_SECONDS = 20.0

#: Reads a source and takes in what changed; how many articles were added, updated … and failed.
Read = Callable[[Source], Awaitable[dict[str, int]]]


class Resync:
    """*interval*: how often a source is read by itself; None: only when somebody asks."""

    def __init__(
        self, database: Database[Store], read: Read, clock: Clock, interval: timedelta | None
    ) -> None:
        self._database, self._read, self._clock, self._interval = database, read, clock, interval

    async def run(self) -> None:
        while True:
            more = False
            with suppress(Unavailable):  # readyz says so; the next round tries again
                more = await self.round()
            await asyncio.sleep(0 if more else LOOK_SECONDS)

    async def round(self) -> bool:
        """Read the source that has been due longest; whether there was one."""
        now, interval = self._clock(), self._interval
        source = await self._database.write(lambda store: store.sources.claim(now, interval))
        if source is None:
            return False
        reading = asyncio.create_task(self._take(source))
        holding = asyncio.create_task(self._hold(source, reading))
        try:
            await asyncio.wait([reading])
        finally:
            holding.cancel()
            reading.cancel()
            await asyncio.gather(reading, holding, return_exceptions=True)
            await self._database.write(lambda store: store.sources.release(source))
        return True

    async def _take(self, source: Source) -> None:
        try:
            counts = await self._read(source)
        except AssistantError as exc:
            log.warning("source not read", source=source.source, why=str(exc))
        except Exception:  # a fault of ours must not have the source read again and again without a pause
            log.exception("source not read", source=source.source)
        else:
            log.info("source read again", source=source.source, **counts)
            return
        failed = Look(source=source.source, at=self._clock(), well=False, prune=source.prune)
        await self._database.write(lambda store: store.sources.looked([failed]))

    async def _hold(self, source: Source, reading: asyncio.Task[None]) -> None:
        """Keep the lease while reading; who lost it stops."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(Unavailable):
                if not await self._database.write(partial(_renew, source=source, now=self._clock())):
                    reading.cancel()


def _renew(store: Store, source: Source, now: datetime) -> bool:
    return store.sources.renew(source, now)
