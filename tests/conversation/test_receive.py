"""The one door."""

import pytest

from assistant.conversation.inbound import customer_actions
from assistant.conversation.timing import MAX_TEXT
from assistant.domain.errors import BadInput, ConversationClosed, NotFound, TooLarge
from assistant.domain.messages import Author
from tests.harness import Harness


async def test_a_burst_of_messages_gets_one_reply_to_all_of_them(rig: Harness) -> None:
    opened = await rig.open()
    for text in ("すみません", "返品の", "期限は？"):
        await rig.say(opened.conversation.id, text)
        rig.clock.pass_(0.3)
    await rig.settle()
    messages = await rig.messages(opened.conversation.id)
    assert [m.author for m in messages] == [Author.CUSTOMER] * 3 + [Author.ASSISTANT]
    assert "30日以内" in messages[-1].text


async def test_somebody_who_never_pauses_is_answered_all_the_same(rig: Harness) -> None:
    opened = await rig.open()
    for _ in range(30):
        await rig.say(opened.conversation.id, "返品の期限は")
        rig.clock.pass_(0.4)
        await rig.work()
    assert len(await rig.answers(opened.conversation.id)) >= 1


async def test_the_same_message_again_adds_nothing_and_answers_the_same(rig: Harness) -> None:
    opened = await rig.open()
    first = await rig.say(opened.conversation.id, "返品の期限は？", "one")
    await rig.settle()
    again = await rig.say(opened.conversation.id, "返品の期限は？", "one")
    await rig.settle()
    assert (again.message, again.is_duplicate) == (first.message, True)
    assert len(await rig.messages(opened.conversation.id)) == 2


async def test_two_conversations_may_use_the_same_message_id(rig: Harness) -> None:
    one, other = await rig.open(), await rig.open()
    await rig.say(one.conversation.id, "返品の期限は？", "same")
    receipt = await rig.say(other.conversation.id, "送料は？", "same")
    assert not receipt.is_duplicate


async def test_nothing_is_added_to_a_closed_conversation(rig: Harness) -> None:
    opened = await rig.open()
    await rig.database.write(
        lambda store: customer_actions.close_conversation(
            store, opened.conversation.id, rig.policy, rig.assistant.pick_facts, rig.clock()
        )
    )
    with pytest.raises(ConversationClosed):
        await rig.say(opened.conversation.id, "まだいますか")
    assert await rig.messages(opened.conversation.id) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [("", BadInput), ("  \n\t", BadInput), ("\x00\x00", BadInput), ("あ" * (MAX_TEXT + 1), TooLarge)],
    ids=["empty", "spaces", "NUL", "too long"],
)
async def test_a_text_that_says_nothing_or_too_much_is_refused(
    rig: Harness, text: str, error: type[Exception]
) -> None:
    opened = await rig.open()
    with pytest.raises(error):
        await rig.say(opened.conversation.id, text)


@pytest.mark.parametrize("text", ["\ud83d half", "a\x00b", "👨‍👩‍👧", "\u202eabc", "が", "x" * MAX_TEXT])
async def test_strange_texts_are_stored_and_answered(rig: Harness, text: str) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, text)
    assert len(await rig.answers(opened.conversation.id)) == 1


async def test_an_unknown_conversation_is_not_found(rig: Harness) -> None:
    with pytest.raises(NotFound):
        await rig.say("nowhere", "hello")


async def test_messages_are_numbered_without_gaps(rig: Harness) -> None:
    opened = await rig.open()
    agent = await rig.hire()
    await rig.ask(opened.conversation.id, "返品の期限は？")
    await rig.press_person_button(opened.conversation.id)
    await rig.claim(opened.conversation.id, agent)
    await rig.reply(opened.conversation.id, agent, "社内メモ", private=True)
    await rig.reply(opened.conversation.id, agent, "こんにちは")
    await rig.give_back(opened.conversation.id, agent)
    messages = await rig.messages(opened.conversation.id)
    assert [m.seq for m in messages] == list(range(1, len(messages) + 1))
