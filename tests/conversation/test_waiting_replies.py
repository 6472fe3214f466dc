"""What whoever waits hears: helplines in distress, by every path; an acknowledgement; the way out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from assistant.conversation.handoff.handover import queue_without_reply
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.domain.conversation import Priority, State
from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.hours import BusinessHours
from assistant.domain.jobs import JobKind
from assistant.domain.messages import ADDED_NOTED, CONTACT_NOTED, CONTACT_QUESTION, Message
from assistant.domain.policy import Policy
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import Harness

PLACE = {"ja": "順番", "en": "in line"}


async def press_button(rig: Harness, conversation: str) -> None:
    await rig.press_person_button(conversation)


async def pass_deadline(rig: Harness, conversation: str) -> None:
    await rig.database.write(lambda store: store.jobs.complete_job(JobKind.TURN, conversation))
    rig.clock.pass_(Timing().turn_deadline.total_seconds() + 1)
    await rig.work()


async def queue(rig: Harness, locale: str = "ja") -> str:
    opened = await rig.open(Visitor(locale=locale))
    await rig.press_person_button(opened.conversation.id)
    return opened.conversation.id


async def assistant_messages(rig: Harness, conversation: str) -> list[Message]:
    return [m for m in await rig.messages(conversation) if m.author == "assistant"]


@pytest.mark.parametrize("come", [press_button, pass_deadline])
async def test_words_of_self_harm_bring_helplines_and_no_place_by_every_path(
    rig: Harness, come: Callable[[Harness, str], Awaitable[None]]
) -> None:
    opened = await rig.open()
    await rig.say(opened.conversation.id, "もう死にたいです")
    await come(rig, opened.conversation.id)
    told = (await rig.answers(opened.conversation.id))[-1]
    assert rig.policy.helplines["ja"] in told
    assert PLACE["ja"] not in told
    assert (await rig.state(opened.conversation.id)).priority is Priority.URGENT


async def test_a_silent_agent_leaves_no_one_in_distress_with_a_place_in_a_queue(rig: Harness) -> None:
    conversation, agent = await queue(rig), await rig.hire()
    await rig.claim(conversation, agent)
    await rig.say(conversation, "もう死にたいです")
    rig.clock.pass_(Timing().agent_deadline.total_seconds() + 1)
    await rig.work()
    told = (await rig.answers(conversation))[-1]
    assert rig.policy.helplines["ja"] in told
    assert PLACE["ja"] not in told
    assert (await rig.state(conversation)).priority is Priority.URGENT


@pytest.mark.parametrize(
    "text", ["お前を殺してやる", "商品で火傷をしました"], ids=["a threat", "an accident"]
)
async def test_harm_that_is_not_to_oneself_keeps_its_place(rig: Harness, text: str) -> None:
    opened = await rig.open()
    await rig.say(opened.conversation.id, text)
    await press_button(rig, opened.conversation.id)
    told = (await rig.answers(opened.conversation.id))[-1]
    assert rig.policy.helplines["ja"] not in told
    assert PLACE["ja"] in told


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_the_first_message_of_a_wait_is_acknowledged_with_a_way_out(rig: Harness, locale: str) -> None:
    conversation = await queue(rig, locale)
    texts = {"ja": ("色は青です", "サイズはLです"), "en": ("the colour is blue", "the size is L")}[locale]
    for text in texts:
        await rig.ask(conversation, text)
    _, *since = await assistant_messages(rig, conversation)
    assert len(since) == 1, "once per wait"
    assert since[0].text.startswith(words("added_while_waiting", locale))
    assert PLACE[locale] in since[0].text
    assert [button.value for button in since[0].buttons] == [words("button_cancel_handoff", locale)]
    assert (await rig.packet(conversation))["told_customer"] == since[0].text


async def test_what_was_asked_and_noted_counts_in_another_language_too(
    database: SqlDatabase[SqlStore],
) -> None:
    rig = Harness(
        database, policy=Policy(hours=BusinessHours(zone="Asia/Tokyo", days={6: ("10:00", "12:00")}))
    )
    conversation = await queue(rig)

    async def speak(language: str) -> None:
        def step(store: SqlStore) -> None:
            store.conversations.save(replace(store.conversations.get(conversation), language=language))

        await rig.database.write(step)

    await speak("en")
    await rig.ask(conversation, "my address is hana@example.com")
    await speak("ja")
    await rig.ask(conversation, "電話なら 090-1234-5678 です")
    await rig.ask(conversation, "色は青です")
    await speak("en")
    await rig.ask(conversation, "the size is L")
    told = [message.kind for message in await assistant_messages(rig, conversation)]
    assert told == [CONTACT_QUESTION, CONTACT_NOTED, ADDED_NOTED]
    await rig.press_person_button(conversation)
    await rig.ask(conversation, words("button_cancel_handoff", "en"))
    await speak("ja")
    await rig.press_person_button(conversation)
    told = [message.kind for message in await assistant_messages(rig, conversation)]
    assert told.count(CONTACT_QUESTION) == 1, "nobody is asked twice"


async def test_the_next_wait_is_acknowledged_again(rig: Harness) -> None:
    conversation = await queue(rig)
    await rig.ask(conversation, "色は青です")
    await rig.ask(conversation, "担当者はもういいです")
    await rig.press_person_button(conversation)
    await rig.ask(conversation, "サイズはLです")
    told = await rig.answers(conversation)
    assert sum(text.startswith(words("added_while_waiting", "ja")) for text in told) == 2


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ja", "やっぱり担当者はいいです"),
        ("ja", "担当者との話は結構です、自分でやります"),
        ("ja", "担当者との話は結構です。自分でやります"),
        ("ja", "担当者は不要です。\n自分で返品の手続きをします。"),
        ("ja", words("button_cancel_handoff", "ja")),
        ("en", "actually forget the agent, I'll manage"),
        ("en", "never mind, I'll figure it out"),
        ("en", "I don't need an agent anymore. I'll look at the returns page myself."),
        ("en", "I don't need a person anymore, thanks"),
        ("en", words("button_cancel_handoff", "en")),
    ],
)
async def test_a_wish_taken_back_in_words_ends_the_wait_and_says_so(
    rig: Harness, locale: str, text: str
) -> None:
    conversation = await queue(rig, locale)
    await rig.ask(conversation, text)
    assert (await rig.state(conversation)).state is State.ASSISTANT
    told = (await assistant_messages(rig, conversation))[-1]
    assert told.text == words("handoff_cancelled", locale)
    assert [button.value for button in told.buttons] == [words("button_person", locale)], "the way back"


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ja", "担当者はもういいです。返品の期限だけ教えてください"),
        ("ja", "担当者は不要です。商品がまだ届きません"),
        ("ja", "担当者は結構です、返品の件です"),
        ("en", "forget the agent. What is the return deadline?"),
    ],
)
async def test_whoever_takes_it_back_and_asks_something_decides_by_the_button(
    rig: Harness, locale: str, text: str
) -> None:
    conversation = await queue(rig, locale)
    await rig.ask(conversation, text)
    await rig.ask(conversation, text)
    assert (await rig.state(conversation)).state is State.QUEUED
    _, *since = await assistant_messages(rig, conversation)
    assert [[b.value for b in m.buttons] for m in since] == [[words("button_cancel_handoff", locale)]] * 2


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ja", "担当者はまだですか"),
        ("ja", "担当者を待つのはいいですが、急いでください"),
        ("ja", "担当者さんをキャンセルしないでください"),
        ("ja", "注文はキャンセルします"),
        ("en", "please don't cancel the agent"),
        ("en", "I don't want an agent who is rude"),
        ("en", "forget it"),
    ],
)
async def test_other_words_end_no_wait(rig: Harness, locale: str, text: str) -> None:
    conversation = await queue(rig, locale)
    await rig.ask(conversation, text)
    assert (await rig.state(conversation)).state is State.QUEUED


async def test_a_no_to_what_an_agent_offered_ends_no_wait(rig: Harness) -> None:
    conversation, agent = await queue(rig), await rig.hire()
    await rig.claim(conversation, agent)
    await rig.reply(conversation, agent, "別の担当者におつなぎしましょうか。")
    await rig.say(conversation, "いえ、結構です")
    await rig.release(conversation, agent)
    await rig.settle()
    assert (await rig.state(conversation)).state is State.QUEUED


async def test_whoever_was_queued_without_a_word_hears_no_acknowledgement(rig: Harness) -> None:
    opened = await rig.open()

    def step(store: SqlStore) -> None:
        conversation = store.conversations.get(opened.conversation.id)
        queue_without_reply(store, conversation, EvidenceReason.SUBJECT_SAYS_AUTOMATIC, rig.clock())

    await rig.database.write(step)
    await rig.ask(opened.conversation.id, "不在にしております")
    assert await rig.answers(opened.conversation.id) == []
