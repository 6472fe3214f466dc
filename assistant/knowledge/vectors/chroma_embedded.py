"""Opens a collection that Chroma keeps in a folder: one process at a time, damaged files are quarantined.

Damaged files can kill the process that reads them, so files that were not closed cleanly are first probed in
a process of their own.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.vectors.chroma_collection import (
    ChromaIndex,
    chroma_error_types,
    format_error,
    list_vector_ids,
    open_collection,
)

if TYPE_CHECKING:
    from chromadb.api.client import Client

IN_USE = "Another process has the vector index open."
LOCK = "lock"
FILES = "files"
DAMAGED = "damaged"
#: Snapshot of the files when they were last closed cleanly.
CLOSED = "closed.json"
#: Quarantined copies that are kept.
MAX_DAMAGED_COPIES = 2
PROBE_SECONDS = 120
#: Errors that a new index would not solve: message -> what to do.
CIRCUMSTANCES = {
    # SQLite also reports "disk I/O error" for files that it cannot write.
    r"is full|no space|too large|os error 2[78]\b|code: (13|778|1034|1546|4874)\b": "free space on the disk",
    r"read-?only|permission|os error (13|30)\b": "let this user write there",
}

#: Opens the files, reads every id, and searches from many vectors: one query visits a small part of the
#: graph, and damage elsewhere would kill the service later.
PROBE = """
import sqlite3, sys
from pathlib import Path
from assistant.knowledge.vectors.chroma_embedded import open_client
file = Path(sys.argv[1]) / "chroma.sqlite3"
if file.exists():
    # Not read-only: what a death left half written has to be rolled back before it can be read.
    found = sqlite3.connect(f"file:{file}?mode=rw", uri=True).execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        sys.exit("chroma.sqlite3 is damaged: " + found[0])
client = open_client(sys.argv[1])
for collection in client.list_collections():
    collection.get(include=[])
    some = collection.get(limit=200, include=["embeddings"])
    if some["ids"]:
        collection.query(query_embeddings=some["embeddings"], n_results=10, include=["distances"])
"""


def open_embedded_collection(folder: Path, name: str, dimensions: int) -> ChromaIndex:
    """The collection in *folder*; IndexUnavailable: another process has it, or the folder is not usable."""
    with ExitStack() as undo:
        lock = undo.enter_context(_acquire_lock(folder))
        try:
            if not _was_closed_cleanly(folder) and (why := _probe_files(folder)):
                _quarantine_files(folder, why)
            (folder / CLOSED).unlink(missing_ok=True)
            index = _open_or_recreate(folder, name, dimensions, lock)
        except OSError as exc:
            raise build_unusable_error(folder, exc) from exc
        undo.pop_all()
        return index


def remove_embedded_collection(folder: Path) -> None:
    """Remove a collection that is no longer used; IndexUnavailable: another process still uses it."""
    with _acquire_lock(folder):
        shutil.rmtree(folder, ignore_errors=True)


def open_client(path: str) -> Client:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)


def build_unusable_error(folder: Path, why: object) -> IndexUnavailable:
    text = " ".join(str(why).split())
    remedy = _find_remedy(text) or "it is tried again by itself"
    return IndexUnavailable(f"The vector index in {folder} cannot be used ({text}); {remedy}.")


def _find_remedy(said: str) -> str | None:
    """The remedy for an error that is not caused by the files; None: the files are damaged."""
    found = (remedy for pattern, remedy in CIRCUMSTANCES.items() if re.search(pattern, said, re.IGNORECASE))
    return next(found, None)


def _open_or_recreate(folder: Path, name: str, dimensions: int, lock: IO[bytes]) -> ChromaIndex:
    """Open the files; quarantine them and start empty when Chroma refuses them: SQL has all vectors."""
    try:
        return _open_client_collection(folder, name, dimensions, lock)
    except chroma_error_types() as exc:
        _quarantine_files(folder, format_error(exc))
    try:
        return _open_client_collection(folder, name, dimensions, lock)
    except chroma_error_types() as exc:
        raise build_unusable_error(folder, format_error(exc)) from exc


def _open_client_collection(folder: Path, name: str, dimensions: int, lock: IO[bytes]) -> ChromaIndex:
    path = str(folder / FILES)
    with ExitStack() as undo:
        undo.callback(_forget_client, path)
        client = open_client(path)
        collection = open_collection(client, name, dimensions)
        list_vector_ids(collection)
        undo.pop_all()
        return ChromaIndex(client, collection, _build_close_callback(folder, lock))


def _build_close_callback(folder: Path, lock: IO[bytes]) -> Callable[[], None]:
    def on_close() -> None:
        try:
            (folder / CLOSED).write_text(json.dumps(_scan_files(folder)))
        except OSError:
            pass  # then it is probed at the next start
        finally:
            lock.close()

    return on_close


def _was_closed_cleanly(folder: Path) -> bool:
    """Whether the files are unchanged since they were closed; True when there are none."""
    try:
        return bool(json.loads((folder / CLOSED).read_text()) == _scan_files(folder))
    except (OSError, ValueError):
        return not (folder / FILES).exists()


def _scan_files(folder: Path) -> dict[str, list[int]]:
    """Every file with its size and modification time in nanoseconds."""
    files = sorted(path for path in (folder / FILES).rglob("*") if path.is_file())
    seen = ((path.relative_to(folder).as_posix(), path.stat()) for path in files)
    return {name: [found.st_size, found.st_mtime_ns] for name, found in seen}


def _acquire_lock(folder: Path) -> IO[bytes]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("wb")
    except OSError as exc:
        raise build_unusable_error(folder, exc) from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.close()
        raise IndexUnavailable(IN_USE) from exc
    return lock


def _probe_files(folder: Path) -> str | None:
    """Open the files in a process of their own; returns what is wrong with them, or None."""
    command = [sys.executable, "-c", PROBE, str(folder / FILES)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS)
    except subprocess.TimeoutExpired as exc:
        raise IndexUnavailable("The vector index takes too long to open.") from exc
    if done.returncode == 0:
        return None
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"reading it ends the process ({done.returncode})"


def _quarantine_files(folder: Path, why: str) -> None:
    """Move damaged files aside for diagnosis; IndexUnavailable when the files are not the cause."""
    if _find_remedy(why):
        raise build_unusable_error(folder, why)
    if not (folder / FILES).exists():
        return
    (folder / FILES).rename(folder / f"{DAMAGED}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    for old in sorted(folder.glob(f"{DAMAGED}-*"))[:-MAX_DAMAGED_COPIES]:
        shutil.rmtree(old, ignore_errors=True)


def _forget_client(path: str) -> None:
    """Remove Chroma's cached client of this path: it keeps one that failed to open too."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient._identifier_to_refcount.pop(path, None)
    if (system := SharedSystemClient._identifier_to_system.pop(path, None)) is not None:
        with suppress(AttributeError, *chroma_error_types()):  # a client that never started cannot be stopped
            system.stop()
