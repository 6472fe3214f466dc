"""Waiting conversations are given to who has room; nobody has two owners, and nobody gets too many."""

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from assistant.conversation import desk
from assistant.conversation.handoff.assignment import RETRY_SECONDS
from assistant.conversation.tags import find_or_add_tags
from assistant.domain.conversation import State
from assistant.domain.errors import AlreadyClaimed
from assistant.domain.people import Agent
from assistant.domain.teams import Assignment, Availability, Team
from tests.harness import Harness


async def make_team(rig: Harness, assignment: Assignment, *agents: Agent, capacity: int = 5) -> None:
    team = Team(id="t", name="t", assignment=assignment, members=tuple(agent.id for agent in agents))

    def save(store) -> None:  # type: ignore[no-untyped-def]
        store.teams.save(team, rig.clock())
        for agent in agents:
            store.agents.save_work(agent.id, capacity)
            store.agents.mark_present(agent.id, rig.clock())

    await rig.database.write(save)


async def wait_for_person(rig: Harness) -> str:
    conversation = (await rig.open()).conversation.id
    await rig.press_person_button(conversation)
    return conversation


async def owners(rig: Harness, talks: list[str]) -> list[str | None]:
    return [(await rig.state(talk)).agent for talk in talks]


async def test_round_robin_goes_round_until_nobody_has_room(rig: Harness) -> None:
    agents = [await rig.hire(name) for name in ("Mori", "Sato", "Ito")]
    await make_team(rig, Assignment.ROUND_ROBIN, *agents, capacity=2)
    talks = []
    for _ in range(7):
        talks.append(await wait_for_person(rig))
        await rig.work()
        rig.clock.pass_(1)
    given = await owners(rig, talks)
    assert given[:3] == given[3:6]
    assert set(given[:3]) == {agent.id for agent in agents}
    assert (await rig.state(talks[6])).state is State.QUEUED
    await rig.resolve(talks[0], next(agent for agent in agents if agent.id == given[0]))
    rig.clock.pass_(RETRY_SECONDS)
    await rig.work()
    assert (await rig.state(talks[6])).agent == given[0]


async def test_who_is_away_or_gone_or_has_put_it_aside_is_treated_so(rig: Harness) -> None:
    mori, sato = await rig.hire(), await rig.hire("Sato")
    await make_team(rig, Assignment.LEAST_LOADED, mori, sato)
    await rig.database.write(
        lambda store: store.agents.change_availability(mori.id, Availability.AWAY, rig.clock())
    )
    first = await wait_for_person(rig)
    await rig.work()
    assert await owners(rig, [first]) == [sato.id]
    rig.clock.pass_(rig.policy.presence_seconds + 1)
    second = await wait_for_person(rig)
    await rig.work()
    assert (await rig.state(second)).state is State.QUEUED


async def test_without_an_automatic_team_nothing_is_given(rig: Harness) -> None:
    mori = await rig.hire()
    await make_team(rig, Assignment.MANUAL, mori)
    talk = await wait_for_person(rig)
    await rig.work()
    assert (await rig.state(talk)).state is State.QUEUED


async def test_nobody_has_two_owners_or_more_than_fits(rig: Harness) -> None:
    """Assignments and claims by hand at the same moment."""
    agents, talks = [await rig.hire(f"Agent{n}") for n in range(4)], []
    await make_team(rig, Assignment.LEAST_LOADED, *agents, capacity=6)
    by_hand = await rig.hire("Claimer")
    talks = [await wait_for_person(rig) for _ in range(30)]
    due = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 500))
    jobs = [rig.assignment.assign_next(item) for item in due if item.kind == "assign"]
    claims = [rig.claim(talk, by_hand) for talk in talks[::3]]
    outcomes = await asyncio.gather(*jobs, *claims, return_exceptions=True)
    assert {type(one) for one in outcomes if isinstance(one, BaseException)} <= {AlreadyClaimed}
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    taken = [one.conversation for one in entries if one.details.get("state") == "agent"]
    assert len(taken) == len(set(taken))
    given = await owners(rig, talks)
    assert all(given.count(agent.id) <= 6 for agent in agents)
    assert sum(given.count(agent.id) for agent in agents) >= 20


@pytest.mark.parametrize("state", ["assistant", "queued", "agent", "own"])
async def test_an_administrator_takes_over_or_gives_it_to_somebody(rig: Harness, state: str) -> None:
    lead, mori, sato = replace(await rig.hire("Lead"), admin=True), await rig.hire(), await rig.hire("Sato")
    talk = (await rig.open()).conversation.id
    if state != "assistant":
        await rig.press_person_button(talk)
    if state in ("agent", "own"):
        await rig.claim(talk, mori if state == "agent" else sato)
    before = (await rig.state(talk)).epoch
    await rig.database.write(
        lambda store: desk.reassign_conversation(store, talk, lead, sato.email, rig.desk, rig.clock())
    )
    after = await rig.state(talk)
    assert (after.state, after.agent) == (State.AGENT, sato.id)
    assert after.epoch == before + (state != "own")
    entries = await rig.database.read(lambda store: store.audit.list_entries(conversation=None))
    (told,) = [one for one in entries if one.action == "reassigned"]
    assert told.details["to"] == sato.id


async def test_presence_is_kept_as_intervals(rig: Harness) -> None:
    mori, start = await rig.hire(), rig.clock()

    async def see() -> None:
        await rig.database.write(lambda store: store.agents.mark_present(mori.id, rig.clock()))

    await see()
    rig.clock.pass_(60)
    await see()
    await rig.database.write(
        lambda store: store.agents.change_availability(mori.id, Availability.AWAY, rig.clock())
    )
    rig.clock.pass_(3_600)  # the browser crashed meanwhile
    await see()
    rig.clock.pass_(10)
    await rig.database.write(lambda store: store.agents.mark_absent(mori.id, rig.clock()))
    kept = await rig.database.read(lambda store: store.agents.list_presence(start))
    seconds = [
        (one.availability, (one.begun_at - start).seconds, one.ended_at and (one.ended_at - start).seconds)
        for one in kept
    ]
    assert seconds == [("online", 0, 60), ("away", 60, 60), ("away", 3_660, 3_670)]


async def test_a_tag_that_somebody_knows_waits_for_them_and_hours_are_kept(rig: Harness) -> None:
    mori, sato = await rig.hire(), await rig.hire("Sato")
    await make_team(rig, Assignment.ROUND_ROBIN, mori, sato)
    talk = await wait_for_person(rig)
    today = rig.clock().astimezone(ZoneInfo(rig.policy.hours.zone)).weekday()

    def prepare(store) -> None:  # type: ignore[no-untyped-def]
        (tag,) = find_or_add_tags(store, ["返品"], rig.clock())
        store.tags.replace_tags(talk, [tag.id])
        store.agents.save_work(mori.id, 5, [tag.id], {(today + 1) % 7: ("00:00", "24:00")})

    await rig.database.write(prepare)
    await rig.work()
    assert await owners(rig, [talk]) == [None], "Sato does not know, and Mori works tomorrow"
    rig.clock.pass_(24 * 3600)
    await rig.database.write(lambda store: store.agents.mark_present(mori.id, rig.clock()))
    await rig.work()
    assert await owners(rig, [talk]) == [mori.id]
