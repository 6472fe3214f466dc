"""A real index, damaged in every way we know: search goes on, says why, and is whole again by itself."""

import fcntl
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.vectors import synced_index
from assistant.knowledge.vectors.chroma_embedded import IN_USE, MAX_DAMAGED_COPIES, open_embedded_collection
from assistant.knowledge.vectors.synced_index import SyncedVectorIndex, build_embedded_opener
from tests.knowledge.shop import KnowledgeHarness

NAME = "passages-test"
DIMENSIONS = 128


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[KnowledgeHarness]:
    """A filled knowledge base; its index in *tmp_path* is closed."""
    made = KnowledgeHarness(SyncedVectorIndex(build_embedded_opener(tmp_path, NAME, DIMENSIONS)))
    await made.fill()
    await made.retriever.start()
    assert made.retriever.component_health()["vectors"] is None
    await made.retriever.close()
    yield made
    await made.retriever.close()
    made.database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / synced_index.FOLDER / NAME


async def reopened(shop: KnowledgeHarness, folder: Path) -> SyncedVectorIndex:
    vectors = SyncedVectorIndex(build_embedded_opener(folder.parents[1], NAME, DIMENSIONS))
    shop.retriever = shop.serve(vectors)
    await shop.retriever.start()
    return vectors


async def answers(shop: KnowledgeHarness) -> None:
    assert (await shop.found("ポイントの期限", "ja"))[0] == "ja/points.md"


async def test_it_survives_a_restart_and_takes_in_what_changed(shop: KnowledgeHarness, folder: Path) -> None:
    await shop.indexer.remove_articles(["ja/points.md"])
    vectors = await reopened(shop, folder)
    assert (await shop.found("返品は何日以内ですか", "ja"))[0] == "ja/returns.md"
    assert vectors.is_in_sync, vectors.unavailable_reason
    assert vectors.unavailable_reason is None


async def test_while_another_process_has_it_all_vectors_are_compared(
    shop: KnowledgeHarness, folder: Path
) -> None:
    holder = open_embedded_collection(folder, NAME, DIMENSIONS)
    vectors = await reopened(shop, folder)
    await answers(shop)
    assert vectors.unavailable_reason == IN_USE
    await holder.close()
    vectors._retry_at = 0
    await vectors.maintain()
    assert vectors.unavailable_reason is None
    assert vectors.is_in_sync, vectors.unavailable_reason


def garble(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garble_the_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(random.Random(7).randbytes(path.stat().st_size // 3))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [garble, truncate, garble_the_middle, Path.unlink])
async def test_a_damaged_database_is_set_aside_and_made_again(
    shop: KnowledgeHarness, folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder / "files" / "chroma.sqlite3")
    vectors = await reopened(shop, folder)
    await answers(shop)
    assert vectors.is_in_sync, vectors.unavailable_reason
    assert vectors.unavailable_reason is None


@pytest.mark.slow
@pytest.mark.parametrize("damage", [garble, truncate, Path.unlink])
async def test_a_damaged_graph_does_not_take_the_service_along(
    tmp_path: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    """Reading one kills the process that does."""
    index = open_embedded_collection(folder, NAME, DIMENSIONS)
    rows = np.random.default_rng(3).standard_normal((3_000, DIMENSIONS), np.float32)
    await index.upsert_vectors(range(3_000), rows)
    await index.find_nearest(rows[0], limit=3)
    await index.close()
    graphs = [path for path in (folder / "files").rglob("*.bin") if path.stat().st_size]
    assert graphs
    for graph in graphs:
        damage(graph)
    again = open_embedded_collection(folder, NAME, DIMENSIONS)
    try:
        for row in rows[:5]:
            await again.find_nearest(row, limit=3)
    except IndexUnavailable:
        pass  # said, not died of: it is opened again, and then its files are tried by another process
    await again.close()


async def test_a_folder_that_vanished_is_filled_again(shop: KnowledgeHarness, folder: Path) -> None:
    shutil.rmtree(folder)
    vectors = await reopened(shop, folder)
    assert vectors.is_in_sync, vectors.unavailable_reason


async def test_vectors_of_another_length_are_replaced(shop: KnowledgeHarness, folder: Path) -> None:
    shutil.rmtree(folder)
    other = open_embedded_collection(folder, NAME, 8)
    await other.upsert_vectors([16], np.ones((1, 8), np.float32))
    await other.close()
    vectors = await reopened(shop, folder)
    await answers(shop)
    assert vectors.is_in_sync, vectors.unavailable_reason


async def test_missing_extra_and_strange_ids_are_put_right(shop: KnowledgeHarness, folder: Path) -> None:
    index = open_embedded_collection(folder, NAME, DIMENSIONS)
    held = await index.list_ids()
    await index.remove_vectors(sorted(held)[:3])
    await index.upsert_vectors([999_999], np.ones((1, DIMENSIONS), np.float32))
    index._collection.upsert(ids=["not ours"], embeddings=np.ones((1, DIMENSIONS), np.float32))
    await index.close()
    vectors = await reopened(shop, folder)
    await vectors.close()
    index = open_embedded_collection(folder, NAME, DIMENSIONS)
    assert await index.list_ids() == held
    assert await index.count_vectors() == len(held)
    await index.close()


async def test_what_goes_missing_while_serving_is_noticed(
    shop: KnowledgeHarness, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synced_index, "CHECK_SECONDS", 0)
    vectors = await reopened(shop, folder)
    assert vectors._index is not None
    await vectors._index.remove_vectors(sorted(await vectors._index.list_ids())[:2])
    await vectors.maintain()
    assert await vectors._index.list_ids() == shop.retriever.forward_index.list_vector_ids()


def half_written(file: Path) -> None:
    """As a process leaves it that dies in a transaction whose first pages are in the file already."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA cache_size = 5")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE half (text)")
        connection.executemany("INSERT INTO half VALUES (?)", [("x" * 1_000,)] * 500)
        left = {path: path.read_bytes() for path in file.parent.glob(f"{file.name}*")}
        connection.execute("ROLLBACK")
    connection.close()
    assert len(left) > 1
    for path, content in left.items():
        path.write_bytes(content)


async def test_what_a_death_left_half_written_is_rolled_back(shop: KnowledgeHarness, folder: Path) -> None:
    half_written(folder / "files" / "chroma.sqlite3")
    vectors = await reopened(shop, folder)
    await answers(shop)
    assert vectors.is_in_sync, vectors.unavailable_reason
    assert not list(folder.glob("damaged-*"))


@pytest.mark.slow
async def test_killed_in_the_middle_of_a_write_it_is_whole_afterwards(
    shop: KnowledgeHarness, folder: Path
) -> None:
    script = (
        "import asyncio, sys, numpy as np; from pathlib import Path;"
        "from assistant.knowledge.vectors.chroma_embedded import open_embedded_collection;"
        f"index = open_embedded_collection(Path(sys.argv[1]), {NAME!r}, {DIMENSIONS});"
        "print('open', flush=True);"
        f"rows = np.random.default_rng(1).standard_normal((5000, {DIMENSIONS}), np.float32);"
        "[asyncio.run(index.upsert_vectors(range(n, n + 5000), rows)) for n in range(100, 10**6, 5000)]"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(1.0)
        writer.send_signal(signal.SIGKILL)
    vectors = await reopened(shop, folder)
    while await vectors.maintain():
        pass
    await answers(shop)
    assert vectors.is_in_sync, vectors.unavailable_reason


@pytest.mark.slow
async def test_damaged_copies_are_few(shop: KnowledgeHarness, folder: Path) -> None:
    for _ in range(MAX_DAMAGED_COPIES + 2):
        garble(folder / "files" / "chroma.sqlite3")
        await open_embedded_collection(folder, NAME, DIMENSIONS).close()
    assert len(list(folder.glob("damaged-*"))) == MAX_DAMAGED_COPIES


async def test_a_place_that_cannot_be_written_to_is_explained(shop: KnowledgeHarness, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    vectors = SyncedVectorIndex(build_embedded_opener(tmp_path / "file", NAME, DIMENSIONS))
    shop.retriever = shop.serve(vectors)
    await shop.retriever.start()
    await answers(shop)
    assert "cannot be used (" in str(vectors.unavailable_reason)


@pytest.mark.slow
async def test_a_full_disk_is_explained_and_nothing_is_thrown_away(
    shop: KnowledgeHarness, folder: Path
) -> None:
    """The limit on a file's size stands for the disk's."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    (folder / "closed.json").unlink()
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        vectors = await reopened(shop, folder)
        await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
        await shop.indexer.backfill_embeddings()
        await shop.retriever.load_changes()
        await vectors.maintain()
        assert (await shop.found("ギフト包装はいくら", "ja"))[0] == "ja/gift.md"
        assert "free space" in str(vectors.unavailable_reason)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(folder.glob("damaged-*")) == []
    vectors._retry_at = 0
    await vectors.maintain()
    assert vectors.is_in_sync, vectors.unavailable_reason
    assert vectors.unavailable_reason is None


async def test_a_folder_that_is_not_ours_to_write_is_explained(shop: KnowledgeHarness, folder: Path) -> None:
    me = os.geteuid()
    folder.chmod(0o500)
    os.seteuid(65534 if me == 0 else me)
    try:
        with pytest.raises(IndexUnavailable, match="let this user write there"):
            open_embedded_collection(folder, NAME, DIMENSIONS)
    finally:
        os.seteuid(me)
        folder.chmod(0o700)


def test_two_do_not_open_it_at_once(folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexUnavailable, match="Another process"):
            open_embedded_collection(folder, NAME, DIMENSIONS)


def test_the_files_are_what_we_think(folder: Path) -> None:
    """What the damage above is done to exists."""
    index = open_embedded_collection(folder, NAME, DIMENSIONS)
    assert sqlite3.connect(folder / "files" / "chroma.sqlite3").execute("SELECT 1").fetchone() == (1,)
    index._closed()
