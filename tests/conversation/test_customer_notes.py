"""Notes on a person: in every later conversation, gone with them, removed by their writer or a lead."""

from dataclasses import replace

import pytest

from assistant.conversation.customer_notes import (
    MAX_NOTES,
    add_customer_note,
    list_customer_notes,
    remove_customer_note,
)
from assistant.domain.errors import Conflict, Forbidden, NotFound
from assistant.domain.people import Agent
from assistant.storage.store import SqlStore
from tests.harness import Harness


async def write_note(rig: Harness, customer: str, agent: Agent, text: str) -> str:
    note = await rig.database.write(
        lambda store: add_customer_note(store, customer, agent, text, rig.clock())
    )
    return note.id


async def read_notes(rig: Harness, customer: str) -> list[tuple[str, str]]:
    notes = await rig.database.read(lambda store: list_customer_notes(store, customer))
    return [(note.agent_name, note.text) for note in notes]


async def test_a_note_says_who_and_is_shown_to_the_same_person_elsewhere(rig: Harness) -> None:
    mori, first = await rig.hire("森"), (await rig.open()).conversation.customer
    other = (await rig.open()).conversation.customer
    await write_note(rig, first, mori, " 夕方の電話を希望 ")
    assert await read_notes(rig, first) == [("森", "夕方の電話を希望")]
    assert await read_notes(rig, other) == []
    await rig.database.write(lambda store: store.links.add(first, other, {"proof": "code"}, rig.clock()))
    assert await read_notes(rig, other) == [("森", "夕方の電話を希望")]


async def test_only_its_writer_and_leads_remove_a_note(rig: Harness) -> None:
    mori, sato = await rig.hire("森"), await rig.hire("佐藤")
    customer, stranger = [(await rig.open()).conversation.customer for _ in range(2)]
    notes = [await write_note(rig, customer, mori, str(number)) for number in range(2)]

    def remove(store: SqlStore, who: Agent, of: str, note: str) -> None:
        remove_customer_note(store, of, note, who, rig.clock())

    with pytest.raises(Forbidden):
        await rig.database.write(lambda store: remove(store, sato, customer, notes[0]))
    with pytest.raises(NotFound):
        await rig.database.write(lambda store: remove(store, mori, stranger, notes[0]))
    await rig.database.write(lambda store: remove(store, mori, customer, notes[0]))
    await rig.database.write(lambda store: remove(store, replace(sato, lead=True), customer, notes[1]))
    assert await read_notes(rig, customer) == []
    log = await rig.database.read(lambda store: store.audit.list_entries())
    written = [entry for entry in log if entry.action.startswith("customer_note")]
    assert len(written) == 4
    assert all("text" not in entry.details for entry in written)


async def test_notes_are_erased_with_the_person_and_are_not_without_end(rig: Harness) -> None:
    mori, customer = await rig.hire("森"), (await rig.open()).conversation.customer
    for number in range(MAX_NOTES):
        await write_note(rig, customer, mori, str(number))
    with pytest.raises(Conflict):
        await write_note(rig, customer, mori, "one more")
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    left = await rig.database.read(lambda store: store.customer_notes.list_by_customers([customer]))
    assert left == []
