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
from assistant.knowledge.retrieval.forward_index import ForwardIndex
from assistant.knowledge.vectors.brute_force import BruteForceIndex
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
BATCH_SIZE = 2_000
#: After this many seconds of filling, other work gets its turn.
BUDGET_SECONDS = 1.0
#: Seconds between two attempts to open it, doubled each time.
RETRY_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0
#: How often the index's count is compared with what it should hold, and every how many times its ids are.
CHECK_SECONDS = 30.0
CHECKS_PER_ID_COMPARISON = 20


async def allow_filling(_filling: bool, _version: int) -> bool:
    """Nobody else fills an index that has one owner."""
    return True


class SyncedVectorIndex:
    """The nearest vectors of what the shelf holds, whatever state the index is in."""

    def __init__(self, opener: Opener | None = None, turns: Turns = allow_filling) -> None:
        """Without an *opener* every vector in memory is compared, always."""
        self._opener, self._turns = opener, turns
        self._index: VectorIndex | None = None
        self._held: set[int] = set()
        self._shelf, self._version = ForwardIndex.create_empty(), -1
        self._wanted: set[int] = set()
        self._exact: BruteForceIndex | None = None
        self._making = asyncio.Lock()
        self._why: str | None = None
        self._rebuilding = False
        self._failures, self._retry_at = 0, 0.0
        self._checks, self._check_at = 0, 0.0

    @property
    def unavailable_reason(self) -> str | None:
        """Why the index does not answer, or None when it does or will in a moment."""
        if self._index is None or not self._rebuilding:
            return self._why
        done = len(self._held & self._wanted)
        return f"The vector index is being rebuilt ({done:,} of {len(self._wanted):,} vectors)."

    @property
    def is_in_sync(self) -> bool:
        # Asked for every question: two sets of all ids are compared once, then they are the same set.
        if self._held is not self._wanted and self._held == self._wanted:
            self._held = self._wanted
        return self._index is not None and self._held is self._wanted

    async def find_nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        if self._index is not None and self.is_in_sync:
            try:
                return await self._index.find_nearest(vector, limit=limit)
            except Unavailable as exc:
                await self._mark_unavailable(exc)
        return await (await self._build_brute_force()).find_nearest(vector, limit=limit)

    def set_target(self, shelf: ForwardIndex, version: int) -> None:
        """The knowledge base is at *version* now, and *shelf* is what it holds."""
        self._shelf, self._version, self._wanted = shelf, version, shelf.list_vector_ids()
        self._exact = None

    async def maintain(self) -> bool:
        """Open what is closed, fill what is missing, look if all is there; whether there is more to do."""
        try:
            if self._index is None:
                await self._open_index()
            elif self.is_in_sync:
                await self._check_index()
            more = self._index is not None and not self.is_in_sync and await self._reconcile_index()
        except Unavailable as exc:
            await self._mark_unavailable(exc)
            return False
        if self.is_in_sync:
            self._rebuilding, self._exact = False, None
        return more

    async def close(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            with suppress(Unavailable):
                await index.close()

    async def _open_index(self) -> None:
        if self._opener is None or time.monotonic() < self._retry_at:
            return
        self._index = await self._opener()
        self._held = await self._index.list_ids()
        self._rebuilding = self._held != self._wanted
        self._why, self._failures = None, 0
        self._check_at = time.monotonic() + CHECK_SECONDS

    async def _check_index(self) -> None:
        """Somebody else may have changed what it holds."""
        if self._index is None or time.monotonic() < self._check_at:
            return
        self._check_at, self._checks = time.monotonic() + CHECK_SECONDS, self._checks + 1
        if (
            await self._index.count_vectors() != len(self._held)
            or self._checks % CHECKS_PER_ID_COMPARISON == 0
        ):
            self._held = await self._index.list_ids()
            self._rebuilding = self._held != self._wanted

    async def _reconcile_index(self) -> bool:
        assert self._index is not None
        if not await self._turns(True, self._version):
            # Another process fills it, or has seen a newer knowledge base; what it did is seen here.
            if await self._index.count_vectors() == len(self._wanted):
                self._held = await self._index.list_ids()
            return False
        end = time.monotonic() + BUDGET_SECONDS
        while (some := sorted(self._held ^ self._wanted)[:BATCH_SIZE]) and time.monotonic() < end:
            await self._reconcile_batch(self._index, set(some))
        if not some:
            await self._turns(False, self._version)
        return bool(some)

    async def _reconcile_batch(self, index: VectorIndex, some: set[int]) -> None:
        """Make the index hold of *some* what it should, nothing else."""
        import numpy as np

        wanted = some & self._wanted
        there = await index.filter_stored(sorted(some))
        if gone := sorted(there - wanted):
            await index.remove_vectors(gone)
        missing, vectors = self._shelf.select_vectors(sorted(wanted - there))
        if missing:
            await index.upsert_vectors(missing, vectors.astype(np.float32))
        self._held = (self._held - some) | wanted

    async def _build_brute_force(self) -> BruteForceIndex:
        """All vectors in memory, gathered when first needed."""
        import numpy as np

        async with self._making:
            if self._exact is None:
                exact = BruteForceIndex()
                ids, vectors = await asyncio.to_thread(self._shelf.select_vectors, sorted(self._wanted))
                if ids:
                    await exact.upsert_vectors(ids, vectors.astype(np.float32))
                self._exact = exact
            return self._exact

    async def _mark_unavailable(self, why: Unavailable) -> None:
        self._why, self._failures = str(why), self._failures + 1
        pause = min(MAX_RETRY_SECONDS, RETRY_SECONDS * 2 ** (self._failures - 1))
        self._retry_at = time.monotonic() + pause
        self._held = set()
        await self.close()


def build_embedded_opener(data_dir: Path, name: str, dimensions: int) -> Opener:
    """Chroma in the data folder, a folder for each collection."""

    async def open_index() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_embedded import open_embedded_collection

        return await asyncio.to_thread(open_embedded_collection, data_dir / FOLDER / name, name, dimensions)

    return open_index


def build_server_opener(url: str, name: str, dimensions: int) -> Opener:
    """A Chroma server."""

    async def open_index() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_server import open_server_collection

        return await asyncio.to_thread(open_server_collection, url, name, dimensions)

    return open_index


async def remove_collection(name: str, data_dir: Path, url: str | None) -> None:
    """Remove a collection; IndexUnavailable where it cannot be."""
    from assistant.knowledge.vectors.chroma_embedded import remove_embedded_collection
    from assistant.knowledge.vectors.chroma_server import remove_server_collection

    if url is None:
        await asyncio.to_thread(remove_embedded_collection, data_dir / FOLDER / name)
    else:
        await asyncio.to_thread(remove_server_collection, url, name)


def build_lease(database: Database[CollectionsTransaction], model: str, clock: Clock) -> Turns:
    """One process at a time fills what several use; it says so in SQL."""
    me = secrets.token_hex(8)

    async def hold_lease(filling: bool, version: int) -> bool:
        if not filling:
            await database.write(lambda store: store.collections.release_sync_lease(model, me))
            return False
        return await database.write(
            lambda store: store.collections.acquire_sync_lease(model, me, version, clock())
        )

    return hold_lease
