"""What is done once in a while: what is old or of no use any more is dropped, a little at a time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import Unavailable
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

INTERVAL_SECONDS = 3600.0
#: No stream that was away for longer resumes; it starts afresh.
JOURNAL_RETENTION = timedelta(days=2)
#: No app delivers an event again so late.
EVENT_RETENTION = timedelta(days=30)
#: Conversations forgotten in one transaction, and small rows: others wait for it to end.
BATCH_CONVERSATIONS = 10
BATCH_ROWS = 1_000
#: Between two transactions, whoever waits goes first.
PAUSE_SECONDS = 0.05


class RetentionCleaner:
    """*retention*: how long closed conversations are kept; None: for good."""

    def __init__(self, database: Database[Store], clock: Clock, retention: timedelta | None) -> None:
        self._database, self._clock, self._retention = database, clock, retention

    async def run(self) -> None:
        while True:
            try:
                await self.delete_expired()
            except Unavailable as exc:
                log.warning("housekeeping put off", why=str(exc))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def delete_expired(self) -> None:
        now = self._clock()
        await self._repeat_until_empty(
            lambda s: s.erasure.delete_journal_before(now - JOURNAL_RETENTION, limit=BATCH_ROWS)
        )
        await self._repeat_until_empty(
            lambda s: s.erasure.delete_events_before(now - EVENT_RETENTION, limit=BATCH_ROWS)
        )
        await self._database.write(lambda store: store.erasure.delete_expired(now))
        if self._retention is not None:
            ended = now - self._retention
            await self._database.write(lambda store: store.erasure.delete_dead_letters_before(ended))
            await self._repeat_until_empty(self._erase_oldest)

    async def _repeat_until_empty(self, drop: Callable[[Store], int]) -> None:
        """Drop some, until none is left."""
        while await self._database.write(drop):
            await asyncio.sleep(PAUSE_SECONDS)

    def _erase_oldest(self, store: Store) -> int:
        """The oldest that are past their time; 0 when none is left."""
        assert self._retention is not None
        now = self._clock()
        ended = store.erasure.list_closed_before(now - self._retention, limit=BATCH_CONVERSATIONS)
        rows = store.erasure.erase_conversations(ended, journal=False)
        people = store.erasure.list_idle_customers(now - self._retention, limit=BATCH_CONVERSATIONS)
        rows += store.erasure.erase_customers(people, journal=False)
        if rows:
            store.audit.append_entry(
                ASSISTANT, "retention", now, conversations=len(ended), customers=len(people)
            )
        return rows
