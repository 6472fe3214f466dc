"""A collection of vectors in Chroma; chroma_embedded.py and chroma_server.py open it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.domain.errors import IndexUnavailable

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

T = TypeVar("T")

#: Own threads: another slow call, to a mail server above all, must not delay questions.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="chroma")
#: Ids read at a time.
PAGE = 20_000
#: Seconds that a question waits for its nearest vectors.
NEAREST_SECONDS = 3.0


class ChromaIndex:
    """One collection of one embedding model; calls run in threads, because Chroma's client blocks."""

    def __init__(self, client: Client, collection: Collection, closed: Callable[[], None]) -> None:
        """*closed* is called after the client is closed, to release the lock on the files."""
        self._client, self._collection, self._closed = client, collection, closed

    async def find_nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        def query() -> list[tuple[int, float]]:
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
            distances = (found["distances"] or [[]])[0]
            pairs = zip(found["ids"][0], distances, strict=True)
            return [(int(id_), 1 - float(far)) for id_, far in pairs]

        try:
            async with asyncio.timeout(NEAREST_SECONDS):
                return await self._run_in_thread(query)
        except TimeoutError as exc:
            raise IndexUnavailable("The vector index takes too long to answer.") from exc

    async def upsert_vectors(self, ids: Sequence[int], vectors: Vectors) -> None:
        def add() -> None:
            most = self._client.get_max_batch_size()
            for start in range(0, len(ids), most):
                some = [str(id_) for id_ in ids[start : start + most]]
                self._collection.upsert(ids=some, embeddings=vectors[start : start + most])

        await self._run_in_thread(add)

    async def remove_vectors(self, ids: Sequence[int]) -> None:
        await self._run_in_thread(lambda: self._delete_ids([str(id_) for id_ in ids]))

    async def filter_stored(self, ids: Sequence[int]) -> set[int]:
        """Those of *ids* that the collection holds."""
        names = [str(id_) for id_ in ids]
        return await self._run_in_thread(
            lambda: set(map(int, self._collection.get(ids=names, include=[])["ids"]))
        )

    async def list_ids(self) -> set[int]:
        return await self._run_in_thread(lambda: list_vector_ids(self._collection))

    async def count_vectors(self) -> int:
        return await self._run_in_thread(self._collection.count)

    async def close(self) -> None:
        try:
            await self._run_in_thread(self._client.close)
        finally:
            self._closed()

    def _delete_ids(self, names: Sequence[str]) -> None:
        most = self._client.get_max_batch_size()
        for start in range(0, len(names), most):
            self._collection.delete(ids=list(names[start : start + most]))

    async def _run_in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
        except chroma_error_types() as exc:
            raise IndexUnavailable(f"The vector index does not answer ({format_error(exc)}).") from exc


def open_collection(client: Client, name: str, dimensions: int) -> Collection:
    """The collection of that name, recreated when it holds vectors of another dimension."""
    collection = _get_or_create_collection(client, name)
    some: Any = collection.get(limit=1, include=["embeddings"])["embeddings"]
    if some is not None and len(some) and len(some[0]) != dimensions:
        client.delete_collection(name)
        collection = _get_or_create_collection(client, name)
    return collection


def list_vector_ids(collection: Collection) -> set[int]:
    """Every id; invalid ids are removed from the collection."""
    found = set(_load_ids(collection))
    if strange := [name for name in found if not name.isdecimal()]:
        collection.delete(ids=strange)
    return {int(name) for name in found if name.isdecimal()}


def chroma_error_types() -> tuple[type[Exception], ...]:
    """Exceptions that a call can raise; Chroma raises ValueError for a wrong dimension and for no
    connection.
    """
    import httpx
    from chromadb.errors import ChromaError

    return ChromaError, httpx.HTTPError, sqlite3.Error, RuntimeError, ValueError, KeyError, OSError


def format_error(exc: BaseException) -> str:
    return " ".join(str(exc).split())[:200] or type(exc).__name__


def _get_or_create_collection(client: Client, name: str) -> Collection:
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 100}}
    )


def _load_ids(collection: Collection) -> Iterator[str]:
    for offset in range(0, collection.count(), PAGE):
        yield from collection.get(limit=PAGE, offset=offset, include=[])["ids"]
