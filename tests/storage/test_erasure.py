"""A customer who is forgotten leaves nothing behind but that they were."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.domain.bulk_actions import BulkChange
from assistant.domain.channels import Address, Attachment, MessageReceived
from assistant.domain.customer_data import AttributeRule, build_facts
from assistant.domain.errors import NotFound
from assistant.domain.jobs import DeadEvent
from assistant.domain.people import Credential
from assistant.domain.policy import Policy
from assistant.jobs import retention
from assistant.jobs.retention import RetentionCleaner
from assistant.storage import tables
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.desk_tables import bulk_changes
from assistant.storage.erasure import NOT_ABOUT_CUSTOMERS
from assistant.storage.personal_data import BY_IDENTITY, LOOSE, iterate_personal_rows
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from tests.harness import LANGUAGES, Harness

CANARY = "カナリア4711"


def _everything(database: SqlDatabase[SqlStore]) -> str:
    with database.engine.connect() as connection:
        return str([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


async def _talk(rig: Harness, words: str) -> str:
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, f"返品の期限は？ {words}")
    await rig.press_person_button(conversation)
    await rig.reply(conversation, await rig.hire(words), f"{words}様", private=True)
    return conversation


async def test_nothing_of_an_erased_customer_stays_and_others_lose_nothing(rig: Harness) -> None:
    gone, stays = await _talk(rig, CANARY), await _talk(rig, "ほかの方")
    customer = (await rig.state(gone)).customer
    before = await rig.messages(stays)
    assert CANARY in _everything(rig.database)
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    everything = _everything(rig.database).replace(f"name='{CANARY}'", "")
    assert f"{CANARY}様" not in everything
    assert f"？ {CANARY}" not in everything
    assert await rig.messages(stays) == before
    with pytest.raises(NotFound):
        await rig.state(gone)


async def test_a_customer_is_found_by_id_and_by_identity(rig: Harness) -> None:
    customer = (await rig.open()).conversation.customer
    for named in (customer, f"web:visitor:{customer}"):
        assert await rig.database.read(lambda store, n=named: store.erasure.find_customers(n)) == [customer]  # type: ignore[misc]
    assert await rig.database.read(lambda store: store.erasure.find_customers("nobody")) == []


async def test_what_ended_long_ago_is_forgotten_and_what_goes_on_is_not(rig: Harness) -> None:
    old, open_ = await _talk(rig, "前の方"), await _talk(rig, "今の方")
    mori = await rig.hire("Closer")
    await rig.claim(old, mori)
    await rig.resolve(old, mori)
    rig.clock.pass_(31 * 86_400)
    await RetentionCleaner(rig.database, rig.clock, timedelta(days=30)).delete_expired()
    assert (await rig.state(open_)).id == open_
    with pytest.raises(NotFound):
        await rig.state(old)
    last = (await rig.database.read(lambda store: store.audit.list_entries()))[-1]
    assert (last.action, last.details) == ("retention", {"conversations": 1, "customers": 1})


async def test_without_a_retention_nothing_is_forgotten(rig: Harness) -> None:
    old = await _talk(rig, "前の方")
    rig.clock.pass_(3_000 * 86_400)
    await RetentionCleaner(rig.database, rig.clock, None).delete_expired()
    assert (await rig.state(old)).id == old


def test_every_table_is_emptied_or_holds_nothing_of_customers() -> None:
    reached = {"conversations", "customers", *(column.table.name for column in LOOSE)}
    reached |= {table.name for table in BY_IDENTITY}
    for _ in metadata.sorted_tables:
        reached |= {
            table.name
            for table in metadata.sorted_tables
            if {key.column.table.name for key in table.foreign_keys} & (reached - NOT_ABOUT_CUSTOMERS)
        }
    assert {
        table.name for table in metadata.sorted_tables
    } - NOT_ABOUT_CUSTOMERS == reached - NOT_ABOUT_CUSTOMERS


async def test_facts_are_forgotten_when_their_purpose_is_over(rig: Harness) -> None:
    facts = build_facts(("web", "sato"), {"phone": "090", "plan": "gold"}, "push", rig.clock(), rig.clock())
    await rig.database.write(lambda store: store.customer_facts.save_facts(facts))
    policy = Policy(attributes={"phone": AttributeRule(purpose="delivery", keep_days=30)})
    left = []
    for days in (29, 2):
        rig.clock.pass_(days * 86_400)
        await RetentionCleaner(rig.database, rig.clock, None, policy).delete_expired()
        known = await rig.database.read(
            lambda store: store.customer_facts.list_by_identities([("web", "sato")])
        )
        left.append([fact.key for fact in known])
    assert left == [["phone", "plan"], ["plan"]]


@pytest.mark.parametrize("keep", [True, False])
async def test_a_stop_outlives_retention_and_not_an_erasure(rig: Harness, keep: bool) -> None:
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    address = Address(channel="line", peer="U1")
    said = MessageReceived(id="e1", message_id="m1", address=address, text="配信停止")
    (talk,) = await rig.database.write(lambda store: apply_events(store, [said], arrivals, rig.clock()))
    customer = (await rig.state(talk)).customer
    await rig.database.write(lambda store: store.erasure.erase_customers([customer], keep_consents=keep))
    left = await rig.database.read(lambda store: store.consents.list_by_identities([("line", "U1")]))
    assert len(left) == keep


def test_every_table_about_customers_is_in_the_export() -> None:
    exported = {table.name for table, _ in iterate_personal_rows(["anybody"])}
    assert exported == {table.name for table in metadata.sorted_tables} - NOT_ABOUT_CUSTOMERS


async def test_no_byte_of_it_stays_in_the_file(tmp_path: Path) -> None:
    engine = create_sqlite_engine(tmp_path / "data.db")
    metadata.create_all(engine)
    rig = Harness(SqlDatabase(engine, SqlStore))
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, f"返品の期限は？ {CANARY} Zebrafinch")
    customer = (await rig.state(conversation)).customer
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() in held
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    rig.database.purge_erased()
    rig.database.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in left
    # A term of the search index, which keeps what was deleted until its segments are merged.
    assert b"zebrafinch" in held
    assert b"zebrafinch" not in left


@pytest.mark.parametrize("named", ["Bob@X.com", "bob@x.com", "email:Bob@X.com", "EMAIL:bob@x.com"])
async def test_a_mail_address_is_found_however_it_is_written(rig: Harness, named: str) -> None:
    event = MessageReceived(
        id="e1", message_id="m1", address=Address(channel="email", peer="bob@x.com"), text="返品"
    )
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    (talk,) = await rig.database.write(lambda store: apply_events(store, [event], arrivals, rig.clock()))
    customer = (await rig.state(talk)).customer
    assert await rig.database.read(lambda store: store.erasure.find_customers(named)) == [customer]


async def test_housekeeping_drops_what_opens_nothing_and_what_is_never_repeated(rig: Harness) -> None:
    agent, now = await rig.hire(), rig.clock()
    talk = (await rig.open()).conversation
    customer = talk.customer
    done = BulkChange(batch="b", conversation=talk.id, agent=agent.id, action="snooze", epoch=0, before={})

    def fill(store: SqlStore) -> None:
        store.agents.add_credential(agent.id, Credential(secret_hash="old", csrf=None, expires_at=now), now)
        store.agents.add_credential(
            agent.id, Credential(secret_hash="token", csrf=None, expires_at=None), now
        )
        store.links.save_link_code("code", customer, now)
        store.bulk_changes.add(done, now)
        for number in range(5):
            store.threads.is_duplicate_event("line", "", f"e{number}", now)

    await rig.database.write(fill)
    rig.clock.pass_(31 * 86_400)
    await rig.database.write(lambda store: store.threads.is_duplicate_event("line", "", "new", rig.clock()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retention, "BATCH_ROWS", 2)
        await RetentionCleaner(rig.database, rig.clock, None).delete_expired()
    with rig.database.engine.connect() as connection:
        left = [
            connection.execute(sa.select(column)).scalars().all()
            for column in (
                tables.credentials.c.secret_hash,
                tables.link_codes.c.code_hash,
                tables.events.c.id,
                bulk_changes.c.batch,
            )
        ]
    assert left == [["token"], [], ["new"], []]
    assert await rig.database.read(lambda store: store.journal.load_id_range()) == (1, 0)


async def test_a_file_is_kept_once(rig: Harness) -> None:
    """Mails bring theirs inside the call, in base64."""
    file = Attachment(kind="file", source="data:" + "QUJD" * 1_000)
    address = Address(channel="email", peer="bob@x.com")
    event = MessageReceived(id="e1", message_id="m1", address=address, text="返品", attachments=(file,))
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    (talk,) = await rig.database.write(lambda store: apply_events(store, [event], arrivals, rig.clock()))
    await rig.settle()
    (media,) = await rig.database.read(lambda store: store.media.list_by_conversation(talk))
    assert (media.size, media.source) == (3_000, "")


async def test_the_ends_of_the_journal_are_found_without_reading_it(rig: Harness) -> None:
    """Asked for by every stream; both in one query would read every row."""
    if rig.database.kind != "sqlite":
        pytest.skip("PostgreSQL's planner tells it otherwise")
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(rig.database.engine, "before_cursor_execute", note)
    await rig.database.read(lambda store: store.journal.load_id_range())
    sa.event.remove(rig.database.engine, "before_cursor_execute", note)
    query = next(statement for statement in asked if "journal" in statement)
    with rig.database.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert [step for step in plan if step.startswith("SCAN journal")] == []


async def test_what_could_not_be_taken_in_goes_with_its_time(rig: Harness) -> None:
    letter = DeadEvent(where="line", peer="somebody", why="KeyError", content="{}")
    await rig.database.write(lambda store: store.jobs.dead_letter_event(letter, rig.clock()))
    await RetentionCleaner(rig.database, rig.clock, None).delete_expired()
    await RetentionCleaner(rig.database, rig.clock, timedelta(days=30)).delete_expired()
    assert await rig.database.read(lambda store: store.jobs.count_dead_letters()) == 1
    await rig.database.write(
        lambda store: store.jobs.dead_letter_event(letter, rig.clock() - timedelta(days=31))
    )
    await RetentionCleaner(rig.database, rig.clock, timedelta(days=30)).delete_expired()
    assert await rig.database.read(lambda store: store.jobs.count_dead_letters()) == 1
