"""Nearest vectors from an embedded Chroma, opened by one process at a time under a file lock."""

from __future__ import annotations

import asyncio
import fcntl
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar, cast

from assistant.domain.errors import IndexUnavailable

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

T = TypeVar("T")

LOCK, FILES, DAMAGED = "lock", "files", "damaged"
#: There while a process has the index open: found at a start, the last one did not end well.
OPEN_MARK = "open"
PROBE_SECONDS = 20
#: Ids read at a time.
PAGE = 20_000

#: Opens the index in a process of its own: damaged files can kill the process that reads them.
PROBE = """
import sys
from assistant.knowledge.chroma import connect
client = connect(sys.argv[1])
for collection in client.list_collections():
    some = collection.get(limit=1, include=["embeddings"])
    if some["ids"]:
        collection.query(query_embeddings=some["embeddings"], n_results=1, include=["distances"])
"""


class ChromaIndex:
    """One collection of one embedding model; calls run in threads, as Chroma's client blocks."""

    stands_in: str | None = None

    def __init__(self, folder: Path, model: str) -> None:
        """Open the index in *folder*; IndexUnavailable when another process has it or it is past help."""
        self._lock = _locked(folder)
        self._mark = folder / OPEN_MARK
        if self._mark.exists():
            _probe(folder)
        self._mark.touch()
        try:
            self._client, self._collection = _opened(folder, collection_name(model))
        except IndexUnavailable:
            self._lock.close()
            raise

    async def nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]:
        def query() -> list[tuple[int, float]]:
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
            distances = (found["distances"] or [[]])[0]
            return [(int(id_), 1 - float(far)) for id_, far in zip(found["ids"][0], distances, strict=True)]

        return await self._call(query)

    async def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        most = self._client.get_max_batch_size()

        def add() -> None:
            for start in range(0, len(ids), most):
                some = [str(id_) for id_ in ids[start : start + most]]
                self._collection.upsert(ids=some, embeddings=vectors[start : start + most])

        await self._call(add)

    async def remove(self, ids: Sequence[int]) -> None:
        most = self._client.get_max_batch_size()

        def delete() -> None:
            for start in range(0, len(ids), most):
                self._collection.delete(ids=[str(id_) for id_ in ids[start : start + most]])

        await self._call(delete)

    async def ids(self) -> set[int]:
        return await self._call(lambda: set(self._all_ids()))

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)
        self._mark.unlink(missing_ok=True)
        self._lock.close()

    def _all_ids(self) -> Iterator[int]:
        for offset in range(0, self._collection.count(), PAGE):
            page = self._collection.get(limit=PAGE, offset=offset, include=[])
            yield from map(int, page["ids"])

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except _chroma_errors() as exc:
            raise IndexUnavailable(f"The vector index does not answer ({exc}).") from exc


def connect(path: str) -> Client:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)


def collection_name(model: str) -> str:
    """A name that Chroma takes: 3–512 of letters, digits, dot, dash and underscore."""
    return f"passages-{re.sub('[^a-zA-Z0-9_-]', '-', model)[:200].strip('-')}-v1"


def _opened(folder: Path, name: str) -> tuple[Client, Collection]:
    """Client and collection; files that Chroma refuses are set aside, the articles can make them again."""
    refusals: tuple[type[Exception], ...] = (*_chroma_errors(), OSError)
    try:
        return _connected(folder, name)
    except refusals:
        _set_aside(folder)
    try:
        return _connected(folder, name)
    except refusals as exc:
        raise IndexUnavailable(f"The vector index cannot be opened ({exc}).") from exc


def _connected(folder: Path, name: str) -> tuple[Client, Collection]:
    """The model's collection; those of other models are dropped."""
    client = connect(str(folder / FILES))
    for other in client.list_collections():
        if other.name != name:
            client.delete_collection(other.name)
    collection = client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 100}}
    )
    return client, collection


def _locked(folder: Path) -> IO[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / LOCK).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.close()
        raise IndexUnavailable("Another process has the vector index open.") from exc
    return lock


def _probe(folder: Path) -> None:
    """Try the index where it can do no harm; set it aside when it is damaged."""
    command = [sys.executable, "-c", PROBE, str(folder / FILES)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=PROBE_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        _set_aside(folder)


def _set_aside(folder: Path) -> None:
    """Keep the files for whoever wants to know, out of the way."""
    from chromadb.api.shared_system_client import SharedSystemClient

    # Chroma remembers a client per path, one that failed to open too.
    SharedSystemClient.clear_system_cache()
    shutil.rmtree(folder / DAMAGED, ignore_errors=True)
    if (folder / FILES).exists():
        (folder / FILES).rename(folder / DAMAGED)


def _chroma_errors() -> tuple[type[Exception], ...]:
    """What a call can raise; ValueError is Chroma's for vectors of another length."""
    from chromadb.errors import ChromaError

    return ChromaError, sqlite3.Error, RuntimeError, ValueError
