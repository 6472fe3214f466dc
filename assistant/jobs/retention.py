"""Retention: periodically deletes expired data, in small batches."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.conversation.bulk_actions import UNDO_SECONDS
from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import Unavailable
from assistant.domain.policy import Policy
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

INTERVAL_SECONDS = 3600.0
#: Age from which no stream resumes from the journal any more.
JOURNAL_RETENTION = timedelta(days=2)
#: Age from which no app redelivers an event.
EVENT_RETENTION = timedelta(days=30)
#: How long the log of outgoing webhooks is kept.
WEBHOOK_LOG_RETENTION = timedelta(days=30)
#: Conversations erased per transaction, and small rows: others wait for it.
BATCH_CONVERSATIONS = 10
BATCH_ROWS = 1_000
#: Seconds between two transactions, so that others get their turn.
PAUSE_SECONDS = 0.05


class RetentionCleaner:
    """*retention*: how long closed conversations are kept; None: for ever. *policy*: how long facts are."""

    def __init__(
        self,
        database: Database[Store],
        clock: Clock,
        retention: timedelta | None,
        policy: Policy | None = None,
    ) -> None:
        self._database, self._clock, self._retention = database, clock, retention
        self._policy = policy or Policy()

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
        await self._database.write(lambda store: store.webhooks.delete_before(now - WEBHOOK_LOG_RETENTION))
        await self._database.write(
            lambda store: store.bulk_changes.delete_before(now - timedelta(seconds=UNDO_SECONDS))
        )
        for key, rule in self._policy.attributes.items():
            if rule.keep_days is not None:
                until = now - timedelta(days=rule.keep_days)
                await self._database.write(partial(_delete_facts, key=key, until=until))
        if self._retention is not None:
            ended = now - self._retention
            await self._database.write(lambda store: store.erasure.delete_dead_letters_before(ended))
            await self._repeat_until_empty(
                lambda store: store.proactive.delete_unclaimed(ended, limit=BATCH_ROWS)
            )
            await self._repeat_until_empty(self._erase_oldest)

    async def _repeat_until_empty(self, drop: Callable[[Store], int]) -> None:
        """Repeat *step* until it deletes nothing."""
        while await self._database.write(drop):
            await asyncio.sleep(PAUSE_SECONDS)

    def _erase_oldest(self, store: Store) -> int:
        """Erase the oldest expired conversations; 0 when none is left."""
        assert self._retention is not None
        now = self._clock()
        ended = store.erasure.list_closed_before(now - self._retention, limit=BATCH_CONVERSATIONS)
        rows = store.erasure.erase_conversations(ended, journal=False)
        people = store.erasure.list_idle_customers(now - self._retention, limit=BATCH_CONVERSATIONS)
        rows += store.erasure.erase_customers(people, journal=False, keep_consents=True)
        if rows:
            store.audit.append_entry(
                ASSISTANT, "retention", now, conversations=len(ended), customers=len(people)
            )
        return rows


def _delete_facts(store: Store, key: str, until: datetime) -> int:
    return store.customer_facts.delete_older(key, until)
