"""Everything that a burst asks is answered, a wish for a person too."""

import asyncio
from dataclasses import replace

import pytest

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.turn.burst import (
    merge_drafts,
    search_requests,
    select_questions_beside,
    split_requests,
)
from assistant.conversation.turn.think import MAX_BESIDE_SECONDS
from assistant.domain.conversation import State
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Citation, get_public_kind
from assistant.domain.policy import Policy
from assistant.domain.signals import Reason
from assistant.knowledge.retrieval.in_memory import InMemoryRetriever
from assistant.ports.answering import Draft
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import RETURNS_EN, RETURNS_JA, FixedScoreRetriever, Harness, passage

CASH_JA = passage(
    "ja/cash.md", "代引き", "代引きはすべての商品でご利用いただけます。手数料は330円です。", "ja"
)
CASH_EN = passage(
    "en/cash.md", "Cash on delivery", "You can pay by cash on delivery. The fee for it is 330 yen.", "en"
)


@pytest.fixture
def shop(database: SqlDatabase[SqlStore]) -> Harness:
    passages = InMemoryRetriever(RETURNS_JA, RETURNS_EN, CASH_JA, CASH_EN)
    # Scores of the list are shares of words, lower than a reader's.
    return Harness(database, passages=passages, policy=Policy(frustrated_answer_score=0.5))


@pytest.mark.parametrize(
    ("locale", "messages", "answers"),
    [
        ("ja", ["返品の期限は？", "あと代引きの手数料は？"], ("30日以内", "330円")),
        ("ja", ["返品の期限は？あと代引きの手数料は？"], ("30日以内", "330円")),
        ("en", ["What is the return deadline?", "and the cash on delivery fee?"], ("30 days", "330 yen")),
        ("en", ["Return deadline? Also the cash on delivery fee?"], ("30 days", "330 yen")),
    ],
)
async def test_two_questions_in_one_burst_both_get_answered(
    shop: Harness, locale: str, messages: list[str], answers: tuple[str, str]
) -> None:
    opened = await shop.open(Visitor(locale=locale))
    for text in messages[:-1]:
        await shop.say(opened.conversation.id, text)
    reply = await shop.ask(opened.conversation.id, messages[-1])
    assert all(answer in reply.text for answer in answers)
    assert [citation.n for citation in reply.citations] == [1, 2]
    assert all(f"[{n}]" in reply.text for n in (1, 2))


@pytest.mark.parametrize(
    ("locale", "messages", "answer"),
    [
        ("ja", ["返品の期限は？", "担当者と話したいです"], "30日以内"),
        ("ja", ["担当者と話したいです。返品の期限は？"], "30日以内"),
        ("en", ["Return deadline of an item?", "I want to talk to a human"], "30 days"),
        ("en", ["I want to talk to a human. Return deadline of an item?"], "30 days"),
    ],
)
async def test_a_question_beside_the_wish_for_a_person_is_answered_too(
    shop: Harness, locale: str, messages: list[str], answer: str
) -> None:
    opened = await shop.open(Visitor(locale=locale))
    for text in messages[:-1]:
        await shop.say(opened.conversation.id, text)
    reply = await shop.ask(opened.conversation.id, messages[-1])
    conversation = await shop.state(opened.conversation.id)
    assert (conversation.state, conversation.reason) == (State.QUEUED, Reason.ASKED_FOR_PERSON)
    packet = await shop.packet(opened.conversation.id)
    assert answer in str(packet["suggested"])
    assert conversation.told is not None
    assert reply.text.endswith(conversation.told)
    assert reply.text.index(answer) < reply.text.index(conversation.told)
    assert reply.citations
    assert answer not in conversation.told


@pytest.mark.parametrize(
    ("wish", "answered"),
    [("何回言わせるんですか。もういい加減にして、人に代わって", False), ("担当者と話したいです", True)],
    ids=["upset", "calm"],
)
async def test_who_is_upset_gets_the_person_and_no_article(
    database: SqlDatabase[SqlStore], wish: str, answered: bool
) -> None:
    rig = Harness(database, retriever=FixedScoreRetriever(0.95))
    opened = await rig.open()
    await rig.say(opened.conversation.id, "返品の期限は？")
    reply = await rig.ask(opened.conversation.id, wish)
    assert (await rig.state(opened.conversation.id)).state is State.QUEUED
    assert ("30日" in reply.text) is answered


async def test_the_requests_of_a_burst_are_searched_for_at_once_and_each_once() -> None:
    class MeetingRetriever:
        """Finds nothing before both requests are there, and nothing for a third."""

        def __init__(self) -> None:
            self.both = asyncio.Barrier(2)

        async def search(
            self, question: str, *, language: str | None = None, limit: int = 5
        ) -> list[Passage]:
            await self.both.wait()
            return [replace(RETURNS_JA if "返品" in question else CASH_JA, score=0.9)]

    text = "返品の期限は？\n返品の期限は？代引きの手数料は？"
    async with asyncio.timeout(2):
        found = await search_requests(MeetingRetriever(), text, language="ja", limit=5, min_score=0.5)
    assert [(one.text, one.passages[0].article) for one in found] == [
        ("返品の期限は？", RETURNS_JA.article),
        ("代引きの手数料は？", CASH_JA.article),
    ]


async def test_a_slow_search_does_not_hold_up_the_wish(
    shop: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[object] = []

    async def search_slowly_at_first(question: str, **_: object) -> list[object]:
        searches.append(question)
        await asyncio.sleep(60 if len(searches) == 1 else 0)
        return []

    monkeypatch.setattr("assistant.conversation.turn.think.MAX_BESIDE_SECONDS", 0.01)
    assert MAX_BESIDE_SECONDS <= 5
    monkeypatch.setattr(shop.passages, "search", search_slowly_at_first)
    opened = await shop.open()
    async with asyncio.timeout(5):
        await shop.ask(opened.conversation.id, "返品の期限は？担当者と話したいです")
    assert (await shop.state(opened.conversation.id)).reason is Reason.ASKED_FOR_PERSON
    assert searches


async def test_an_unsure_answer_is_for_nobody(shop: Harness) -> None:
    shop.policy = replace(shop.policy, frustrated_answer_score=1.0)
    shop.__post_init__()
    opened = await shop.open()
    reply = await shop.ask(opened.conversation.id, "返品の期限はいつでしたか？担当者と話したいです")
    assert get_public_kind(reply.kind) == "handoff"
    assert "30日" not in reply.text
    assert (await shop.packet(opened.conversation.id))["suggested"] == []


async def test_what_was_written_while_nobody_could_answer_is_answered_turn_by_turn(shop: Harness) -> None:
    opened = await shop.open()
    for text in ("返品の期限は？", "代引きの手数料は？"):
        await shop.say(opened.conversation.id, text)
        shop.clock.pass_(shop.timing.max_burst.total_seconds() + 1)
    await shop.work()
    await shop.settle()
    first, second = await shop.answers(opened.conversation.id)
    assert "30日以内" in first
    assert "330円" not in first
    assert "330円" in second


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        ("返品したいです\nあと代引き使える？", ["返品したいです", "代引き使える？"]),
        (
            "商品が割れていました。どうすればいいですか？返金は？",
            ["商品が割れていました。どうすればいいですか？", "返金は？"],
        ),
        ("Hi\nok", []),
        ("Is 3.5 kg too heavy?", ["Is 3.5 kg too heavy?"]),
        ("本当に！？返品できますか", ["本当に！？", "返品できますか"]),
    ],
)
def test_a_burst_is_taken_apart_at_messages_and_questions(text: str, requests: list[str]) -> None:
    assert split_requests(text) == requests


def test_only_questions_beside_the_wish_are_looked_for() -> None:
    def is_wish(sentence: str) -> bool:
        return "担当" in sentence

    assert select_questions_beside("返品の期限は？\n担当者お願いします", is_wish) == "返品の期限は？"
    assert select_questions_beside("困っています。\n担当者お願いします", is_wish) == ""
    assert select_questions_beside("担当者はいますか？", is_wish) == ""


def test_merged_answers_number_their_sources_through() -> None:
    def cite(n: int, article: str) -> Citation:
        return Citation(n=n, article=article, title=article, url="", quote=f"quote {n} of {article}")

    one = Draft(text="A [1] B [2]", citations=(cite(1, "a"), cite(2, "b")), tokens=3)
    two = Draft(text="B [1] C [2] and [7]", citations=(cite(1, "b"), cite(2, "c")), tokens=4)
    merged = merge_drafts([one, Draft(text=""), two])
    assert merged.text == "A [1] B [2]\n\nB [2] C [3] and [7]"
    assert [(c.n, c.article) for c in merged.citations] == [(1, "a"), (2, "b"), (3, "c")]
    assert merged.tokens == 7
