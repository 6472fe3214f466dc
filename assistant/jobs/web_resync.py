"""Resyncs web sources when they are due: one at a time, by one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.domain.article_lifecycle import KnowledgeSource, SourceCheck
from assistant.domain.errors import AssistantError, Unavailable
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: Seconds until a requested resync is noticed.
LOOK_SECONDS = 5.0
#: Seconds between two renewals of the lease, which lasts three times as long.
RENEW_SECONDS = 20.0

#: Ingests a source; returns how many articles were added, updated … and failed.
ReadSource = Callable[[KnowledgeSource], Awaitable[dict[str, int]]]


class WebResync:
    """*interval*: how often a source is resynced; None: only on request."""

    def __init__(
        self, database: Database[Store], read: ReadSource, clock: Clock, interval: timedelta | None
    ) -> None:
        self._database, self._read, self._clock, self._interval = database, read, clock, interval

    async def run(self) -> None:
        while True:
            more = False
            with suppress(Unavailable):  # readyz reports it; the next round tries again
                more = await self.resync_next()
            await asyncio.sleep(0 if more else LOOK_SECONDS)

    async def resync_next(self) -> bool:
        """Resync the source that has been due longest; returns whether there was one."""
        now, interval = self._clock(), self._interval
        source = await self._database.write(lambda store: store.sources.claim_due(now, interval))
        if source is None:
            return False
        reading = asyncio.ensure_future(self._read(source))
        holding = asyncio.create_task(self._hold_lease(source, reading))
        try:
            await asyncio.wait([reading])
            if not reading.cancelled():
                await self._record_outcome(source, reading)
        finally:
            holding.cancel()
            reading.cancel()
            await asyncio.gather(reading, holding, return_exceptions=True)
            await self._database.write(lambda store: store.sources.release_lease(source))
        return True

    async def _record_outcome(
        self, source: KnowledgeSource, reading: "asyncio.Future[dict[str, int]]"
    ) -> None:
        """Store the outcome; a failure, also of our own code, delays the next try."""
        problem = reading.exception()
        if problem is None:
            log.info("source read again", source=source.source, **reading.result())
            return
        fault = None if isinstance(problem, AssistantError) else problem
        log.warning("source not read", source=source.source, why=str(problem), exc_info=fault)
        failed = SourceCheck(
            source=source.source, checked_at=self._clock(), is_readable=False, prune=source.prune
        )
        await self._database.write(lambda store: store.sources.record_checks([failed]))

    async def _hold_lease(self, source: KnowledgeSource, reading: "asyncio.Future[dict[str, int]]") -> None:
        """Renew the lease while reading; cancel the reading when it is lost."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(Unavailable):
                if not await self._database.write(partial(_renew_lease, source=source, now=self._clock())):
                    reading.cancel()


def _renew_lease(store: Store, source: KnowledgeSource, now: datetime) -> bool:
    return store.sources.renew_lease(source, now)
