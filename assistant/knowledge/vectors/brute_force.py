"""Exact nearest neighbours by comparing with all vectors in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]


class BruteForceIndex:
    """The in-memory VectorIndex, and the fallback of the others."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._vectors: Vectors | None = None

    async def find_nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        import numpy as np

        if self._vectors is None or not self._ids:
            return []
        cosines = self._vectors @ vector
        best = np.argpartition(-cosines, min(limit, len(cosines)) - 1)[:limit]
        return sorted(((self._ids[i], float(cosines[i])) for i in best), key=lambda hit: -hit[1])

    async def upsert_vectors(self, ids: Sequence[int], vectors: Vectors) -> None:
        import numpy as np

        await self.remove_vectors(ids)
        kept = [] if self._vectors is None else [self._vectors]
        self._vectors = np.concatenate([*kept, vectors])
        self._ids += ids

    async def remove_vectors(self, ids: Sequence[int]) -> None:
        gone = set(ids)
        keep = [row for row, known in enumerate(self._ids) if known not in gone]
        if len(keep) < len(self._ids) and self._vectors is not None:
            self._vectors = self._vectors[keep]
            self._ids = [self._ids[row] for row in keep]

    async def filter_stored(self, ids: Sequence[int]) -> set[int]:
        return set(self._ids) & set(ids)

    async def list_ids(self) -> set[int]:
        return set(self._ids)

    async def count_vectors(self) -> int:
        return len(self._ids)

    async def close(self) -> None:
        self._ids, self._vectors = [], None
