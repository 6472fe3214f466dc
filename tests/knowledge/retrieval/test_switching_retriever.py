"""Another embedding model in the settings: answers go on by the old one's vectors, then by the new one's."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.app.knowledge_base import KnowledgeBase
from assistant.app.worker_app import AssistantService
from assistant.domain.knowledge import Passage
from assistant.knowledge.ingest.embedding_backfill import EarlierModel, EmbeddingBackfill
from assistant.knowledge.ingest.indexer import Indexer
from assistant.knowledge.retrieval.example_questions import ExampleQuestions
from assistant.knowledge.retrieval.question_words import QuestionWords
from assistant.knowledge.retrieval.retriever import HybridRetriever
from assistant.knowledge.retrieval.switching_retriever import SwitchingRetriever
from assistant.knowledge.vectors.synced_index import (
    FOLDER,
    SyncedVectorIndex,
    build_embedded_opener,
    remove_collection,
)
from assistant.models.embeddings.fake import LetterEmbedder
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.store import SqlStore
from tests.harness import ManualClock
from tests.knowledge.shop import PAGES, KnowledgeHarness

QUESTION = "返品は何日以内ですか"


class NewEmbedder(LetterEmbedder):
    """Another model: other vectors, of another length."""

    name = "new letters"
    dimensions = 96


class RecordingRetriever(HybridRetriever):
    """Keeps whose question vectors were compared with whose passages."""

    compared: list[tuple[str, int, int]]

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        asked = await self._embedder.embed_query(question)
        self.compared.append((self._embedder.name, len(asked), self.forward_index.vectors.shape[2]))
        return await super().search(question, language=language, limit=limit)


class ModelChange:
    """A knowledge base whose vectors are all the old model's, opened with the new one in the settings."""

    def __init__(self, folder: Path, database: SqlDatabase[SqlStore]) -> None:
        self.folder, self.database, self.clock = folder, database, ManualClock()
        self.compared: list[tuple[str, int, int]] = []
        self.new, self.old = NewEmbedder(), LetterEmbedder()

    def making(self, embedder: LetterEmbedder) -> EmbeddingBackfill:
        return EmbeddingBackfill(
            self.database,
            embedder,
            embedder.name,
            self.clock,
            partial(remove_collection, data_dir=self.folder, access=None),
        )

    async def retriever(self, embedder: LetterEmbedder) -> HybridRetriever:
        name = await self.database.write(lambda store: store.collections.ensure_name(embedder.name))
        made = RecordingRetriever(
            self.database,
            embedder,
            SyncedVectorIndex(build_embedded_opener(self.folder, name, embedder.dimensions)),
        )
        made.compared = self.compared
        return made

    async def open(self) -> SwitchingRetriever:
        """As the library opens it."""
        making = self.making(self.new)
        new = await self.retriever(self.new)
        earlier = await making.find_earlier_model()
        assert earlier is None or earlier == EarlierModel(self.old.name, self.old.name)
        before = await self.retriever(self.old) if earlier else None
        opened = SwitchingRetriever(new, before, ready=making.is_complete, changed=making.record_completion)
        await opened.start()
        return opened

    async def completed(self) -> list[str]:
        return list(await self.database.read(lambda store: store.collections.list_complete()))


def database_at(path: Path) -> SqlDatabase[SqlStore]:
    engine = create_sqlite_engine(path)
    migrate_schema(engine)
    return SqlDatabase(engine, SqlStore)


@pytest.fixture
async def change(tmp_path: Path) -> AsyncIterator[ModelChange]:
    made = ModelChange(tmp_path, database_at(tmp_path / "yorisoi.db"))
    shop = KnowledgeHarness.on(made.database)
    await made.retriever(made.old)
    await shop.fill()
    assert await made.making(made.old).record_completion() is True
    yield made
    made.database.close()


async def settled(opened: SwitchingRetriever) -> None:
    await opened.load_changes()
    while await opened.maintain():
        pass


async def test_the_old_model_answers_until_the_new_one_is_whole(change: ModelChange) -> None:
    opened = await change.open()
    await settled(opened)
    assert opened.is_switching is True
    assert (await opened.search(QUESTION, language="ja"))[0].article == "ja/returns.md"
    asked = asyncio.create_task(many_questions(opened))
    await change.making(change.new).run_backfill()
    await settled(opened)
    asked.cancel()
    assert opened.is_switching is False
    assert (await opened.search(QUESTION, language="ja"))[0].article == "ja/returns.md"
    assert change.compared[0] == ("letters", 128, 128)
    assert change.compared[-1] == ("new letters", 96, 96)
    # Never the question's vector of one model against passages of the other, and never back.
    assert set(change.compared) == {("letters", 128, 128), ("new letters", 96, 96)}
    assert change.compared == sorted(change.compared)
    assert len(list((change.folder / FOLDER).iterdir())) == 2
    await opened.close()


async def many_questions(opened: SwitchingRetriever) -> None:
    while True:
        await opened.search(QUESTION, language="ja")


async def test_the_old_index_is_closed_once_its_questions_are_answered(
    change: ModelChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await change.open()
    await settled(opened)
    old = opened._now
    await change.making(change.new).run_backfill()
    await settled(opened)
    assert await old._vectors._index.count_vectors() == len(PAGES) * old.forward_index.vectors.shape[1]  # type: ignore[union-attr]
    monkeypatch.setattr("assistant.knowledge.retrieval.switching_retriever.LINGER_SECONDS", 0)
    await opened.maintain()
    assert old._vectors._index is None
    await opened.close()


async def test_the_next_start_knows_that_the_change_is_done(change: ModelChange) -> None:
    await change.making(change.new).run_backfill()
    opened = await change.open()
    assert opened.is_switching is False
    assert await change.completed() == ["letters", "new letters"]
    await opened.close()


async def test_new_articles_do_not_bring_an_older_model_back(change: ModelChange) -> None:
    await change.making(change.new).run_backfill()
    await KnowledgeHarness.on(change.database).put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    assert await change.making(change.new).find_earlier_model() is None


async def test_articles_that_come_while_it_changes_are_found_by_their_words(change: ModelChange) -> None:
    opened = await change.open()
    await KnowledgeHarness.on(change.database).put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    await opened.load_changes()
    assert "ja/gift.md" in [found.article for found in await opened.search("ラッピング", language="ja")]
    await opened.close()


async def test_of_two_processes_one_makes_the_vectors(change: ModelChange) -> None:
    """The other one leaves it to the first, and takes over when that is not heard of any more."""
    await change.retriever(change.new)
    first, second = change.making(change.new), change.making(change.new)
    assert await first.build_turn(politely=True)() is True
    await second.run_backfill()
    assert await second.is_complete() is False
    change.clock.pass_(31)
    await second.run_backfill()
    assert await second.is_complete() is True


async def test_an_ingest_does_not_wait_for_anybody(change: ModelChange) -> None:
    await change.retriever(change.new)
    assert await change.making(change.new).build_turn(politely=True)() is True
    turn = change.making(change.new).build_turn(politely=False)
    await Indexer(change.database, change.new, turn).backfill_embeddings()
    assert await change.making(change.new).is_complete() is True


async def test_what_the_old_model_left_is_dropped_only_when_told(
    change: ModelChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.knowledge.retrieval.switching_retriever.LINGER_SECONDS", 0)
    opened = await change.open()
    await change.making(change.new).run_backfill()
    await settled(opened)
    await opened.maintain()
    assert len(await change.database.read(lambda store: store.articles.list_embedded("letters"))) == len(
        PAGES
    )
    await change.making(change.new).delete_other_models()
    assert await change.database.read(lambda store: store.articles.list_embedded("letters")) == []
    assert await change.completed() == ["new letters"]
    [left] = (change.folder / FOLDER).iterdir()
    assert "new-letters" in left.name
    await opened.close()


class BackfillService:
    """The part of the running service that makes vectors."""

    def __init__(self, change: ModelChange, opened: SwitchingRetriever) -> None:
        making = change.making(change.new)
        self.knowledge = KnowledgeBase(
            database=change.database,
            embedder=change.new,
            retriever=opened,
            indexer=Indexer(change.database, change.new),
            examples=ExampleQuestions(),
            words=QuestionWords(),
            making=making,
        )
        nobody: Any = None
        self.service = AssistantService(
            settings=nobody,
            knowledge=self.knowledge,
            dependencies=cast(Any, SimpleNamespace(check_reading=dict)),
            notifier=nobody,
            assistant=nobody,
            timing=nobody,
            channels={},
            article_desk=nobody,
            live=nobody,
        )

    async def until(self, wanted: Callable[[], Awaitable[bool]]) -> None:
        work = self.service.build_knowledge_tasks()
        tasks = [asyncio.ensure_future(start()) for start in work.values()]
        async with asyncio.timeout(30):
            while not await wanted():
                await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_service_changes_over_by_itself(change: ModelChange) -> None:
    opened = await change.open()
    served = BackfillService(change, opened)
    assert (await served.service.check_health())[
        "vectors"
    ] is None  # the old model answers: nothing is degraded

    async def changed() -> bool:
        return not opened.is_switching

    await served.until(changed)
    assert await change.completed() == ["letters", "new letters"]
    await opened.close()


async def test_the_service_makes_what_an_interrupted_ingest_left_missing(
    change: ModelChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.jobs.knowledge_refresh.BACKFILL_SECONDS", 0.02)
    await change.making(change.new).run_backfill()
    await KnowledgeHarness.on(change.database).put("ja/gift.md", "ギフト包装", "ラッピングは330円です。")
    opened = await change.open()
    served = BackfillService(change, opened)
    assert await served.knowledge.report_missing_vectors() == 1
    await served.until(change.making(change.new).is_complete)
    await opened.close()


async def test_where_nothing_stands_in_the_service_says_that_it_is_degraded(change: ModelChange) -> None:
    """The old model cannot be opened any more: words answer."""
    new = await change.retriever(change.new)
    making = change.making(change.new)
    opened = SwitchingRetriever(new, ready=making.is_complete, changed=making.record_completion)
    await opened.start()
    served = BackfillService(change, opened)
    await served.knowledge.report_missing_vectors()
    told = (await served.service.check_health())["vectors"]
    assert told == "The vectors of new letters are being made (0 of 6 passages)."
    assert (await opened.search("返品", language="ja"))[0].article == "ja/returns.md"
    await making.run_backfill()
    assert (await served.service.check_health())["vectors"] is None
    await opened.close()


MAKING = """
import asyncio, sys
from pathlib import Path
from assistant.knowledge.ingest import indexer
from tests.knowledge.retrieval.test_switching_retriever import ModelChange, database_at
indexer.BATCH_SIZE = 1

async def main():
    change = ModelChange(Path(sys.argv[1]), database_at(Path(sys.argv[1]) / "yorisoi.db"))
    await change.retriever(change.new)
    made = indexer.Indexer._embed_batch
    async def slowly(self, waiting):
        await made(self, waiting)
        print("one more", flush=True)
        await asyncio.sleep(0.2)
    indexer.Indexer._embed_batch = slowly
    await change.making(change.new).run_backfill()

asyncio.run(main())
"""


async def test_killed_in_the_middle_it_goes_on_where_it_was(change: ModelChange) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKING, str(change.folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(3):
        assert await asyncio.to_thread(process.stdout.readline) == "one more\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()

    opened = await change.open()
    await settled(opened)
    assert opened.is_switching is True  # some vectors of the new model are there, and none is used
    assert (await opened.search(QUESTION, language="ja"))[0].article == "ja/returns.md"
    missing, total = await change.making(change.new).count_missing()
    assert 0 < missing < total
    change.clock.pass_(10 * 24 * 3600)  # the killed process is not heard of any more
    change.new.embedded.clear()
    await change.making(change.new).run_backfill()
    assert 0 < len(change.new.embedded) < 2 * total
    await settled(opened)
    assert opened.is_switching is False
    assert (await opened.search(QUESTION, language="ja"))[0].article == "ja/returns.md"
    assert {name for name, _, _ in change.compared} == {"letters", "new letters"}
    await opened.close()
