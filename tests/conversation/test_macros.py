"""Sending a saved reply does what it says, once, by the rules of doing it alone; or nothing of both."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from assistant.conversation.macros import send_with_macro
from assistant.conversation.saved_replies import save_reply, use_reply
from assistant.domain.conversation import State
from assistant.domain.desk_items import SavedReply
from assistant.domain.errors import AssistantError, BadInput, NotOwner
from assistant.domain.messages import AgentMessage
from assistant.domain.people import Agent
from assistant.domain.teams import Assignment, Team
from tests.harness import Harness

REPLY = SavedReply(id="r", agent=None, name="挨拶", text="本日手配しました。")
WRITTEN = AgentMessage(message_id=str(uuid4()), text="本日手配しました。", macro=REPLY.id)


async def owned(rig: Harness) -> tuple[str, Agent]:
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.press_person_button(conversation)
    await rig.claim(conversation, agent)
    return conversation, agent


async def save(rig: Harness, reply: SavedReply) -> None:
    await rig.database.write(lambda store: save_reply(store, reply, rig.clock()))


async def send(rig: Harness, conversation: str, agent: Agent, written: AgentMessage = WRITTEN) -> None:
    await rig.database.write(
        lambda store: send_with_macro(store, conversation, agent, written, rig.desk, rig.clock())
    )


async def add_team(rig: Harness, *members: Agent) -> None:
    team = Team(
        id="t", name="t", assignment=Assignment.LEAST_LOADED, members=tuple(one.id for one in members)
    )

    def save_team(store) -> None:  # type: ignore[no-untyped-def]
        store.teams.save(team, rig.clock())
        for one in members:
            store.agents.mark_present(one.id, rig.clock())

    await rig.database.write(save_team)


async def test_a_reply_puts_aside_and_sending_it_again_does_not_do_so_again(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    await save(rig, replace(REPLY, snooze_minutes=60))
    await send(rig, conversation, agent)
    assert (await rig.state(conversation)).snoozed_until == rig.clock() + timedelta(hours=1)
    await rig.say(conversation, "まだですか")
    await send(rig, conversation, agent)
    assert (await rig.state(conversation)).snoozed_until is None


async def test_a_reply_ends_the_conversation(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    await save(rig, replace(REPLY, outcome="workaround"))
    await send(rig, conversation, agent)
    state = await rig.state(conversation)
    assert (state.state, state.outcome) == (State.CLOSED, "workaround")
    assert WRITTEN.text in await rig.answers(conversation)


@pytest.mark.parametrize("staffed", [True, False])
async def test_a_reply_gives_it_to_who_has_room_in_a_team_or_back_to_the_queue(
    rig: Harness, staffed: bool
) -> None:
    conversation, agent = await owned(rig)
    sato = await rig.hire("Sato")
    await add_team(rig, agent, *([sato] if staffed else []))
    await save(rig, replace(REPLY, team="t"))
    await send(rig, conversation, agent)
    state = await rig.state(conversation)
    assert (state.state, state.agent) == ((State.AGENT, sato.id) if staffed else (State.QUEUED, None))


async def test_a_colleagues_conversation_gets_neither_the_reply_nor_its_actions(rig: Harness) -> None:
    conversation, _ = await owned(rig)
    await save(rig, replace(REPLY, outcome="solved"))
    before = await rig.answers(conversation)
    with pytest.raises(NotOwner):
        await send(rig, conversation, await rig.hire("Sato"))
    assert await rig.answers(conversation) == before
    assert (await rig.state(conversation)).state is State.AGENT


async def test_a_note_has_no_macro(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    await save(rig, replace(REPLY, outcome="solved"))
    with pytest.raises(BadInput):
        await send(rig, conversation, agent, replace(WRITTEN, private=True))
    assert (await rig.state(conversation)).state is State.AGENT


@pytest.mark.parametrize(
    "wrong", [{"team": "unknown"}, {"snooze_minutes": 5, "outcome": "solved"}, {"text": "{{custmer}}"}]
)
async def test_what_cannot_be_done_is_refused_on_saving(rig: Harness, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        await save(rig, replace(REPLY, **wrong))  # type: ignore[arg-type]


async def test_a_reply_whose_team_is_gone_says_so_before_anything_is_written(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    await add_team(rig, agent)
    await save(rig, replace(REPLY, team="t"))
    await rig.database.write(lambda store: store.teams.remove("t"))
    with pytest.raises(AssistantError, match="team"):
        await rig.database.write(lambda store: use_reply(store, REPLY.id, conversation, agent, rig.clock()))
