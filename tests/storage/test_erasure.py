"""A customer who is forgotten leaves nothing behind but that they were."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.domain.errors import NotFound
from assistant.storage.database import SqlDatabase, sqlite_engine
from assistant.storage.erasure import LOOSE, NOT_ABOUT_CUSTOMERS
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from assistant.work.housekeeping import Housekeeping
from tests.rig import Rig

CANARY = "カナリア4711"


def _everything(database: SqlDatabase[SqlStore]) -> str:
    with database.engine.connect() as connection:
        return str([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


async def _talk(rig: Rig, words: str) -> str:
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, f"返品の期限は？ {words}")
    await rig.press_person_button(conversation)
    await rig.reply(conversation, await rig.hire(words), f"{words}様", private=True)
    return conversation


async def test_nothing_of_an_erased_customer_stays_and_others_lose_nothing(rig: Rig) -> None:
    gone, stays = await _talk(rig, CANARY), await _talk(rig, "ほかの方")
    customer = (await rig.state(gone)).customer
    before = await rig.messages(stays)
    assert CANARY in _everything(rig.database)
    await rig.database.write(lambda store: store.erasure.customers([customer]))
    everything = _everything(rig.database).replace(f"name='{CANARY}'", "")
    assert f"{CANARY}様" not in everything
    assert f"？ {CANARY}" not in everything
    assert await rig.messages(stays) == before
    with pytest.raises(NotFound):
        await rig.state(gone)


async def test_a_customer_is_found_by_id_and_by_identity(rig: Rig) -> None:
    customer = (await rig.open()).conversation.customer
    for named in (customer, f"web:visitor:{customer}"):
        assert await rig.database.read(lambda store, n=named: store.erasure.find(n)) == [customer]  # type: ignore[misc]
    assert await rig.database.read(lambda store: store.erasure.find("nobody")) == []


async def test_what_ended_long_ago_is_forgotten_and_what_goes_on_is_not(rig: Rig) -> None:
    old, open_ = await _talk(rig, "前の方"), await _talk(rig, "今の方")
    mori = await rig.hire("Closer")
    await rig.claim(old, mori)
    await rig.resolve(old, mori)
    rig.clock.pass_(31 * 86_400)
    await Housekeeping(rig.database, rig.clock, timedelta(days=30)).tidy()
    assert (await rig.state(open_)).id == open_
    with pytest.raises(NotFound):
        await rig.state(old)
    last = (await rig.database.read(lambda store: store.audit.all()))[-1]
    assert (last.action, last.details) == ("retention", {"conversations": 1, "customers": 1})


async def test_without_a_retention_nothing_is_forgotten(rig: Rig) -> None:
    old = await _talk(rig, "前の方")
    rig.clock.pass_(3_000 * 86_400)
    await Housekeeping(rig.database, rig.clock, None).tidy()
    assert (await rig.state(old)).id == old


def test_every_table_is_emptied_or_holds_nothing_of_customers() -> None:
    reached = {"conversations", "customers", *(column.table.name for column in LOOSE)}
    for _ in metadata.sorted_tables:
        reached |= {
            table.name
            for table in metadata.sorted_tables
            if {key.column.table.name for key in table.foreign_keys} & (reached - NOT_ABOUT_CUSTOMERS)
        }
    assert {
        table.name for table in metadata.sorted_tables
    } - NOT_ABOUT_CUSTOMERS == reached - NOT_ABOUT_CUSTOMERS


async def test_no_byte_of_it_stays_in_the_file(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "data.db")
    metadata.create_all(engine)
    rig = Rig(SqlDatabase(engine, SqlStore))
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, f"返品の期限は？ {CANARY}")
    customer = (await rig.state(conversation)).customer
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() in held
    await rig.database.write(lambda store: store.erasure.customers([customer]))
    rig.database.forget()
    rig.database.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in left
