"""Watching folders and files: what settled is told once, whatever editors and drives do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.knowledge.ingest import file_watcher
from assistant.knowledge.ingest.file_watcher import CachingReader, watch_sources
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.reader import InProcessReader

NEVER = 0.15


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_watcher, "QUIET_SECONDS", 0.03)
    monkeypatch.setattr(file_watcher, "MAX_SETTLE_SECONDS", 0.3)


class WatchedFolder:
    """A folder that is watched, and how often something was told."""

    def __init__(self, *sources: Path) -> None:
        self.told = 0
        self._changes = watch_sources([str(source) for source in sources], look_seconds=0.01)
        self._task = asyncio.create_task(self._count())

    async def _count(self) -> None:
        async for _ in self._changes:
            self.told += 1

    async def until(self, told: int) -> None:
        async with asyncio.timeout(20):
            while self.told < told:
                await asyncio.sleep(0.005)
        await asyncio.sleep(NEVER)
        assert self.told == told

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\nOne.")
    return folder


@pytest.fixture
async def watched(kb: Path) -> AsyncIterator[WatchedFolder]:
    watched = WatchedFolder(kb)
    await watched.until(1)
    yield watched
    await watched.close()


async def test_new_changed_and_vanished_documents_are_each_told_once(
    watched: WatchedFolder, kb: Path
) -> None:
    (kb / "deep").mkdir()
    (kb / "deep" / "b.md").write_text("# B\n\nTwo.")
    await watched.until(2)
    (kb / "a.md").write_text("# A\n\nThree.")
    await watched.until(3)
    (kb / "a.md").unlink()
    await watched.until(4)


async def test_what_is_no_document_is_not_told(watched: WatchedFolder, kb: Path) -> None:
    (kb / "logo.png").write_bytes(b"\x89PNG")
    (kb / ".a.md.swp").write_text("an editor's")
    await watched.until(1)


async def test_an_editor_that_replaces_a_single_file_is_seen(kb: Path) -> None:
    watched = WatchedFolder(kb / "a.md")
    await watched.until(1)
    (kb / "b.md").write_text("# B\n\nA neighbour that nobody named.")
    await watched.until(1)
    (kb / "a.tmp").write_text("# A\n\nOne!")  # the same length
    (kb / "a.tmp").rename(kb / "a.md")
    await watched.until(2)
    await watched.close()


async def test_a_folder_that_goes_and_comes_back_is_seen_twice(watched: WatchedFolder, kb: Path) -> None:
    kb.rename(kb.with_name("elsewhere"))
    await watched.until(2)
    kb.with_name("elsewhere").rename(kb)
    await watched.until(3)


async def test_a_burst_is_told_once_when_it_is_over_and_an_endless_one_too(
    watched: WatchedFolder, kb: Path
) -> None:
    for number in range(8):
        (kb / f"{number}.md").write_text("x" * number)
        await asyncio.sleep(0.01)
    await watched.until(2)

    async def never_resting() -> None:
        for number in range(1000):
            (kb / "a.md").write_text("x" * number)
            await asyncio.sleep(0.01)

    restless = asyncio.create_task(never_resting())
    async with asyncio.timeout(20):
        while watched.told < 3:
            await asyncio.sleep(0.01)
    restless.cancel()


class CountingReader(InProcessReader):
    def __init__(self) -> None:
        self.reads = 0

    async def parse_documents(self, suffix: str, data: bytes) -> list[Document]:
        self.reads += 1
        return await super().parse_documents(suffix, data)


async def test_each_content_is_parsed_once_also_when_it_cannot_be() -> None:
    counting = CountingReader()
    reader = CachingReader(counting)
    for _ in range(3):
        assert (await reader.parse_documents(".md", b"# A\n\nOne."))[0].title == "A"
        with pytest.raises(Unreadable, match="empty"):
            await reader.parse_documents(".md", b"")
        reader.forget_unused()
    assert counting.reads == 2
    await reader.parse_documents(".md", b"# B\n\nTwo.")
    reader.forget_unused()
    await reader.parse_documents(".md", b"# A\n\nOne.")
    assert counting.reads == 4
