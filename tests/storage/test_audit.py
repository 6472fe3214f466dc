"""The audit log grows, is not changed, and tells who owned a conversation at every moment."""

import pytest
from sqlalchemy.exc import DBAPIError

from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import Harness


async def test_every_change_of_owner_is_audited_with_its_actor(rig: Harness) -> None:
    mori, sato = await rig.hire("Mori"), await rig.hire("Sato")
    conversation = (await rig.open()).conversation.id
    await rig.press_person_button(conversation)
    await rig.claim(conversation, mori)
    await rig.give_back(conversation, mori)
    await rig.ask(conversation, "担当者と話したいです")
    await rig.claim(conversation, sato)
    await rig.resolve(conversation, sato)
    entries = await rig.database.read(lambda store: store.audit.list_entries(conversation=conversation))
    assert [(one.actor, one.details["state"], one.details["agent"]) for one in entries] == [
        ("customer", "assistant", None),
        ("customer", "queued", None),
        (f"agent:{mori.id}", "agent", mori.id),
        (f"agent:{mori.id}", "assistant", None),
        ("assistant", "queued", None),
        (f"agent:{sato.id}", "agent", sato.id),
        (f"agent:{sato.id}", "closed", sato.id),
    ]
    final = await rig.state(conversation)
    assert [one.epoch for one in entries] == list(range(1, final.epoch + 1))


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
async def test_the_database_refuses_to_change_the_log(
    rig: Harness, database: SqlDatabase[SqlStore], statement: str
) -> None:
    await rig.open()
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
