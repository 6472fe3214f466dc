"""Calls: agreed on, due on time, missed ones come back, and what is no number or no time is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.api.inbox_rows import load_inbox_rows
from assistant.conversation import callbacks
from assistant.conversation.callbacks import CallbackChoice, CallbackRequest
from assistant.conversation.snooze import snooze_conversation
from assistant.domain.callbacks import Callback, list_callback_slots, normalize_number, require_slot
from assistant.domain.errors import AssistantError, BadInput, Conflict
from assistant.domain.hours import BusinessHours
from assistant.domain.inbox import InboxFilter
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from tests.harness import MONDAY_NOON, Harness

HOUR = timedelta(hours=1)
OFFERING = Policy(callback_slots=3)


async def owned(rig: Harness) -> tuple[str, Agent]:
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.claim(conversation, agent)
    return conversation, agent


async def plan(rig: Harness, conversation: str, agent: Agent, **other: object) -> Callback:
    start = rig.clock() + HOUR
    wanted = CallbackRequest(number="03-1234-5678", topic=" 返金\n ", slot_from=start, slot_to=start + HOUR)
    wanted = replace(wanted, **other)  # type: ignore[arg-type]
    return await rig.database.write(
        lambda store: callbacks.plan_callback(store, conversation, agent, wanted, rig.clock())
    )


async def is_listed(rig: Harness) -> bool:
    wanted = InboxFilter(callback=True)
    return bool(
        await rig.database.read(lambda store: store.conversations.list_inbox(wanted, after=None, limit=9))
    )


async def states(rig: Harness, conversation: str) -> list[str]:
    found = await rig.database.read(lambda store: store.callbacks.list_by_conversation(conversation))
    return [one.state for one in found]


async def test_a_call_wakes_its_conversation_on_time_and_missed_it_stays_in_the_list(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    await plan(rig, conversation, agent)
    until = rig.clock() + timedelta(days=3)
    await rig.database.write(
        lambda store: snooze_conversation(store, conversation, agent, until, rig.clock())
    )
    rig.clock.pass_(HOUR.total_seconds() - 1)
    await rig.work()
    assert (await rig.state(conversation)).snoozed_until == until
    rig.clock.pass_(2)
    await rig.work()
    assert (await rig.state(conversation)).snoozed_until is None
    assert await states(rig, conversation) == ["planned"]
    rig.clock.pass_(HOUR.total_seconds())
    await rig.work()
    assert await states(rig, conversation) == ["missed"]
    assert await is_listed(rig)


async def test_what_came_of_it_is_written_down_once_and_the_next_call_is_due_then(rig: Harness) -> None:
    conversation, agent = await owned(rig)
    first = await plan(rig, conversation, agent)
    later = rig.clock() + 5 * HOUR
    await plan(rig, conversation, agent, slot_from=later, slot_to=later + HOUR)

    def finish(store):  # type: ignore[no-untyped-def]
        return callbacks.finish_callback(store, first.id, agent, "reached", " 済 ", rig.clock())

    assert (await rig.database.write(finish)).note == "済"
    with pytest.raises(Conflict):
        await rig.database.write(finish)
    shown = await rig.database.read(
        lambda store: load_inbox_rows(store, [store.conversations.get(conversation)], agent.id)[0]
    )
    assert shown["callback"] is not None
    assert (shown["callback"]["topic"], shown["callback"]["number"]) == ("返金", "03-1234-5678")
    rig.clock.pass_(7 * 3_600)
    await rig.work()
    assert await states(rig, conversation) == ["done", "missed"]


async def test_who_waits_is_offered_times_and_chooses_one_once(rig: Harness) -> None:
    conversation = (await rig.open()).conversation.id

    def offered(policy: Policy = OFFERING):  # type: ignore[no-untyped-def]
        return rig.database.read(
            lambda store: callbacks.list_offered_slots(
                store.conversations.get(conversation), policy, rig.clock()
            )
        )

    assert await offered() == []
    await rig.press_person_button(conversation)
    assert await offered(Policy()) == []
    slots = await offered()
    assert len(slots) == 3

    def choose(start: datetime):  # type: ignore[no-untyped-def]
        choice = CallbackChoice(number="０９０ー１２３４ー５６７８", topic="返金", slot_from=start)
        return rig.database.write(
            lambda store: callbacks.request_callback(store, conversation, choice, OFFERING, rig.clock())
        )

    with pytest.raises(BadInput):
        await choose(slots[0][0] + timedelta(minutes=1))
    assert await rig.database.read(lambda store: callbacks.find_planned_callback(store, conversation)) is None
    await choose(slots[0][0])
    planned = await rig.database.read(lambda store: callbacks.find_planned_callback(store, conversation))
    assert planned is not None
    assert (planned.slot_from, planned.topic) == (slots[0][0], "返金")
    assert "5678" in (await rig.answers(conversation))[-1]
    with pytest.raises(Conflict):
        await choose(slots[1][0])


def test_customers_are_called_within_the_hours_and_never_at_night() -> None:
    hours = BusinessHours(days={0: ("10:00", "12:00", "13:00", "14:30")})
    now = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)  # Monday, 10:40 in Japan
    found = [(start + 9 * HOUR).strftime("%a %H") for start, _ in list_callback_slots(hours, now, 3)]
    assert found == ["Mon 13", "Mon 10"]
    night = list_callback_slots(BusinessHours(), datetime(2026, 11, 23, 9, 40, tzinfo=UTC), 1)
    assert [(start + 9 * HOUR).hour for start, _ in night] == [9]


@pytest.mark.parametrize(
    "number", ["110", "<b>0312345678</b>", "=HYPERLINK(1)", "03-1234-5678\n; rm", "1" * 16]
)
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(BadInput):
        normalize_number(number)


@pytest.mark.parametrize(("begins", "lasts"), [(-3, 1), (1, 0), (1, 13), (24 * 61, 1)])
async def test_what_is_no_time_is_refused(rig: Harness, begins: int, lasts: int) -> None:
    conversation, agent = await owned(rig)
    start = rig.clock() + begins * HOUR
    with pytest.raises(AssistantError):
        await plan(rig, conversation, agent, slot_from=start, slot_to=start + lasts * HOUR)


@pytest.mark.parametrize("moment", [datetime.max, datetime.min])
def test_the_ends_of_the_calendar_are_no_time(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    with pytest.raises(BadInput):
        require_slot(at, at, MONDAY_NOON)
