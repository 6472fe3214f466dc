"""Health check: the database takes writes and its disk has space; the result is cached."""

import asyncio
import shutil
import time
from pathlib import Path

from assistant.domain.errors import Unavailable
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

#: Seconds for which a result is cached.
FRESH_SECONDS = 1.0
#: Free bytes below which the disk is reported: the next large file may not fit.
MIN_FREE_BYTES = 64 * 1024 * 1024


class WriteProbe:
    """*folder*: where database and index are stored; None: on another machine."""

    def __init__(self, database: Database[Store], clock: Clock, folder: Path | None) -> None:
        self._database, self._clock, self._folder = database, clock, folder
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._found: dict[str, str | None] = {}

    async def check_parts(self) -> dict[str, str | None]:
        """database and disk -> what is wrong, or None."""
        async with self._asking:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._found = await self._probe_database()
                self._asked_at = time.monotonic()
        return self._found

    async def _probe_database(self) -> dict[str, str | None]:
        now = self._clock()
        try:
            await self._database.write(lambda store: store.journal.check_writable(now))
        except Unavailable as exc:
            return {"database": str(exc)}
        if self._folder is None:
            return {"database": None}
        free = shutil.disk_usage(self._folder).free
        why = None if free >= MIN_FREE_BYTES else f"Only {free // 1024 // 1024} MB are free."
        return {"database": None, "disk": why}
