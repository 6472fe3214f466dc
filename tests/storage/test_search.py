"""The agents' search: over all time, complete after every change, page by page without gaps."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.tags import tag_conversation
from assistant.domain.conversation import State
from assistant.domain.inbox import InboxFilter, SearchHit
from assistant.storage.database import create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.store import SqlStore
from tests.harness import Harness
from tests.storage.test_migrate import upgrade

ALL = InboxFilter()


async def search(
    rig: Harness, query: str, wanted: InboxFilter = ALL, before: int | None = None, limit: int = 50
) -> list[SearchHit]:
    return list(
        await rig.database.read(
            lambda store: store.search.find_conversations(query, wanted, before=before, limit=limit)
        )
    )


async def find(rig: Harness, query: str, wanted: InboxFilter = ALL) -> list[str]:
    return [hit.conversation for hit in await search(rig, query, wanted)]


async def talk(rig: Harness, *texts: str, visitor: Visitor | None = None) -> str:
    conversation = (await rig.open(visitor or Visitor(locale="ja"))).conversation.id
    for text in texts:
        await rig.say(conversation, text)
    return conversation


async def test_two_characters_an_order_number_a_note_and_a_name_are_found(rig: Harness) -> None:
    one = await talk(rig, "返品の期限は？", "注文番号はKM-20391です")
    visitor = Visitor(locale="ja", name="田中花子", email="hanako@shop.example")
    other = await talk(rig, "送料を教えてください", visitor=visitor)
    agent = await rig.hire()
    await rig.reply(other, agent, "倉庫に確認中 ウメ", private=True)
    for query in ("返品", "期限", "KM-20391", "20391", "番号は"):
        assert await find(rig, query) == [one], query
    for query in ("送料", "田中", "花子", "hanako@shop.example", "倉庫", "ウメ", other[:12]):
        assert await find(rig, query) == [other], query
    assert await find(rig, "解約") == []


async def test_a_hit_names_its_message_and_the_newest_comes_first(rig: Harness) -> None:
    one = await talk(rig, "返品したい")
    other = await talk(rig, "返品できますか")
    await rig.say(one, "返品です", "newest")
    assert [(hit.conversation, hit.message == "newest") for hit in await search(rig, "返品")] == [
        (one, True),
        (other, False),
    ]


async def test_pages_have_every_conversation_once(rig: Harness) -> None:
    talks = [await talk(rig, "返品したい", "返品の送料") for _ in range(7)]
    await rig.say(talks[0], "返品まだですか")
    found, before = [], None
    while hits := await search(rig, "返品", before=before, limit=3):
        found += [hit.conversation for hit in hits]
        before = hits[-1].position
    assert found == [talks[0], *reversed(talks[1:])]


async def test_what_was_changed_or_deleted_is_found_by_its_present_words_only(rig: Harness) -> None:
    one = await talk(rig)
    await rig.say(one, "返品したい", "m1")
    await rig.database.write(lambda store: store.messages.update_text(one, "m1", "交換したい", "text"))
    assert (await find(rig, "返品"), await find(rig, "交換")) == ([], [one])
    customer = (await rig.state(one)).customer
    await rig.database.write(lambda store: store.customers.set_name(customer, "田中"))
    assert await find(rig, "田中") == [one]
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    assert (await find(rig, "交換"), await find(rig, "田中")) == ([], [])


async def test_a_card_number_is_not_found(rig: Harness) -> None:
    """Who sees it is in the audit log; a search would tell it without."""
    one = await talk(rig, "カードは 4111 1111 1111 1111 です")
    assert await find(rig, "カード") == [one]
    assert await find(rig, "4111") == []


async def test_a_card_number_in_a_customers_facts_or_a_tag_is_not_found(rig: Harness) -> None:
    one = await talk(rig, "こんにちは")

    def write_facts(store: Any) -> None:
        customer = store.conversations.get(one).customer
        store.customers.set_name(customer, "山田 4111 1111 1111 1111")

    await rig.database.write(write_facts)
    assert await find(rig, "山田") == [one]
    assert await find(rig, "4111") == []


async def test_tags_are_found_and_filter(rig: Harness) -> None:
    one, other = await talk(rig, "返品したい"), await talk(rig, "返品したい")
    agent = await rig.hire()
    tags = await rig.database.write(
        lambda store: tag_conversation(store, one, agent, ["初期不良", " VIP  客 "], rig.clock())
    )
    assert [tag.name for tag in tags] == ["初期不良", "VIP 客"]
    assert await find(rig, "不良") == [one]
    assert await find(rig, "返品", InboxFilter(tag=tags[0].id)) == [one]
    assert set(await find(rig, "返品")) == {one, other}
    await rig.database.write(lambda store: store.tags.remove(tags[0].id))
    assert (await find(rig, "不良"), await find(rig, "VIP")) == ([], [one])


async def test_a_search_takes_the_filters_of_the_inbox(rig: Harness) -> None:
    waiting, other = await talk(rig, "返品したい"), await talk(rig, "返品したい")
    await rig.press_person_button(waiting)
    assert await find(rig, "返品", InboxFilter(state=State.QUEUED)) == [waiting]
    assert await find(rig, "返品", InboxFilter(state=State.ASSISTANT)) == [other]
    assert await find(rig, "返品", InboxFilter(channel="line")) == []


@pytest.mark.parametrize(
    "query", ['a"b', "返品' OR 1", "\\", "(", "a:*", "NEAR(a b)", "-", "\x00", "返" * 300]
)
async def test_nothing_that_is_typed_is_an_operator(rig: Harness, query: str) -> None:
    await talk(rig, "返品したい")
    assert await find(rig, query) == []


async def test_what_was_there_before_the_migration_is_found(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "old.db")
    upgrade(engine, "0012")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO customers (id, created_at, name, verified, attributes)"
            """ VALUES ('p', 1, '田中', 0, '{"注文": "KM-7"}')""",
            "INSERT INTO identities VALUES ('line', 'U123', 'p', 1)",
            "INSERT INTO conversations (id, customer, channel, language, state, epoch, seq, episode_from,"
            " priority, created_at, updated_at)"
            " VALUES ('c', 'p', 'line', 'ja', 'closed', 1, 1, 0, 'low', 1, 1)",
            "INSERT INTO messages (id, conversation, seq, author, text, kind, citations, buttons, private,"
            " created_at) VALUES ('m', 'c', 1, 'customer', '返品したい', 'text', '[]', '[]', 0, 1)",
        ):
            connection.execute(sa.text(statement.replace(": ", r"\: ")))
    migrate_schema(engine)
    with engine.begin() as connection:
        store = SqlStore(connection)
        for query in ("返品", "田中", "KM-7", "U123"):
            hits = store.search.find_conversations(query, ALL, before=None, limit=5)
            assert [hit.conversation for hit in hits] == ["c"], query


async def test_inbox_pages_have_every_conversation_once_in_their_order(rig: Harness) -> None:
    for number in range(7):
        one = await talk(rig, "返品したい")
        if number % 2:
            await rig.press_person_button(one)
        rig.clock.pass_(0 if number % 3 else 1)
    for wanted in (ALL, InboxFilter(state=State.QUEUED), InboxFilter(state=State.ASSISTANT)):
        whole = await rig.database.read(
            lambda store, w=wanted: store.conversations.list_inbox(w, after=None, limit=50)  # type: ignore[misc]
        )
        assert len(whole) >= 3
        assert await read_pages(rig, wanted) == [one.id for one in whole]


async def read_pages(rig: Harness, wanted: InboxFilter) -> list[str]:
    from assistant.domain.inbox import find_place

    found: list[str] = []
    place = None
    while page := await rig.database.read(
        lambda store, p=place: store.conversations.list_inbox(wanted, after=p, limit=2)  # type: ignore[misc]
    ):
        found += [one.id for one in page]
        place = find_place(wanted, page[-1])
    return found


async def count(rig: Harness, wanted: InboxFilter) -> int:
    return await rig.database.read(lambda store: store.conversations.count_inbox(wanted, limit=9))


async def test_filters_by_waiting_time_and_by_agent(rig: Harness) -> None:
    early = await talk(rig, "返品したい")
    await rig.press_person_button(early)
    rig.clock.pass_(600)
    late = await talk(rig, "返品したい")
    await rig.press_person_button(late)
    long = InboxFilter(waiting_since=rig.clock() - timedelta(minutes=5))
    assert (await count(rig, long), await count(rig, InboxFilter(state=State.QUEUED))) == (1, 2)
    agent = await rig.hire()
    await rig.claim(early, agent)
    assert await count(rig, InboxFilter(agent=agent.id)) == 1
