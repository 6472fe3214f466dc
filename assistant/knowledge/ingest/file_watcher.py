"""Watches sources by polling size and modification time of every document.

Polling instead of events of the operating system: network drives, container mounts and folders that are
replaced send none, and a scan sees exactly what an ingest run reads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256

from assistant.knowledge.ingest.files import SourceFile, list_files
from assistant.knowledge.ingest.sitemap import Sitemap
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.reader import DocumentReader

LOOK_SECONDS = 1.0
#: Scanning takes at most this share of the time, however many files there are.
SHARE = 0.05
#: Changes are reported after this many seconds without a further change …
QUIET_SECONDS = 0.5
#: … and after this many seconds even while changes go on.
MAX_SETTLE_SECONDS = 10.0

#: Each document with its size and modification time, each problem with its reason.
Snapshot = Mapping[str, object]


async def watch_sources(sources: Sequence[str], *, look_seconds: float = LOOK_SECONDS) -> AsyncIterator[None]:
    """Yield once at the start, and after documents were added, changed or removed and the changes settled."""
    seen: Snapshot | None = None
    while True:
        began = time.monotonic()
        now = await asyncio.to_thread(scan_sources, sources)
        took = time.monotonic() - began
        if now != seen:
            seen = now if seen is None else await _wait_until_settled(sources, now)
            yield
        await asyncio.sleep(max(look_seconds, took / SHARE))


async def _wait_until_settled(sources: Sequence[str], now: Snapshot) -> Snapshot:
    end = time.monotonic() + MAX_SETTLE_SECONDS
    while time.monotonic() < end:
        await asyncio.sleep(QUIET_SECONDS)
        before, now = now, await asyncio.to_thread(scan_sources, sources)
        if now == before:
            break
    return now


def scan_sources(sources: Sequence[str]) -> Snapshot:
    """What an ingest run would find now."""
    seen: dict[str, object] = {}
    for source in sources:
        for item in list_files(source):
            if isinstance(item, SourceFile):
                seen[item.location] = _get_file_state(item)
            else:
                seen[item.place] = item.why
    return seen


def _get_file_state(file: SourceFile) -> object:
    try:
        found = file.path.stat()
    except OSError as exc:
        return exc.errno
    return found.st_size, found.st_mtime_ns, found.st_ino


class CachingReader:
    """A reader with a cache by content: when one file of a folder changed, one file is parsed."""

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, bytes], list[Document] | Unreadable] = {}
        self._used: set[tuple[str, bytes]] = set()

    async def parse_documents(self, suffix: str, data: bytes) -> list[Document]:
        key = suffix, sha256(data).digest()
        self._used.add(key)
        if key not in self._known:
            try:
                self._known[key] = await self._reader.parse_documents(suffix, data)
            except Unreadable as exc:
                self._known[key] = exc
        found = self._known[key]
        if isinstance(found, Unreadable):
            raise Unreadable(str(found))
        return found

    async def parse_sitemap(self, data: bytes) -> Sitemap:
        return await self._reader.parse_sitemap(data)

    def forget_unused(self) -> None:
        """Drop cached documents that were not read since the last call."""
        self._known = {key: self._known[key] for key in self._used}
        self._used = set()
