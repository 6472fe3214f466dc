"""More than anybody sends: a call of hundreds of events, a message as long as a book."""

from assistant.conversation.timing import MAX_TEXT
from tests.channels.conftest import ChannelHarness
from tests.channels.line_platform import USER, LinePlatform, webhook

QUESTION = "返品の期限はいつまでですか"


async def test_hundreds_of_events_in_a_call_are_stored_in_portions_and_answered_once(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    events = [line.message(QUESTION, scene.rig.clock()) for _ in range(120)]
    assert (await scene.post(webhook(*events))).status_code == 200
    assert await scene.count("messages") == 120
    assert (await scene.post(webhook(*events))).status_code == 200
    await scene.rig.settle()
    assert await scene.count("messages") == 121
    assert len(line.texts(USER)) == 1


async def test_a_message_as_long_as_a_book_is_cut_and_answered(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await scene.tell(webhook(line.message(QUESTION + "あ" * 100_000, scene.rig.clock())))
    messages = await scene.rig.messages(await scene.conversation())
    assert len(messages[0].text) <= MAX_TEXT
    assert line.texts(USER)


async def test_a_second_delivery_of_any_event_is_dropped_on_both_databases(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    """Messages are known by their own ids too; a greeting is known only by the event's."""
    follow = webhook(line.event("follow", scene.rig.clock()))
    for _ in range(3):
        await scene.tell(follow)
    assert len(line.texts(USER)) == 1
