"""Vectors kept in step: the index answers while it holds what SQL holds, else all in memory are compared."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain.errors import Unavailable
from assistant.knowledge.retrieval.forward_index import Shelf
from assistant.knowledge.vectors.brute_force import ExactIndex
from assistant.ports.clock import Clock
from assistant.ports.knowledge import VectorIndex
from assistant.ports.storage.store import CollectionsTransaction, Database

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

Opener = Callable[[], Awaitable[VectorIndex]]
#: Whether this process may fill the index now; told True while it does, False when it is done.
Turns = Callable[[bool, int], Awaitable[bool]]

FOLDER = "index"
#: Vectors handed to the index at a time.
TOGETHER = 2_000
#: After this many seconds of filling, other work gets its turn.
BUDGET_SECONDS = 1.0
#: Seconds between two attempts to open it, doubled each time.
RETRY_SECONDS, MOST_RETRY_SECONDS = 1.0, 30.0
#: How often the index's count is compared with what it should hold, and every how many times its ids are.
CHECK_SECONDS, IDS_EVERY = 30.0, 20


async def alone(_filling: bool, _version: int) -> bool:
    """Nobody else fills an index that has one owner."""
    return True


class KeptVectors:
    """The nearest vectors of what the shelf holds, whatever state the index is in."""

    def __init__(self, opener: Opener | None = None, turns: Turns = alone) -> None:
        """Without an *opener* every vector in memory is compared, always."""
        self._opener, self._turns = opener, turns
        self._index: VectorIndex | None = None
        self._held: set[int] = set()
        self._shelf, self._version = Shelf.empty(), -1
        self._wanted: set[int] = set()
        self._exact: ExactIndex | None = None
        self._making = asyncio.Lock()
        self._why: str | None = None
        self._rebuilding = False
        self._failures, self._retry_at = 0, 0.0
        self._checks, self._check_at = 0, 0.0

    @property
    def trouble(self) -> str | None:
        """Why the index does not answer, or None when it does or will in a moment."""
        if self._index is None or not self._rebuilding:
            return self._why
        done = len(self._held & self._wanted)
        return f"The vector index is being rebuilt ({done:,} of {len(self._wanted):,} vectors)."

    @property
    def in_step(self) -> bool:
        # Asked for every question: two sets of all ids are compared once, then they are the same set.
        if self._held is not self._wanted and self._held == self._wanted:
            self._held = self._wanted
        return self._index is not None and self._held is self._wanted

    async def nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        if self._index is not None and self.in_step:
            try:
                return await self._index.find_nearest(vector, limit=limit)
            except Unavailable as exc:
                await self._lost(exc)
        return await (await self._every()).find_nearest(vector, limit=limit)

    def follow(self, shelf: Shelf, version: int) -> None:
        """The knowledge base is at *version* now, and *shelf* is what it holds."""
        self._shelf, self._version, self._wanted = shelf, version, shelf.vector_ids()
        self._exact = None

    async def tend(self) -> bool:
        """Open what is closed, fill what is missing, look if all is there; whether there is more to do."""
        try:
            if self._index is None:
                await self._open()
            elif self.in_step:
                await self._check()
            more = self._index is not None and not self.in_step and await self._fill()
        except Unavailable as exc:
            await self._lost(exc)
            return False
        if self.in_step:
            self._rebuilding, self._exact = False, None
        return more

    async def close(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            with suppress(Unavailable):
                await index.close()

    async def _open(self) -> None:
        if self._opener is None or time.monotonic() < self._retry_at:
            return
        self._index = await self._opener()
        self._held = await self._index.list_ids()
        self._rebuilding = self._held != self._wanted
        self._why, self._failures = None, 0
        self._check_at = time.monotonic() + CHECK_SECONDS

    async def _check(self) -> None:
        """Somebody else may have changed what it holds."""
        if self._index is None or time.monotonic() < self._check_at:
            return
        self._check_at, self._checks = time.monotonic() + CHECK_SECONDS, self._checks + 1
        if await self._index.count_vectors() != len(self._held) or self._checks % IDS_EVERY == 0:
            self._held = await self._index.list_ids()
            self._rebuilding = self._held != self._wanted

    async def _fill(self) -> bool:
        assert self._index is not None
        if not await self._turns(True, self._version):
            # Another process fills it, or has seen a newer knowledge base; what it did is seen here.
            if await self._index.count_vectors() == len(self._wanted):
                self._held = await self._index.list_ids()
            return False
        end = time.monotonic() + BUDGET_SECONDS
        while (some := sorted(self._held ^ self._wanted)[:TOGETHER]) and time.monotonic() < end:
            await self._put_right(self._index, set(some))
        if not some:
            await self._turns(False, self._version)
        return bool(some)

    async def _put_right(self, index: VectorIndex, some: set[int]) -> None:
        """Make the index hold of *some* what it should, nothing else."""
        import numpy as np

        wanted = some & self._wanted
        there = await index.filter_stored(sorted(some))
        if gone := sorted(there - wanted):
            await index.remove_vectors(gone)
        missing, vectors = self._shelf.vectors_of(sorted(wanted - there))
        if missing:
            await index.upsert_vectors(missing, vectors.astype(np.float32))
        self._held = (self._held - some) | wanted

    async def _every(self) -> ExactIndex:
        """All vectors in memory, gathered when first needed."""
        import numpy as np

        async with self._making:
            if self._exact is None:
                exact = ExactIndex()
                ids, vectors = await asyncio.to_thread(self._shelf.vectors_of, sorted(self._wanted))
                if ids:
                    await exact.upsert_vectors(ids, vectors.astype(np.float32))
                self._exact = exact
            return self._exact

    async def _lost(self, why: Unavailable) -> None:
        self._why, self._failures = str(why), self._failures + 1
        pause = min(MOST_RETRY_SECONDS, RETRY_SECONDS * 2 ** (self._failures - 1))
        self._retry_at = time.monotonic() + pause
        self._held = set()
        await self.close()


def embedded(data_dir: Path, name: str, dimensions: int) -> Opener:
    """Chroma in the data folder, a folder for each collection."""

    async def opener() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_embedded import open_files

        return await asyncio.to_thread(open_files, data_dir / FOLDER / name, name, dimensions)

    return opener


def served(url: str, name: str, dimensions: int) -> Opener:
    """A Chroma server."""

    async def opener() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_server import open_served

        return await asyncio.to_thread(open_served, url, name, dimensions)

    return opener


async def remove(name: str, data_dir: Path, url: str | None) -> None:
    """Remove a collection; IndexUnavailable where it cannot be."""
    from assistant.knowledge.vectors.chroma_embedded import remove_files
    from assistant.knowledge.vectors.chroma_server import remove_served

    if url is None:
        await asyncio.to_thread(remove_files, data_dir / FOLDER / name)
    else:
        await asyncio.to_thread(remove_served, url, name)


def by_turns(database: Database[CollectionsTransaction], model: str, clock: Clock) -> Turns:
    """One process at a time fills what several use; it says so in SQL."""
    me = secrets.token_hex(8)

    async def turns(filling: bool, version: int) -> bool:
        if not filling:
            await database.write(lambda store: store.collections.release_sync_lease(model, me))
            return False
        return await database.write(
            lambda store: store.collections.acquire_sync_lease(model, me, version, clock())
        )

    return turns
