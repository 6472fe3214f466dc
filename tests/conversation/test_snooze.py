"""A snooze ends on time, or when somebody else says something; its deadline is never lost."""

from datetime import timedelta

import pytest

from assistant.conversation.snooze import snooze_conversation, wake_conversation
from assistant.domain.conversation import State
from assistant.domain.people import Agent
from tests.harness import Harness

HOUR = 3_600


async def snoozed(rig: Harness) -> tuple[str, Agent]:
    """An hour aside; the customer has the last word."""
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.press_person_button(conversation)
    await rig.claim(conversation, agent)
    await rig.say(conversation, "まだですか")
    until = rig.clock() + timedelta(seconds=HOUR)
    await rig.database.write(
        lambda store: snooze_conversation(store, conversation, agent, until, rig.clock())
    )
    return conversation, agent


async def is_aside(rig: Harness, conversation: str) -> bool:
    return (await rig.state(conversation)).snoozed_until is not None


async def pass_time(rig: Harness, seconds: float) -> None:
    rig.clock.pass_(seconds)
    await rig.work()


async def test_it_wakes_on_time_and_then_the_customer_is_due(rig: Harness) -> None:
    conversation, agent = await snoozed(rig)
    await pass_time(rig, HOUR - 60)
    assert await is_aside(rig, conversation)
    await pass_time(rig, 61)
    assert not await is_aside(rig, conversation)
    assert (await rig.state(conversation)).agent == agent.id
    await pass_time(rig, rig.timing.agent_deadline.total_seconds() + 1)
    assert (await rig.state(conversation)).state is State.QUEUED


async def test_ones_own_reply_does_not_wake_it_and_nobody_is_due_then(rig: Harness) -> None:
    conversation, agent = await snoozed(rig)
    await rig.reply(conversation, agent, "確認しております")
    assert await is_aside(rig, conversation)
    await pass_time(rig, HOUR + 1)
    assert not await is_aside(rig, conversation)
    await pass_time(rig, 10 * HOUR)
    assert (await rig.state(conversation)).state is State.AGENT


async def test_the_customer_wakes_it_and_is_due(rig: Harness) -> None:
    conversation, _ = await snoozed(rig)
    await rig.say(conversation, "返事をください")
    assert not await is_aside(rig, conversation)
    await pass_time(rig, rig.timing.agent_deadline.total_seconds() + 1)
    assert (await rig.state(conversation)).state is State.QUEUED


async def test_a_colleague_wakes_it(rig: Harness) -> None:
    conversation, _ = await snoozed(rig)
    await rig.reply(conversation, await rig.hire("Sato"), "倉庫から連絡あり", private=True)
    assert not await is_aside(rig, conversation)


@pytest.mark.parametrize("by", ["hand", "release"])
async def test_its_owner_takes_it_up_or_gives_it_away(rig: Harness, by: str) -> None:
    from assistant.conversation import desk

    conversation, agent = await snoozed(rig)
    if by == "hand":
        act = lambda store: wake_conversation(store, conversation, agent, rig.timing, rig.clock())  # noqa: E731
    else:
        act = lambda store: desk.release_conversation(store, conversation, agent, rig.clock())  # noqa: E731
    await rig.database.write(act)
    assert not await is_aside(rig, conversation)
