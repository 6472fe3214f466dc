"""Polls the journal, so that changes by other processes are noticed even when a notification was lost."""

import asyncio
from contextlib import suppress
from functools import partial

from assistant.domain.errors import Unavailable
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

#: Seconds; the longest delay by a lost notification.
POLL_SECONDS = 2.0
PAGE = 1_000


class JournalPoller:
    def __init__(self, database: Database[Store], notifier: Notifier, clock: Clock) -> None:
        self._database, self._notifier, self._clock = database, notifier, clock

    async def run(self) -> None:
        """Until cancelled, notify the subscribers of changed conversations."""
        last: int | None = None
        while True:
            with suppress(Unavailable):  # the next round sees what this one missed
                last = await self._poll_journal(last)
            await asyncio.sleep(POLL_SECONDS)

    async def _poll_journal(self, last: int | None) -> int:
        now = self._clock()
        if last is None:
            return await self._database.read(lambda store: store.journal.find_latest_id(now))
        step = partial(_list_changed, after=last, clock=self._clock)
        changed, seen = await self._database.read(step)
        for conversation in changed:
            self._notifier.notify_local(conversation)
        return seen


def _list_changed(store: Store, after: int, clock: Clock) -> tuple[set[str], int]:
    rows = store.journal.list_after(after, limit=PAGE, now=clock())
    return {conversation for _, conversation, _ in rows}, rows[-1][0] if rows else after
