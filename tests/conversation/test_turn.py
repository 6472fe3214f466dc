"""The assistant's turn: what it says, and when it must not say it."""

import asyncio
from dataclasses import replace

import pytest

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.conversation import State
from assistant.domain.knowledge import Dispute
from assistant.domain.messages import get_public_kind
from assistant.domain.signals import Reason
from assistant.knowledge.retrieval.in_memory import InMemoryRetriever
from assistant.ports.answering import AnswerRequest, Draft, Progress
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import RETURNS_JA, Harness


class SlowAnswerer:
    """Answers when it is let go, so that things can happen meanwhile."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.questions: list[str] = []

    async def write_answer(self, ask: AnswerRequest, progress: Progress) -> Draft:
        self.questions.append(ask.question)
        self.asked.set()
        await self.go.wait()
        return await ExtractiveAnswerer().write_answer(ask, progress)


class BrokenAnswerer:
    async def write_answer(self, ask: AnswerRequest, progress: Progress) -> Draft:
        raise AssertionError("nobody may be asked")


@pytest.mark.parametrize(
    ("locale", "question", "answer", "article"),
    [
        ("ja", "返品の期限はいつまでですか", "30日以内", "ja/returns.md"),
        ("en", "What is the return deadline for an item?", "within 30 days", "en/returns.md"),
    ],
)
async def test_a_question_is_answered_with_its_source(
    rig: Harness, locale: str, question: str, answer: str, article: str
) -> None:
    opened = await rig.open()
    reply = await rig.ask(opened.conversation.id, question)
    assert answer in reply.text
    assert [citation.article for citation in reply.citations] == [article]
    assert reply.language == locale


@pytest.mark.parametrize("words", ["agent", "points", "fees", "Wo ist meine Bestellung?"])
async def test_a_word_on_an_english_page_is_answered_in_english(rig: Harness, words: str) -> None:
    opened = await rig.open(Visitor(locale="en-US"))
    assert (await rig.ask(opened.conversation.id, words)).language == "en"


async def test_where_two_articles_disagree_both_are_told_and_nothing_is_streamed_as_sure(
    database: SqlDatabase[SqlStore],
) -> None:
    said, other = "返品の期限は、商品の到着から30日以内です。", "返品の期限は、商品の到着から14日以内です。"
    dispute = Dispute(text=said, article="ja/old.md", title="返品", url="/help/ja/old.md", other=other)
    rig = Harness(database, passages=InMemoryRetriever(replace(RETURNS_JA, disputes=(dispute,))))
    conversation = (await rig.open()).conversation.id
    with rig.wire.subscribe(conversation) as follower:
        reply = await rig.ask(conversation, "返品の期限はいつまでですか")
        seen = [data["text"] for _, name, data in await follower.next_events(0.1) or [] if name == "delta"]
    assert not any("30日" in text for text in seen)
    assert said.strip("。") in reply.text
    assert other.strip("。") in reply.text
    assert [citation.article for citation in reply.citations] == ["ja/returns.md", "ja/old.md"]
    assert build_person_button("ja") in reply.buttons


@pytest.mark.parametrize("question", ["宇宙旅行の切符はありますか", "Do you sell trips to the moon?"])
async def test_what_the_knowledge_base_does_not_hold_is_not_answered(rig: Harness, question: str) -> None:
    opened = await rig.open()
    reply = await rig.ask(opened.conversation.id, question)
    assert reply.citations == ()
    assert reply.buttons, "a person is one tap away"
    assert (await rig.state(opened.conversation.id)).state is State.ASSISTANT


@pytest.mark.parametrize(
    "wish",
    [
        "人と話したい",
        "担当者につないでください",
        "オペレーターお願いします",
        "I want to talk to a human",
        "agent please",
    ],
)
async def test_a_wish_for_a_person_needs_neither_index_nor_model(
    database: SqlDatabase[SqlStore], wish: str
) -> None:
    rig = Harness(database, answerer=BrokenAnswerer())
    rig.passages.down = True
    opened = await rig.open()
    reply = await rig.ask(opened.conversation.id, wish)
    conversation = await rig.state(opened.conversation.id)
    assert (conversation.state, conversation.reason) == (State.QUEUED, Reason.ASKED_FOR_PERSON)
    assert (get_public_kind(reply.kind), reply.text) == ("handoff", conversation.told)


async def test_the_button_for_the_person_button_is_understood_as_a_wish(rig: Harness) -> None:
    opened = await rig.open()
    offer = await rig.ask(opened.conversation.id, "宇宙旅行の切符はありますか")
    await rig.ask(opened.conversation.id, offer.buttons[0].value)
    assert (await rig.state(opened.conversation.id)).state is State.QUEUED


async def test_without_search_a_person_takes_over_and_nobody_waits_in_silence(rig: Harness) -> None:
    rig.passages.down = True
    opened = await rig.open()
    reply = await rig.ask(opened.conversation.id, "返品の期限は？")
    conversation = await rig.state(opened.conversation.id)
    assert (conversation.state, conversation.reason) == (State.QUEUED, Reason.FAILURE)
    assert get_public_kind(reply.kind) == "handoff"


async def test_repeated_failure_leads_to_an_offer_and_then_to_a_person(rig: Harness) -> None:
    opened = await rig.open()
    states = []
    for question in (
        "月旅行の切符は？",
        "だから月旅行の切符のことです",
        "月旅行の切符を聞いているのですが",
        "答えになっていません",
    ):
        await rig.ask(opened.conversation.id, question)
        states.append((await rig.state(opened.conversation.id)).state)
        if states[-1] is State.QUEUED:
            break
    assert states[0] is State.ASSISTANT
    assert states[-1] is State.QUEUED


async def test_a_reply_that_was_thought_of_before_a_takeover_is_never_shown(
    database: SqlDatabase[SqlStore],
) -> None:
    slow = SlowAnswerer()
    rig = Harness(database, answerer=slow)
    opened, agent = await rig.open(), await rig.hire()
    await rig.say(opened.conversation.id, "返品の期限は？")
    thinking = asyncio.create_task(rig.settle())
    await slow.asked.wait()
    await rig.claim(opened.conversation.id, agent)
    slow.go.set()
    await thinking
    assert not any("30日" in text for text in await rig.answers(opened.conversation.id))


async def test_what_is_said_while_thinking_is_answered_in_the_same_reply(
    database: SqlDatabase[SqlStore],
) -> None:
    slow = SlowAnswerer()
    rig = Harness(database, answerer=slow)
    opened = await rig.open()
    await rig.say(opened.conversation.id, "返品の期限は？")
    thinking = asyncio.create_task(rig.settle())
    await slow.asked.wait()
    await rig.say(opened.conversation.id, "開封した商品の返品です")
    slow.go.set()
    await thinking
    await rig.settle()
    assert len(await rig.answers(opened.conversation.id)) == 1
    assert "開封した商品" in slow.questions[-1]


async def test_a_worker_that_died_loses_nothing(rig: Harness) -> None:
    opened = await rig.open()
    await rig.say(opened.conversation.id, "返品の期限は？")
    rig.clock.pass_(1)
    taken = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 10))
    assert taken, "a worker takes the turn and is never heard of again"
    await rig.work()
    assert await rig.answers(opened.conversation.id) == []
    rig.clock.pass_(rig.timing.lease.total_seconds() + 1)
    await rig.work()
    assert len(await rig.answers(opened.conversation.id)) == 1


async def test_a_worker_that_comes_back_late_cannot_answer_twice(rig: Harness) -> None:
    opened = await rig.open()
    await rig.say(opened.conversation.id, "返品の期限は？")
    rig.clock.pass_(1)
    (late,) = await rig.database.write(lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1))
    rig.clock.pass_(rig.timing.turn_deadline.total_seconds() - 2)
    await rig.database.write(lambda store: store.jobs.schedule_retry(late, rig.clock()))
    await rig.work()
    await rig.assistant.take_turn(late)
    assert len(await rig.answers(opened.conversation.id)) == 1


async def test_small_talk_is_answered_without_a_search(rig: Harness) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "こんにちは")
    assert rig.passages.asked == []
    assert len(await rig.answers(opened.conversation.id)) == 1


async def test_how_a_reply_was_made_is_kept(rig: Harness) -> None:
    opened = await rig.open()
    reply = await rig.ask(opened.conversation.id, "返品の期限は？")
    (record,) = await rig.database.read(lambda store: store.turns.list_all(opened.conversation.id))
    assert (record.reply_id, record.verdict.decision, record.model) == (reply.id, "answer", "extractive")
    assert (record.sources[0].article, record.sources[0].shown) == ("ja/returns.md", True)
