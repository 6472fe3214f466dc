"""What only a database with several writers can get wrong: races, lost connections, other words."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from assistant.conversation.inbound.conversation_start import Visitor, open_conversation
from assistant.domain.errors import AlreadyClaimed, Unavailable
from assistant.domain.jobs import JobKind
from assistant.domain.knowledge import Article
from assistant.knowledge.ingest.chunking import split_into_chunks
from assistant.knowledge.ingest.index_fields import build_index_terms
from assistant.storage.database import SqlDatabase
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.store import SqlStore
from assistant.text.segmentation import tokenize_text
from tests.harness import IDENTITY_KEY, JAPANESE, LANGUAGES, Harness, memory_database
from tests.postgres import emptied

pytestmark = pytest.mark.slow

LEASE = timedelta(seconds=10)


@pytest.fixture
def database(postgres_database: str) -> Iterator[SqlDatabase[SqlStore]]:
    opened = emptied(postgres_database)
    yield opened
    opened.close()


@pytest.fixture
def other(postgres_database: str, database: SqlDatabase[SqlStore]) -> Iterator[SqlDatabase[SqlStore]]:
    """The same database as another process has it."""
    opened = SqlDatabase(create_postgres_engine(postgres_database), SqlStore)
    yield opened
    opened.close()


async def test_messages_that_come_at_once_are_numbered_without_gaps(
    rig: Harness, other: SqlDatabase[SqlStore]
) -> None:
    conversation = (await rig.open()).conversation.id
    second = Harness(other)
    said = (side.say(conversation, f"{n}") for n in range(20) for side in (rig, second))
    await asyncio.gather(*said)
    messages = await rig.messages(conversation)
    assert [message.seq for message in messages] == list(range(1, 41))
    assert len({message.text for message in messages}) == 20


async def test_of_twenty_copies_at_once_one_is_stored(rig: Harness, other: SqlDatabase[SqlStore]) -> None:
    conversation, message = (await rig.open()).conversation.id, str(uuid4())
    second = Harness(other)
    copies = [side.say(conversation, "返品したい", message) for _ in range(10) for side in (rig, second)]
    receipts = await asyncio.gather(*copies)
    assert sum(not receipt.is_duplicate for receipt in receipts) == 1
    assert {receipt.message.id for receipt in receipts} == {message}


async def test_a_row_is_leased_to_one_of_many_who_claim(rig: Harness, other: SqlDatabase[SqlStore]) -> None:
    talks = [(await rig.open()).conversation.id for _ in range(12)]
    for talk in talks:
        await rig.say(talk, "返品したい")
    later = rig.clock() + timedelta(seconds=5)

    async def claim(database: SqlDatabase[SqlStore]) -> list[str]:
        claimed = await database.write(lambda store: store.jobs.claim_due(later, LEASE, 3))
        return [item.conversation for item in claimed if item.kind is JobKind.TURN]

    rounds = await asyncio.gather(*(claim(side) for _ in range(8) for side in (rig.database, other)))
    assert sorted(one for claimed in rounds for one in claimed) == sorted(talks)


async def test_of_fifty_agents_one_wins(rig: Harness, other: SqlDatabase[SqlStore]) -> None:
    agents = [await rig.hire(f"agent{n}") for n in range(50)]
    second = Harness(other)
    for _ in range(5):
        conversation = (await rig.open()).conversation.id
        await rig.press_person_button(conversation)
        sides = zip(agents, [rig, second] * 25, strict=True)
        claims = (side.claim(conversation, agent) for agent, side in sides)
        outcomes = await asyncio.gather(*claims, return_exceptions=True)
        assert sum(isinstance(outcome, AlreadyClaimed) for outcome in outcomes) == 49


async def test_one_customer_who_signs_in_twice_at_once_is_one(
    rig: Harness, other: SqlDatabase[SqlStore]
) -> None:
    signature = hmac.new(IDENTITY_KEY, b"c-7", hashlib.sha256).hexdigest()
    visitor = Visitor(locale="ja", id="c-7", signature=signature)
    second = Harness(other)
    opened = await asyncio.gather(*(side.open(visitor) for _ in range(8) for side in (rig, second)))
    assert len({one.conversation.customer for one in opened}) == 1


async def test_the_journal_is_read_in_order_though_commits_are_not(
    rig: Harness, other: SqlDatabase[SqlStore]
) -> None:
    seen: list[int] = []
    done = asyncio.Event()

    async def follow() -> None:
        while not done.is_set():
            seen.extend(await other.read(partial(_noted, last=seen[-1] if seen else 0, now=rig.clock())))

    following = asyncio.create_task(follow())
    for _ in range(6):
        await asyncio.gather(*(rig.open() for _ in range(10)))
    _, last = await rig.database.read(lambda store: store.journal.load_id_range())
    async with asyncio.timeout(10):
        while not seen or seen[-1] < last:
            await asyncio.sleep(0.01)
    done.set()
    await following
    assert seen == sorted(set(seen))
    assert len(seen) == 60


async def test_what_was_rolled_back_holds_the_journal_up_only_for_a_while(rig: Harness) -> None:
    await _leave_a_gap(rig)
    assert await rig.database.read(partial(_noted, last=0, now=rig.clock())) == [1]
    rig.clock.pass_(11)
    assert await rig.database.read(partial(_noted, last=0, now=rig.clock())) == [1, 3]


async def _leave_a_gap(rig: Harness) -> None:
    """Between two entries of the journal, one that was taken back."""

    def fails(store: SqlStore) -> None:
        open_conversation(store, JAPANESE, IDENTITY_KEY, LANGUAGES, rig.clock())
        raise ZeroDivisionError

    await rig.open()
    with pytest.raises(ZeroDivisionError):
        await rig.database.write(fails)
    await rig.open()


def _noted(store: SqlStore, last: int, now: datetime) -> list[int]:
    return [number for number, _, _ in store.journal.list_after(last, limit=7, now=now)]


async def test_a_new_follower_of_the_journal_starts_before_what_is_still_to_come(rig: Harness) -> None:
    await _leave_a_gap(rig)
    assert await rig.database.read(lambda store: store.journal.find_latest_id(rig.clock())) == 1
    rig.clock.pass_(11)
    assert await rig.database.read(lambda store: store.journal.find_latest_id(rig.clock())) == 3


async def test_lost_connections_cost_a_retry_and_nothing_else(rig: Harness, postgres_database: str) -> None:
    conversation = (await rig.open()).conversation.id
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yorisoi'"
    with psycopg.connect(postgres_database, autocommit=True) as admin:
        for n in range(10):
            admin.execute(kill)
            await asyncio.gather(*(rig.say(conversation, f"{n}-{m}") for m in range(4)))
    assert [message.seq for message in await rig.messages(conversation)] == list(range(1, 41))


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = SqlDatabase(create_postgres_engine("postgresql://nobody@127.0.0.1:1/nothing"), SqlStore)
    with pytest.raises(Unavailable, match="does not answer"):
        await database.read(lambda store: store.journal.load_id_range())
    database.close()


async def test_who_is_stopped_in_a_transaction_does_not_hold_others_up_for_long(
    rig: Harness, postgres_database: str
) -> None:
    """A process that hangs while it holds a conversation loses it: the database ends its transaction."""
    conversation = (await rig.open()).conversation.id
    with rig.database.engine.connect() as ours:
        limit = ours.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one()
    assert limit == "5s"
    stopped = psycopg.connect(postgres_database, options="-c idle_in_transaction_session_timeout=300")
    stopped.execute("SELECT * FROM conversations WHERE id = %s FOR UPDATE", (conversation,))
    receipt = await rig.say(conversation, "返品したい")
    assert receipt.message.seq == 1
    stopped.close()


# -- words


async def test_words_find_what_they_find_on_sqlite(database: SqlDatabase[SqlStore]) -> None:
    """The ranking proper is done by search itself: here it matters that the good ones are proposed."""
    sqlite = memory_database()
    everything = Path(__file__).parents[2] / "knowledge_base" / "ja"
    for side in (database, sqlite):
        await _fill(side, everything)
    for question in ("返品の期限は何日ですか", "沖縄への送料", "ポイントの有効期限", "領収書", "don't"):
        step = partial(_matching, words=tokenize_text(question))
        (all_here, best_here), (all_there, best_there) = await database.read(step), await sqlite.read(step)
        assert all_here == all_there, question
        assert len(best_here & best_there) >= 0.7 * len(best_here), question
    sqlite.close()


def _matching(store: SqlStore, words: list[str]) -> tuple[set[int], set[int]]:
    """Everything that matches, and the best of it."""
    found = store.articles.search_words(words, limit=10_000)
    return set(found), set(found[:20])


async def _fill(database: SqlDatabase[SqlStore], folder: Path) -> None:
    """Every article of *folder*, cut and segmented as ingesting does it."""

    def step(store: SqlStore) -> None:
        for path in sorted(folder.rglob("*.md")):
            text = path.read_text("utf-8")
            article = Article(id=path.name, title=path.stem, language="ja", text=text, content_hash="")
            parts = [(chunk, build_index_terms(article, chunk)) for chunk in split_into_chunks(text, len)]
            store.articles.save_article(article, parts)

    await database.write(step)
