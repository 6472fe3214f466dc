"""Keeps a running service in step with the knowledge base: changes by others, vectors that nobody makes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from assistant.domain.errors import Unavailable

#: How often it is looked whether another process changed the knowledge base.
REFRESH_SECONDS = 1.0
#: How often it is looked whether vectors are missing.
BACKFILL_SECONDS = 5.0
#: After which time nobody answers by another model's vectors.
FORGET_SECONDS = 3600.0


async def poll_knowledge_changes(
    refresh: Callable[[], Awaitable[None]], maintain: Callable[[], Awaitable[bool]]
) -> None:
    """*refresh* takes in what changed; *maintain* fills the index a little, and says whether more is left."""
    more = True  # a first start has everything to fill
    while True:
        await asyncio.sleep(0 if more else REFRESH_SECONDS)
        more = False
        with suppress(Unavailable):  # readyz says so; the next round tries again
            await refresh()
            more = await maintain()


async def backfill_vectors(
    *,
    count_missing: Callable[[], Awaitable[int]],
    is_switching: Callable[[], bool],
    run_backfill: Callable[[], Awaitable[None]],
    delete_other_models: Callable[[], Awaitable[None]],
) -> None:
    """Make vectors that nobody makes: after an interrupted ingest, or of a new model in the settings."""
    since, waiting = time.monotonic(), False
    while True:
        with suppress(Unavailable):  # a hosted model that is down; the next round tries again
            missing = await count_missing()
            # An ingest that is reading makes its vectors itself in a moment.
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
    """Load the titles of articles by *load_titles*, each time *load_version* tells of other ones."""
    version = None
    while True:
        with suppress(Unavailable):  # the next round tries again
            found = await load_version()
            if found != version:
                await load_titles()
                version = found
        await asyncio.sleep(REFRESH_SECONDS)
