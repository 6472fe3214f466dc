"""Agents and the queue."""

from collections.abc import Sequence

import pytest

from assistant.conversation import desk
from assistant.conversation.contacts import ContactFinder, list_contacts
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import render_template
from assistant.domain.conversation import State
from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.errors import AlreadyClaimed, NotOwner
from assistant.domain.messages import HANDOFF_KINDS, Author
from assistant.domain.signals import Reason
from assistant.domain.turns import Utterance
from assistant.signals.facts import WordFactPicker
from tests.harness import Harness

PACKET_KEYS = {
    "version", "conversation", "epoch", "created_at", "channel", "trigger", "customer", "issue", "facts",
    "actions", "attempts", "promises", "sentiment", "feelings", "harassing_messages", "transcript",
    "suggested", "told_customer",
}  # fmt: skip


async def queued(rig: Harness, question: str = "注文番号 A-1234567 の返品の期限は？") -> str:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, question)
    await rig.press_person_button(opened.conversation.id)
    return opened.conversation.id


async def test_of_two_agents_one_wins_and_the_other_hears_who(rig: Harness) -> None:
    conversation, mori, hayashi = await queued(rig), await rig.hire("Mori"), await rig.hire("Hayashi")
    await rig.claim(conversation, mori)
    with pytest.raises(AlreadyClaimed, match="Mori") as refused:
        await rig.claim(conversation, hayashi)
    assert refused.value.details["agent"] == {"id": mori.id, "name": "Mori"}
    assert (await rig.claim(conversation, mori)).agent == mori.id, "one's own again is harmless"


async def test_the_customer_is_told_who_has_the_conversation_in_notices(rig: Harness) -> None:
    conversation, mori = await queued(rig), await rig.hire("Mori")
    before = len(await rig.database.read(lambda store: store.messages.list_public(conversation)))
    await rig.claim(conversation, mori)
    await rig.give_back(conversation, mori)
    told = (await rig.database.read(lambda store: store.messages.list_public(conversation)))[before:]
    assert [(one.author, one.kind, one.language) for one in told] == [(Author.SYSTEM, "notice", "ja")] * 2
    assert [one.text for one in told] == [
        render_template("agent_joined", "ja", name="Mori"),
        render_template("returned", "ja"),
    ]


async def test_every_change_of_owner_raises_the_epoch(rig: Harness) -> None:
    opened, agent = await rig.open(), await rig.hire()
    epochs = [(await rig.state(opened.conversation.id)).epoch]
    await rig.press_person_button(opened.conversation.id)
    epochs.append((await rig.state(opened.conversation.id)).epoch)
    epochs.append((await rig.claim(opened.conversation.id, agent)).epoch)
    epochs.append((await rig.give_back(opened.conversation.id, agent)).epoch)
    assert epochs == sorted(set(epochs))


async def test_the_packet_holds_everything_that_was_promised(rig: Harness) -> None:
    conversation = await queued(rig)
    packet = await rig.packet(conversation)
    assert packet.keys() == PACKET_KEYS
    assert packet["trigger"]["reason"] == "asked_for_person"
    assert packet["trigger"]["decided_by"] == "button"
    assert packet["told_customer"] == (await rig.state(conversation)).told
    assert any("A-1234567" in fact for fact in packet["facts"]["claimed"])
    assert packet["attempts"][0]["sources"][0]["article"] == "ja/returns.md"


async def test_notes_and_promises_of_the_conversation_before_come_with_the_next(rig: Harness) -> None:
    mori, first = await rig.hire("Mori"), await rig.open()
    before = first.conversation.id
    await rig.press_person_button(before)
    await rig.claim(before, mori)
    await rig.reply(before, mori, "明日までに倉庫へ確認し、ご連絡いたします。")
    await rig.reply(before, mori, "常連のお客様です", private=True)
    second = await rig.open(Visitor(locale="ja", previous=(before, first.token)))
    later = second.conversation.id
    await rig.press_person_button(later)
    previous = (await rig.packet(later))["customer"]["previous"][0]
    assert previous["notes"] == ["常連のお客様です"]
    assert previous["promises"] == ["agent: 明日までに倉庫へ確認し、ご連絡いたします。"]
    step = (await rig.packet(later))["issue"]["summary"]["ja"].rpartition("\n")[2]
    assert "明日までに倉庫へ確認し、ご連絡いたします。" in step


@pytest.mark.parametrize(("said", "urgent"), [("もう死にたいです", True), ("返品したいです", False)])
async def test_a_danger_that_nobody_has_read_yet_does_not_wait_like_the_rest(
    rig: Harness, said: str, urgent: bool
) -> None:
    conversation = (await rig.open()).conversation.id
    await rig.say(conversation, said)
    await rig.press_person_button(conversation)
    packet = await rig.packet(conversation)
    assert ((await rig.state(conversation)).priority == "urgent") is urgent
    assert (packet["issue"]["urgency"] == "urgent") is urgent
    assert ("安全を確かめ" in packet["issue"]["summary"]["ja"]) is urgent


async def test_the_assistant_is_silent_while_people_have_it(rig: Harness) -> None:
    conversation, agent = await queued(rig), await rig.hire()
    await rig.say(conversation, "返品の期限は？")
    await rig.settle()
    await rig.claim(conversation, agent)
    before = len(await rig.answers(conversation))
    await rig.say(conversation, "返品の期限は？")
    await rig.settle()
    assert len(await rig.answers(conversation)) == before


async def test_after_return_the_assistant_answers_the_next_message_and_not_the_old_ones(rig: Harness) -> None:
    conversation, agent = await queued(rig), await rig.hire()
    await rig.claim(conversation, agent)
    await rig.say(conversation, "人と話したい")
    await rig.give_back(conversation, agent)
    before = len(await rig.answers(conversation))
    await rig.settle()
    assert len(await rig.answers(conversation)) == before, "nothing new was asked"
    reply = await rig.ask(conversation, "返品の期限は？")
    assert "30日" in reply.text
    assert (await rig.state(conversation)).state is State.ASSISTANT


async def test_only_the_owner_replies_and_everybody_may_leave_a_note(rig: Harness) -> None:
    conversation, mori, hayashi = await queued(rig), await rig.hire("Mori"), await rig.hire("Hayashi")
    await rig.claim(conversation, mori)
    with pytest.raises(NotOwner):
        await rig.reply(conversation, hayashi, "こんにちは")
    await rig.reply(conversation, hayashi, "常連のお客様です", private=True)
    assert "常連のお客様です" not in await rig.answers(conversation)
    everything = await rig.database.read(lambda store: store.messages.list_all(conversation))
    assert "常連のお客様です" in [m.text for m in everything]


async def test_taking_over_from_the_assistant_lays_a_packet_on_the_table(rig: Harness) -> None:
    opened, agent = await rig.open(), await rig.hire()
    await rig.ask(opened.conversation.id, "返品の期限は？")
    await rig.claim(opened.conversation.id, agent)
    assert (await rig.packet(opened.conversation.id))["trigger"]["reason"] == "agent_took_over"


async def test_a_transfer_gives_it_to_a_colleague(rig: Harness) -> None:
    conversation, mori, hayashi = await queued(rig), await rig.hire("Mori"), await rig.hire("Hayashi")
    await rig.claim(conversation, mori)
    moved = await rig.database.write(
        lambda store: desk.transfer_conversation(store, conversation, mori, hayashi.email, rig.clock())
    )
    assert moved.agent == hayashi.id


async def test_a_resolved_conversation_asks_how_it_was_once(rig: Harness) -> None:
    from assistant.conversation.inbound.customer_actions import Rating, save_rating
    from assistant.conversation.surveys import build_survey

    conversation, agent = await queued(rig), await rig.hire()
    await rig.claim(conversation, agent)
    await rig.reply(conversation, agent, "お待たせしました")
    await rig.resolve(conversation, agent)
    closed = await rig.state(conversation)
    asked = await rig.database.read(lambda store: build_survey(store, closed, rig.clock()))
    assert asked is not None
    assert [value for value, _ in asked.options] == [1, 2, 3, 4, 5]
    rating = Rating(kind="csat", value=4)
    await rig.database.write(lambda store: save_rating(store, conversation, rating, rig.clock()))
    assert await rig.database.read(lambda store: build_survey(store, closed, rig.clock())) is None


async def test_the_next_conversation_knows_the_last_but_not_its_wishes(rig: Harness) -> None:
    first, agent = await rig.open(), await rig.hire()
    await rig.ask(first.conversation.id, "返品の期限は？")
    await rig.ask(first.conversation.id, "人と話したい")
    await rig.claim(first.conversation.id, agent)
    await rig.resolve(first.conversation.id, agent)
    second = await rig.open(Visitor(locale="ja", previous=(first.conversation.id, first.token)))
    assert second.conversation.customer == first.conversation.customer
    assert "返品" in (second.conversation.carried or "")
    reply = await rig.ask(second.conversation.id, "返品の期限は？")
    assert "30日" in reply.text


async def test_a_wrong_token_of_another_conversation_carries_nothing(rig: Harness) -> None:
    first = await rig.open()
    second = await rig.open(Visitor(locale="ja", previous=(first.conversation.id, "guessed")))
    assert second.conversation.customer != first.conversation.customer
    assert second.conversation.carried is None


async def test_who_waits_can_change_their_mind(rig: Harness) -> None:
    from assistant.conversation.inbound.customer_actions import cancel_wait

    conversation = await queued(rig)
    await rig.database.write(lambda store: cancel_wait(store, conversation, rig.clock()))
    reply = await rig.ask(conversation, "返品の期限は？")
    assert "30日" in reply.text


async def test_pressing_the_button_twice_keeps_the_place_in_the_queue(rig: Harness) -> None:
    conversation = await queued(rig)
    before = await rig.state(conversation)
    rig.clock.pass_(60)
    again, message = await rig.press_person_button(conversation)
    assert (again.epoch, again.waiting_since) == (before.epoch, before.waiting_since)
    assert message.kind in HANDOFF_KINDS
    assert again.reason is Reason.ASKED_FOR_PERSON


async def test_a_single_fact_is_picked_without_all_the_others(rig: Harness) -> None:
    class FieldPicker(WordFactPicker):
        def __call__(self, said: Sequence[Utterance]) -> CustomerFacts:
            raise AssertionError("all facts were picked for one")

    opened = await rig.open()
    conversation = opened.conversation
    await rig.say(conversation.id, "届いた皿が割れていました。taro@example.jp です")
    picker = FieldPicker()
    finder = ContactFinder(pick_facts=picker, channels=())
    contacts = await rig.database.read(lambda store: list_contacts(store, conversation, finder))
    question = await rig.database.read(lambda store: desk.find_question(store, conversation.id, picker))
    assert [contact.value for contact in contacts] == ["taro@example.jp"]
    assert "皿が割れ" in question
