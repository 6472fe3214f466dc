"""A real Chroma server used by several processes: down, dying, empty, hung, and filled by one at a time."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.vectors import chroma_server
from assistant.knowledge.vectors.chroma_server import ChromaAccess, open_server_collection
from assistant.knowledge.vectors.synced_index import (
    SyncedVectorIndex,
    build_lease,
    build_server_opener,
    remove_collection,
)
from tests.knowledge.shop import KnowledgeHarness

pytestmark = pytest.mark.slow


@dataclass
class ChromaServer:
    """`chroma run`, started and killed at will, always at the same address."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def access(self) -> ChromaAccess:
        return ChromaAccess(url=self.url)

    def start(self) -> None:
        chroma = Path(sys.executable).with_name("chroma")
        where = ["--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen([chroma, "run", *where], stdout=subprocess.DEVNULL)
        for _ in range(300):
            with suppress(httpx.HTTPError):
                httpx.get(f"{self.url}/api/v2/heartbeat", trust_env=False)
                return
            time.sleep(0.1)
        raise AssertionError("chroma run does not answer")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = ChromaServer(tmp_path / "chroma", free.getsockname()[1])
    yield made
    made.kill()


@pytest.fixture
async def shop() -> AsyncIterator[KnowledgeHarness]:
    made = KnowledgeHarness()
    await made.fill()
    yield made
    for retriever in made.opened:
        await retriever.close()
    made.database.close()


@dataclass
class ServingProcess:
    """What a serving process has of its own."""

    vectors: SyncedVectorIndex
    retriever: HybridRetriever

    async def found(self, question: str) -> str:
        return (await self.retriever.search(question, language="ja"))[0].article

    async def tend(self) -> None:
        self.vectors._retry_at = 0
        while await self.vectors.maintain():
            pass


async def process(shop: KnowledgeHarness, server: ChromaServer) -> ServingProcess:
    model, size = shop.embedder.name, shop.embedder.dimensions
    name = await shop.database.write(lambda store: store.collections.ensure_name(model))
    turns = build_lease(shop.database, model, lambda: datetime.now(UTC))
    vectors = SyncedVectorIndex(build_server_opener(server.access, name, size), turns)
    made = ServingProcess(vectors, shop.serve(vectors))
    shop.opened.append(made.retriever)
    await made.retriever.start()
    return made


async def test_several_processes_share_it_and_follow_each_others_changes(
    shop: KnowledgeHarness, server: ChromaServer
) -> None:
    server.start()
    one, other = await process(shop, server), await process(shop, server)
    await other.tend()
    assert one.vectors.is_in_sync
    assert other.vectors.is_in_sync
    await shop.put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await shop.indexer.remove_articles(["ja/points.md"])
    await shop.indexer.backfill_embeddings()
    await one.retriever.load_changes()
    await one.tend()
    # The other has not looked yet: it still answers, and does not put the old state back.
    await other.tend()
    assert await other.found("返品は何日以内ですか") == "ja/returns.md"
    await other.retriever.load_changes()
    await other.tend()
    assert await other.found("ギフト包装はいくら") == "ja/gift.md"
    assert one.vectors._index is not None
    assert await one.vectors._index.list_ids() == one.retriever.forward_index.list_vector_ids()
    # What another model left goes when nobody answers by it.
    name = await shop.database.read(lambda store: store.collections.find_name(shop.embedder.name))
    await remove_collection(name or "", Path("nowhere"), server.access)
    again = await build_server_opener(server.access, name or "", shop.embedder.dimensions)()
    assert await again.count_vectors() == 0
    await again.close()


async def test_down_at_the_start_and_there_later(shop: KnowledgeHarness, server: ChromaServer) -> None:
    one = await process(shop, server)
    assert await one.found("ポイントの期限") == "ja/points.md"
    assert "start it, or check ASSISTANT_CHROMA_URL" in str(one.vectors.unavailable_reason)
    server.start()
    await one.tend()
    assert one.vectors.unavailable_reason is None
    assert one.vectors.is_in_sync


async def test_dying_in_mid_flight_and_coming_back_empty(
    shop: KnowledgeHarness, server: ChromaServer, tmp_path: Path
) -> None:
    server.start()
    one = await process(shop, server)
    assert one.vectors.is_in_sync
    server.kill()
    assert await one.found("ポイントの期限") == "ja/points.md"
    assert "does not answer" in str(one.vectors.unavailable_reason)
    server.folder = tmp_path / "another"
    server.start()
    await one.tend()
    assert one.vectors.is_in_sync
    assert one.vectors.unavailable_reason is None
    assert await one.found("ポイントの期限") == "ja/points.md"


async def test_one_process_fills_and_the_others_wait(shop: KnowledgeHarness, server: ChromaServer) -> None:
    server.start()
    model, now = shop.embedder.name, datetime.now(UTC)
    version = await shop.database.read(lambda store: store.articles.load_version())
    await shop.database.write(lambda store: store.collections.ensure_name(model))

    async def fill(who: str, version: int, now: datetime) -> bool:
        return await shop.database.write(
            lambda store: store.collections.acquire_sync_lease(model, who, version, now)
        )

    assert await fill("somebody", version, now) is True
    assert await fill("other", version, now) is False
    one = await process(shop, server)
    assert not one.vectors.is_in_sync
    assert "being rebuilt (0 of" in str(one.vectors.unavailable_reason)
    assert await one.found("ポイントの期限") == "ja/points.md"
    # Who stopped saying that it fills has died; who knows an older state may not.
    assert await fill("other", version - 1, now + timedelta(minutes=1)) is False
    assert await fill("other", version, now + timedelta(minutes=1)) is True
    await shop.database.write(lambda store: store.collections.release_sync_lease(model, "other"))
    await one.tend()
    assert one.vectors.is_in_sync
    assert one.vectors.unavailable_reason is None


async def test_a_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_server, "ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        opening = asyncio.to_thread(open_server_collection, ChromaAccess(url=url), "passages-x", 8)
        assert "does not answer" in str((await asyncio.gather(opening, return_exceptions=True))[0])


async def test_what_is_no_chroma_server_is_refused() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as web:
        port = web.sockets[0].getsockname()[1]
        access = ChromaAccess(url=f"http://127.0.0.1:{port}")
        with pytest.raises(IndexUnavailable):
            await asyncio.to_thread(open_server_collection, access, "passages-x", 8)
