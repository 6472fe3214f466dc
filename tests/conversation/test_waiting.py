"""Waiting is told from the queue, the desk and the hours as they are, and again when they change."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from assistant.conversation import agent_access, desk
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import QUEUE_REMINDER, WAITING_CHECK
from assistant.domain.conversation import Priority, State
from assistant.domain.hours import BusinessHours
from assistant.domain.jobs import JobKind
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.domain.signals import Signals
from tests.harness import Harness

NOBODY = words("nobody_at_desk", "ja")
NEWS_MINUTES = Policy().get_waiting_news_minutes("web")


async def wait_for_person(rig: Harness) -> str:
    """The id of a new conversation that waits."""
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    rig.clock.pass_(0.1)
    return opened.conversation.id


async def arrive(rig: Harness, name: str = "Mori") -> Agent:
    agent = await rig.hire(name)
    await see(rig, agent)
    return agent


async def see(rig: Harness, agent: Agent) -> None:
    await rig.database.write(lambda store: store.agents.mark_present(agent.id, rig.clock()))


async def pass_minutes(rig: Harness, minutes: float, agent: Agent | None = None) -> None:
    """In steps of the watchdog's; *agent* stays at the desk meanwhile."""
    for _ in range(round(minutes * 60 / WAITING_CHECK.total_seconds())):
        rig.clock.pass_(WAITING_CHECK.total_seconds())
        if agent is not None:
            await see(rig, agent)
        await rig.work()


async def claim_steadily(rig: Harness, agent: Agent, *, minutes: float, people: int) -> None:
    """*people* come and are taken at once, one every so many minutes."""
    for _ in range(people):
        taken = await wait_for_person(rig)
        await pass_minutes(rig, minutes, agent)
        await rig.claim(taken, agent)
        await rig.resolve(taken, agent)


async def test_eleven_people_ahead_are_never_told_as_a_minute(rig: Harness) -> None:
    agent = await arrive(rig)
    await claim_steadily(rig, agent, minutes=1, people=6)
    for _ in range(11):
        await wait_for_person(rig)
    last = await wait_for_person(rig)
    told = (await rig.answers(last))[-1]
    assert words("waiting_queue", "ja", ahead="11") in told
    assert words("waiting_minutes", "ja", minutes="15") in told, "one a minute, twelve to go"
    assert words("waiting_minute", "ja") not in told


async def test_a_desk_that_stops_is_told_as_slower(rig: Harness) -> None:
    agent = await arrive(rig)
    await claim_steadily(rig, agent, minutes=1, people=6)
    for _ in range(3):
        waiting = await wait_for_person(rig)
    await pass_minutes(rig, 20, agent)
    told = (await rig.answers(waiting))[-1]
    assert words("waiting_minutes", "ja", minutes="15") in told, "26 minutes for six claims, three to go"


async def test_who_is_next_is_not_promised_the_same_minute_for_ever(rig: Harness) -> None:
    agent = await arrive(rig)
    await claim_steadily(rig, agent, minutes=1, people=6)
    waiting = await wait_for_person(rig)
    assert words("waiting_minute", "ja") in (await rig.answers(waiting))[-1]
    await pass_minutes(rig, 12, agent)
    last = (await rig.answers(waiting))[-1]
    assert words("waiting_next", "ja") in last
    assert words("waiting_minute", "ja") not in last
    assert "あと" not in last


async def test_nobody_at_the_desk_is_said(rig: Harness) -> None:
    waiting = await wait_for_person(rig)
    told = (await rig.answers(waiting))[-1]
    assert NOBODY in told
    assert words("ask_contact", "ja") in told, "nobody knows when somebody comes"
    agent = await arrive(rig)
    await pass_minutes(rig, 2, agent)
    assert NOBODY not in (await rig.answers(waiting))[-1]
    rig.clock.pass_(rig.policy.presence_seconds)
    await pass_minutes(rig, 2)
    assert NOBODY in (await rig.answers(waiting))[-1], "the agent has left"


async def test_that_nobody_is_back_yet_is_not_said_in_the_same_words_again(rig: Harness) -> None:
    waiting = await wait_for_person(rig)
    await pass_minutes(rig, 2 * NEWS_MINUTES + 1)
    first, second, third = await rig.answers(waiting)
    assert NOBODY in first
    assert NOBODY not in second
    assert words("still_nobody_at_desk", "ja") in second
    assert words("waiting_next", "ja") in second
    assert f"約{NEWS_MINUTES}分" in second
    assert f"約{2 * NEWS_MINUTES}分" in third
    assert NOBODY in ((await rig.state(waiting)).told or ""), "which agents see, and changes are told by"


async def test_a_place_further_on_is_told(rig: Harness) -> None:
    agent = await arrive(rig)
    first, second = await wait_for_person(rig), await wait_for_person(rig)
    assert words("waiting_one_ahead", "ja") in (await rig.answers(second))[-1]
    await rig.claim(first, agent)
    await pass_minutes(rig, 1, agent)
    assert words("waiting_next", "ja") in (await rig.answers(second))[-1]
    conversation = await rig.state(second)
    assert conversation.told == (await rig.answers(second))[-1]
    assert (await rig.packet(second))["told_customer"] == conversation.told


async def test_nobody_waits_for_longer_than_a_few_minutes_without_a_word(rig: Harness) -> None:
    agent = await arrive(rig)
    waiting = await wait_for_person(rig)
    await pass_minutes(rig, 21, agent)
    said = [m.created_at for m in await rig.messages(waiting)]
    pauses = [later - sooner for sooner, later in pairwise(said)]
    assert len(said) == 1 + 21 // NEWS_MINUTES
    assert max(pauses) <= timedelta(minutes=NEWS_MINUTES + 1)


async def test_who_has_been_silent_for_hours_is_told_by_the_hour(rig: Harness) -> None:
    agent = await arrive(rig)
    waiting = await wait_for_person(rig)
    await pass_minutes(rig, 63, agent)
    before = len(await rig.answers(waiting))
    await pass_minutes(rig, 120, agent)
    assert len(await rig.answers(waiting)) == before + 2


async def test_after_hours_is_said_once_and_the_opening_when_it_comes(rig: Harness) -> None:
    hours = BusinessHours(days={1: ("10:00", "18:00")})  # it is Monday noon
    rig.policy = replace(rig.policy, hours=hours)
    rig.__post_init__()
    waiting = await wait_for_person(rig)
    assert "明日10:00以降" in (await rig.answers(waiting))[-1]
    agent = await rig.hire()
    await pass_minutes(rig, 60 * 21, agent)
    assert len(await rig.answers(waiting)) == 1, "nothing has changed at midnight either"
    await pass_minutes(rig, 61, agent)
    assert words("waiting_next", "ja") in (await rig.answers(waiting))[1]


@pytest.mark.parametrize("channel", ["email", "line"])
async def test_an_app_does_not_ring_every_minute(rig: Harness, channel: str) -> None:
    agent = await arrive(rig)
    ahead, waiting = await wait_for_person(rig), await wait_for_person(rig)

    def move(store):  # type: ignore[no-untyped-def]
        store.conversations.save(replace(store.conversations.get(waiting), channel=channel))

    await rig.database.write(move)
    await rig.claim(ahead, agent)
    await pass_minutes(rig, 30, agent)
    said = len(await rig.answers(waiting)) - 1
    pause = rig.policy.get_waiting_news_minutes(channel)
    assert said == (30 // pause if pause else 0)
    await rig.say(waiting, "まだでしょうか")
    await pass_minutes(rig, QUEUE_REMINDER.total_seconds() / 60 + 1, agent)
    assert len(await rig.answers(waiting)) == said + 2, "who writes is answered"


async def test_distress_is_told_of_helplines_and_never_of_a_place_in_a_queue(rig: Harness) -> None:
    agent = await arrive(rig)
    waiting = await wait_for_person(rig)
    rig.mind.reader.compute_signals = lambda *_: Signals(distress=0.9, sensitive="harm")  # type: ignore[method-assign]
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "もう死んでしまいたいです")
    conversation = await rig.state(opened.conversation.id)
    assert (conversation.state, conversation.priority) == (State.QUEUED, Priority.URGENT)
    await pass_minutes(rig, 9, agent)
    said = await rig.answers(opened.conversation.id)
    assert len(said) == 4
    assert all("0120-279-338" in text and "順番" not in text and "名の方" not in text for text in said)
    assert words("waiting_one_ahead", "ja") in (await rig.answers(waiting))[-1], "they go first"


async def test_whoever_waits_has_a_due_row_however_they_came_to_wait(rig: Harness) -> None:
    agent, ids = await arrive(rig), [await wait_for_person(rig) for _ in range(3)]
    for waiting in ids:
        await rig.claim(waiting, agent)
        await rig.reply(waiting, agent, "お待たせしました。")  # nothing is due any more

    def leave(store):  # type: ignore[no-untyped-def]
        desk.release_conversation(store, ids[0], agent, rig.clock())
        agent_access.remove_agent(store, agent, rig.clock())

    await rig.database.write(leave)
    ids.append(await wait_for_person(rig))
    for waiting in ids:
        assert (await rig.state(waiting)).state is State.QUEUED
        due = await rig.database.read(lambda s, w=waiting: s.jobs.get(JobKind.DEADLINE, w))  # type: ignore[misc]
        assert due is not None


async def test_news_that_keep_failing_come_again(rig: Harness) -> None:
    waiting = await wait_for_person(rig)
    rig.clock.pass_(61)
    [item] = await rig.database.write(
        lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1, [JobKind.DEADLINE])
    )
    await rig.assistant.give_up(item)
    again = await rig.database.read(lambda store: store.jobs.get(JobKind.DEADLINE, waiting))
    assert again is not None
    assert again.lease is None
