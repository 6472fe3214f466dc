"""Reconciles the vector index with SQL; falls back to brute force while it is incomplete."""

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

    from assistant.knowledge.vectors.chroma_server import ChromaAccess

    Vectors = NDArray[float32]

Opener = Callable[[], Awaitable[VectorIndex]]
#: Lease for filling the index: called with True while filling, with False when done.
Turns = Callable[[bool, int], Awaitable[bool]]

FOLDER = "index"
#: Vectors per write to the index.
BATCH_SIZE = 2_000
#: Seconds of filling before other work gets its turn.
BUDGET_SECONDS = 1.0
#: Seconds between two attempts to open it, doubled each time.
RETRY_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0
#: Seconds between two checks of the index's count, and every how many checks its ids are compared.
CHECK_SECONDS = 30.0
CHECKS_PER_ID_COMPARISON = 20


async def allow_filling(_filling: bool, _version: int) -> bool:
    """The lease of an index with a single owner: always granted."""
    return True


class SyncedVectorIndex:
    """Nearest vectors of the target state, whatever state the index is in."""

    def __init__(self, opener: Opener | None = None, turns: Turns = allow_filling) -> None:
        """Without an *opener*, always brute force."""
        self._opener, self._turns = opener, turns
        self._index: VectorIndex | None = None
        self._held_ids: set[int] = set()
        self._target, self._version = ForwardIndex.create_empty(), -1
        self._wanted_ids: set[int] = set()
        self._exact: BruteForceIndex | None = None
        self._making = asyncio.Lock()
        self._why: str | None = None
        self._rebuilding = False
        self._failures, self._retry_at = 0, 0.0
        self._checks, self._check_at = 0, 0.0

    @property
    def unavailable_reason(self) -> str | None:
        """Why the index does not answer; None when it does, or will in a moment."""
        if self._index is None or not self._rebuilding:
            return self._why
        done = len(self._held_ids & self._wanted_ids)
        return f"The vector index is being rebuilt ({done:,} of {len(self._wanted_ids):,} vectors)."

    @property
    def is_in_sync(self) -> bool:
        # Called for every question: two equal sets of all ids are compared once, then they are the same
        # object.
        if self._held_ids is not self._wanted_ids and self._held_ids == self._wanted_ids:
            self._held_ids = self._wanted_ids
        return self._index is not None and self._held_ids is self._wanted_ids

    async def find_nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        if self._index is not None and self.is_in_sync:
            try:
                return await self._index.find_nearest(vector, limit=limit)
            except Unavailable as exc:
                await self._mark_unavailable(exc)
        return await (await self._build_brute_force()).find_nearest(vector, limit=limit)

    def set_target(self, forward_index: ForwardIndex, version: int) -> None:
        """Set the target state: *forward_index*, which is the knowledge base at *version*."""
        self._target, self._version, self._wanted_ids = (
            forward_index,
            version,
            forward_index.list_vector_ids(),
        )
        self._exact = None

    async def maintain(self) -> bool:
        """Open the index, fill it, check it; returns whether more work is left."""
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
        self._held_ids = await self._index.list_ids()
        self._rebuilding = self._held_ids != self._wanted_ids
        self._why, self._failures = None, 0
        self._check_at = time.monotonic() + CHECK_SECONDS

    async def _check_index(self) -> None:
        """Detect changes that another process made to the index."""
        if self._index is None or time.monotonic() < self._check_at:
            return
        self._check_at, self._checks = time.monotonic() + CHECK_SECONDS, self._checks + 1
        if (
            await self._index.count_vectors() != len(self._held_ids)
            or self._checks % CHECKS_PER_ID_COMPARISON == 0
        ):
            self._held_ids = await self._index.list_ids()
            self._rebuilding = self._held_ids != self._wanted_ids

    async def _reconcile_index(self) -> bool:
        assert self._index is not None
        if not await self._turns(True, self._version):
            # Another process fills it, or has seen a newer knowledge base; its writes are noticed here.
            if await self._index.count_vectors() == len(self._wanted_ids):
                self._held_ids = await self._index.list_ids()
            return False
        end = time.monotonic() + BUDGET_SECONDS
        while (some := sorted(self._held_ids ^ self._wanted_ids)[:BATCH_SIZE]) and time.monotonic() < end:
            await self._reconcile_batch(self._index, set(some))
        if not some:
            await self._turns(False, self._version)
        return bool(some)

    async def _reconcile_batch(self, index: VectorIndex, some: set[int]) -> None:
        """Make the index hold exactly what it should of the ids *some*."""
        import numpy as np

        wanted = some & self._wanted_ids
        there = await index.filter_stored(sorted(some))
        if gone := sorted(there - wanted):
            await index.remove_vectors(gone)
        missing, vectors = self._target.select_vectors(sorted(wanted - there))
        if missing:
            await index.upsert_vectors(missing, vectors.astype(np.float32))
        self._held_ids = (self._held_ids - some) | wanted

    async def _build_brute_force(self) -> BruteForceIndex:
        """The brute-force index over all vectors, built on first use."""
        import numpy as np

        async with self._making:
            if self._exact is None:
                exact = BruteForceIndex()
                ids, vectors = await asyncio.to_thread(self._target.select_vectors, sorted(self._wanted_ids))
                if ids:
                    await exact.upsert_vectors(ids, vectors.astype(np.float32))
                self._exact = exact
            return self._exact

    async def _mark_unavailable(self, why: Unavailable) -> None:
        self._why, self._failures = str(why), self._failures + 1
        pause = min(MAX_RETRY_SECONDS, RETRY_SECONDS * 2 ** (self._failures - 1))
        self._retry_at = time.monotonic() + pause
        self._held_ids = set()
        await self.close()


def build_embedded_opener(data_dir: Path, name: str, dimensions: int) -> Opener:
    """Opens Chroma in the data folder, one folder per collection."""

    async def open_index() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_embedded import open_embedded_collection

        return await asyncio.to_thread(open_embedded_collection, data_dir / FOLDER / name, name, dimensions)

    return open_index


def build_server_opener(access: ChromaAccess, name: str, dimensions: int) -> Opener:
    """Opens a Chroma server."""

    async def open_index() -> VectorIndex:
        from assistant.knowledge.vectors.chroma_server import open_server_collection

        return await asyncio.to_thread(open_server_collection, access, name, dimensions)

    return open_index


async def remove_collection(name: str, data_dir: Path, access: ChromaAccess | None) -> None:
    """Remove a collection; IndexUnavailable when that fails."""
    from assistant.knowledge.vectors.chroma_embedded import remove_embedded_collection
    from assistant.knowledge.vectors.chroma_server import remove_server_collection

    if access is None:
        await asyncio.to_thread(remove_embedded_collection, data_dir / FOLDER / name)
    else:
        await asyncio.to_thread(remove_server_collection, access, name)


def build_lease(database: Database[CollectionsTransaction], model: str, clock: Clock) -> Turns:
    """A lease in SQL: of several processes that share an index, one fills it."""
    me = secrets.token_hex(8)

    async def hold_lease(filling: bool, version: int) -> bool:
        if not filling:
            await database.write(lambda store: store.collections.release_sync_lease(model, me))
            return False
        return await database.write(
            lambda store: store.collections.acquire_sync_lease(model, me, version, clock())
        )

    return hold_lease
