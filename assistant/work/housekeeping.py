"""What is done once in a while: old conversations are forgotten, old entries of the journal dropped."""

import asyncio
from datetime import timedelta

import structlog

from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import Unavailable
from assistant.ports import Clock, Database
from assistant.stores import Store

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
#: No stream that was away for longer resumes; it starts afresh.
JOURNAL = timedelta(days=2)
#: Forgotten in one transaction.
TOGETHER = 100


class Housekeeping:
    """*retention*: how long closed conversations are kept; None: for good."""

    def __init__(self, database: Database[Store], clock: Clock, retention: timedelta | None) -> None:
        self._database, self._clock, self._retention = database, clock, retention

    async def run(self) -> None:
        while True:
            try:
                await self.tidy()
            except Unavailable as exc:
                log.warning("housekeeping put off", why=str(exc))
            await asyncio.sleep(EVERY_SECONDS)

    async def tidy(self) -> None:
        now = self._clock()
        await self._database.write(lambda store: store.erasure.journal_before(now - JOURNAL))
        gone = 1
        while gone and self._retention is not None:
            gone = await self._database.write(self._forget)

    def _forget(self, store: Store) -> int:
        """The oldest that are past their time; 0 when none is left."""
        assert self._retention is not None
        now = self._clock()
        ended = store.erasure.closed_before(now - self._retention)[:TOGETHER]
        rows = store.erasure.conversations(ended)
        people = store.erasure.without_conversations(now - self._retention)[:TOGETHER]
        rows += store.erasure.customers(people)
        if rows:
            store.audit.note(ASSISTANT, "retention", now, conversations=len(ended), customers=len(people))
        return rows
