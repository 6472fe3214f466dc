"""What whoever waits changes or takes back in their app changes what the agent will find."""

from typing import Any

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.templates import render_template
from assistant.domain.channels import Address, ChannelEvent, MessageDeleted, MessageEdited, MessageReceived
from assistant.domain.conversation import State
from tests.harness import LANGUAGES, Harness

ADDRESS = Address(channel="line", peer="customer-1")


async def take(rig: Harness, *events: ChannelEvent) -> str:
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    (conversation,) = await rig.database.write(
        lambda store: apply_events(store, events, arrivals, rig.clock())
    )
    await rig.settle()
    return conversation


def said(number: int, text: str) -> MessageReceived:
    return MessageReceived(id=f"e{number}", message_id=f"m{number}", address=ADDRESS, text=text)


async def wait_with(rig: Harness, text: str) -> str:
    conversation = await take(rig, said(1, "担当者につないでください"))
    assert (await rig.state(conversation)).state is State.QUEUED
    await take(rig, said(2, text))
    return conversation


async def claimed(rig: Harness, conversation: str) -> Any:
    return (await rig.packet(conversation))["facts"]["claimed"]


async def test_an_edit_while_waiting_reaches_the_packet(rig: Harness) -> None:
    conversation = await wait_with(rig, "注文番号は20481199です。届きません")
    assert await claimed(rig, conversation) == ["order number: 20481199"]
    edit = MessageEdited(id="e3", address=ADDRESS, message_id="m2", text="注文番号は20481200です。届きません")
    await take(rig, edit)
    assert await claimed(rig, conversation) == ["order number: 20481200"]
    assert "20481199" not in str(await rig.packet(conversation))


async def test_words_taken_back_while_waiting_leave_the_packet(rig: Harness) -> None:
    conversation = await wait_with(rig, "注文番号は20481199です。届きません")
    await take(rig, MessageDeleted(id="e3", address=ADDRESS, message_id="m2"))
    assert await claimed(rig, conversation) == []


async def test_nothing_is_said_to_a_message_that_was_taken_back_at_once(rig: Harness) -> None:
    conversation = await take(rig, said(1, "担当者につないでください"))
    await take(
        rig, said(2, "注文番号は20481199です"), MessageDeleted(id="e3", address=ADDRESS, message_id="m2")
    )
    acknowledged = render_template("added_while_waiting", "ja")
    assert [text for text in await rig.answers(conversation) if text.startswith(acknowledged)] == []
    await take(rig, said(4, "注文番号は20481200です"))
    assert [text.startswith(acknowledged) for text in await rig.answers(conversation)][-1]
