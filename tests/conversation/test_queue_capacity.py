"""A full queue says so, and a customer has one place in it."""

from dataclasses import replace

from assistant.conversation.handoff.queue_capacity import MAX_PLACES_PER_ADDRESS
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.domain.conversation import State
from tests.harness import JAPANESE, Harness


async def state_of(rig: Harness, conversation: str) -> State:
    found = await rig.database.read(lambda store: store.conversations.get(conversation))
    return found.state


async def test_a_customer_waits_in_one_place_and_keeps_the_time(rig: Harness) -> None:
    first = await rig.open()
    await rig.press_person_button(first.conversation.id)
    rig.clock.pass_(300)
    second = await rig.open(Visitor(locale="ja", previous=(first.conversation.id, first.token)))
    await rig.press_person_button(second.conversation.id)
    assert await state_of(rig, first.conversation.id) is State.ASSISTANT
    assert "引き継ぎました" in (await rig.answers(first.conversation.id))[-1]
    waiting = await rig.database.read(lambda store: store.conversations.get(second.conversation.id))
    assert waiting.state is State.QUEUED
    assert waiting.waiting_since == first.conversation.created_at


async def test_a_full_queue_is_told_and_the_assistant_goes_on(rig: Harness) -> None:
    rig.policy = replace(rig.policy, queue_limit=1)
    waiting, refused = await rig.open(), await rig.open()
    await rig.press_person_button(waiting.conversation.id)
    await rig.press_person_button(refused.conversation.id)
    assert await state_of(rig, refused.conversation.id) is State.ASSISTANT
    assert "大変多く" in (await rig.answers(refused.conversation.id))[-1]
    assert "30日" in (await rig.ask(refused.conversation.id, "返品の期限は？")).text


async def test_one_address_cannot_take_every_place(rig: Harness) -> None:
    states = []
    for _ in range(MAX_PLACES_PER_ADDRESS + 1):
        opened = await rig.open(replace(JAPANESE, origin="one address"))
        await rig.press_person_button(opened.conversation.id)
        states.append(await state_of(rig, opened.conversation.id))
    assert states == [State.QUEUED] * MAX_PLACES_PER_ADDRESS + [State.ASSISTANT]
    other = await rig.open(replace(JAPANESE, origin="another address"))
    await rig.press_person_button(other.conversation.id)
    assert await state_of(rig, other.conversation.id) is State.QUEUED
