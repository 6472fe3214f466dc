"""Polls for changes of the knowledge base, and backfills missing vectors."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from assistant.domain.errors import Unavailable

#: Interval of polls for changes by other processes.
REFRESH_SECONDS = 1.0
#: Interval of checks for missing vectors.
BACKFILL_SECONDS = 5.0
#: Time after which no process uses another model's vectors.
FORGET_SECONDS = 3600.0


async def poll_knowledge_changes(
    refresh: Callable[[], Awaitable[None]], maintain: Callable[[], Awaitable[bool]]
) -> None:
    """Poll until cancelled.

    *refresh* loads changes; *maintain* syncs the index for a moment and returns whether more is left.
    """
    more = True  # on the first start the whole index may be missing
    while True:
        await asyncio.sleep(0 if more else REFRESH_SECONDS)
        more = False
        with suppress(Unavailable):  # readyz reports it; the next round tries again
            await refresh()
            more = await maintain()


async def backfill_vectors(
    *,
    count_missing: Callable[[], Awaitable[int]],
    is_switching: Callable[[], bool],
    run_backfill: Callable[[], Awaitable[None]],
    delete_other_models: Callable[[], Awaitable[None]],
) -> None:
    """Make vectors that no other process makes: after an interrupted ingest, or of a new model."""
    since, waiting = time.monotonic(), False
    while True:
        with suppress(Unavailable):  # a hosted model is down; the next round tries again
            missing = await count_missing()
            # A running ingest will make its vectors itself.
            if missing and (waiting or is_switching()):
                await run_backfill()
                missing = await count_missing()
            waiting = missing > 0
            if not missing and time.monotonic() - since > FORGET_SECONDS:
                await delete_other_models()
                since = float("inf")
        await asyncio.sleep(BACKFILL_SECONDS)


async def poll_titles(
    load_version: Callable[[], Awaitable[object]], load_titles: Callable[[], Awaitable[None]]
) -> None:
    """Reload article titles with *load_titles* whenever *load_version* returns another version."""
    version = None
    while True:
        with suppress(Unavailable):  # the next round tries again
            found = await load_version()
            if found != version:
                await load_titles()
                version = found
        await asyncio.sleep(REFRESH_SECONDS)
