"""Deadlines as agents see them: warned, over, resting, settled; events are told once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.domain.conversation import Conversation
from assistant.domain.inbox import InboxFilter
from assistant.domain.policy import Policy
from assistant.domain.sla import Metric, SlaClock, SlaRule, SlaState
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import Harness

RULES = (SlaRule(name="all", first_reply=60, next_reply=30, resolution=240),)


@pytest.fixture
def rig(database: SqlDatabase[SqlStore]) -> Harness:
    return Harness(database, policy=Policy(sla=RULES))


async def pass_minutes(rig: Harness, minutes: float) -> None:
    rig.clock.pass_(minutes * 60)
    await rig.work()


async def list_clocks(rig: Harness, talk: Conversation) -> dict[Metric, SlaClock]:
    """The newest clock of each metric."""
    found = await rig.database.read(lambda store: store.sla.list_clocks(talk.id, talk.created_at))
    return {clock.metric: clock for clock in found}


async def list_events(rig: Harness, talk: Conversation) -> list[tuple[str, str]]:
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    return [
        (entry.action, entry.details["metric"])
        for entry in entries
        if entry.action.startswith("sla_") and entry.details["conversation"] == talk.id
    ]


async def list_found(rig: Harness, state: SlaState) -> list[str]:
    wanted = InboxFilter(sla=state, now=rig.clock())
    found = await rig.database.read(lambda s: s.conversations.list_inbox(wanted, after=None, limit=9))
    return [one.id for one in found]


async def wait_for_person(rig: Harness) -> Conversation:
    talk = (await rig.open()).conversation
    await rig.press_person_button(talk.id)
    await rig.work()
    return await rig.state(talk.id)


async def test_agents_are_warned_once_and_told_once_that_it_is_over(rig: Harness) -> None:
    talk = await wait_for_person(rig)
    assert talk.sla_metric == "first_reply"
    assert talk.sla_due_at == rig.clock() + timedelta(minutes=60)
    assert await list_found(rig, "at_risk") == []
    await pass_minutes(rig, 46)
    assert await list_found(rig, "at_risk") == [talk.id]
    await pass_minutes(rig, 5)
    assert await list_events(rig, talk) == [("sla_warning", "first_reply")]
    await pass_minutes(rig, 10)
    assert await list_found(rig, "breached") == [talk.id]
    assert await list_found(rig, "at_risk") == []
    await pass_minutes(rig, 5)
    assert await list_events(rig, talk) == [("sla_warning", "first_reply"), ("sla_breached", "first_reply")]


async def test_a_reply_in_time_ends_it_and_the_clock_rests_until_the_customer_writes(rig: Harness) -> None:
    mori, talk = await rig.hire(), await wait_for_person(rig)
    await rig.claim(talk.id, mori)
    await rig.reply(talk.id, mori, "お調べします")
    await rig.work()
    seen = await rig.state(talk.id)
    assert (seen.sla_metric, seen.sla_due_at) == ("resolution", None)
    await pass_minutes(rig, 300)
    assert await list_events(rig, talk) == []
    await rig.say(talk.id, "まだですか")
    await rig.work()
    seen = await rig.state(talk.id)
    assert (seen.sla_metric, seen.sla_due_at) == ("next_reply", rig.clock() + timedelta(minutes=30))
    await rig.reply(talk.id, mori, "届きました")
    await rig.resolve(talk.id, mori)
    await rig.work()
    assert (await rig.state(talk.id)).sla_metric is None
    ended = await list_clocks(rig, talk)
    assert all(clock.ended_at is not None and clock.breached_at is None for clock in ended.values())


async def test_who_takes_over_has_from_then_on(rig: Harness) -> None:
    mori = await rig.hire()
    talk = (await rig.open()).conversation
    await pass_minutes(rig, 5)
    await rig.claim(talk.id, mori)
    await rig.work()
    begun = rig.clock()
    assert (await rig.state(talk.id)).sla_due_at == begun + timedelta(minutes=60)
    await pass_minutes(rig, 5)
    await rig.reply(talk.id, mori, "こんにちは")
    await rig.work()
    clocks = await list_clocks(rig, talk)
    assert clocks[Metric.FIRST_REPLY].begun_at == clocks[Metric.RESOLUTION].begun_at == begun


async def test_other_rules_move_what_runs_and_none_end_it(rig: Harness) -> None:
    talk = await wait_for_person(rig)
    begun = rig.clock()
    for rules, due in (((replace(RULES[0], first_reply=20),), 20), ((), None)):
        object.__setattr__(rig.policy, "sla", rules)
        await rig.database.write(lambda store: store.sla.schedule_updates(rig.clock()))
        await rig.work()
        seen = await rig.state(talk.id)
        assert seen.sla_due_at == (begun + timedelta(minutes=due) if due else None)
    assert (await list_clocks(rig, talk))[Metric.FIRST_REPLY].is_dropped


async def test_erasing_a_conversation_erases_its_clocks(rig: Harness) -> None:
    talk = await wait_for_person(rig)
    assert await list_clocks(rig, talk)
    await rig.database.write(lambda store: store.erasure.erase_conversations([talk.id]))
    assert not await list_clocks(rig, talk)
