"""What a turn looks back on is loaded, each thing once."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.conversation.turn.turn_input import load_turn_input
from assistant.domain.conversation import Conversation
from assistant.storage.store import SqlStore
from tests.harness import JAPANESE, Harness


async def test_a_turn_asks_the_database_nothing_twice(rig: Harness) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "返品の期限は？")
    await rig.say(opened.conversation.id, "送料は？")
    asked: list[tuple[str, str]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, repr(parameters)))

    sa.event.listen(rig.database.engine, "before_cursor_execute", note)
    found = await rig.database.read(
        lambda store: load_turn_input(store, opened.conversation.id, rig.timing.max_burst)
    )
    sa.event.remove(rig.database.engine, "before_cursor_execute", note)
    assert found is not None
    assert (found.text, found.turn, found.history.language) == ("送料は？", 1, "ja")
    assert len(asked) > 3
    assert sorted(set(asked)) == sorted(asked)


@pytest.mark.parametrize("earlier", [0, 2, 25])
async def test_how_often_somebody_was_here_is_counted(rig: Harness, earlier: int) -> None:
    opened = await rig.open(JAPANESE)
    await rig.say(opened.conversation.id, "返品の期限は？")
    conversation = opened.conversation
    await rig.database.write(lambda store: add_copies(store, conversation, earlier))
    found = await rig.database.read(
        lambda store: load_turn_input(store, conversation.id, rig.timing.max_burst)
    )
    assert found is not None
    assert found.history.earlier_conversations == earlier


def add_copies(store: SqlStore, conversation: Conversation, count: int) -> None:
    """Other conversations of the same customer."""
    for number in range(count):
        store.conversations.add(replace(conversation, id=f"earlier{number}"), None)
