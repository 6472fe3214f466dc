"""Who is there, no person please, "that did not help", and languages that are not answered in."""

from dataclasses import replace

import pytest

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import LANGUAGES, render_template
from assistant.domain.conversation import State
from assistant.domain.knowledge import Passage
from assistant.domain.signals import Decision, Reason
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import RETURNS_EN, RETURNS_JA, Harness, passage

ENGLISH = Visitor(locale="en")
OPENED = passage(
    "ja/opened.md", "開封した商品の返品の期限", "開封した商品の返品は、担当者が確認します。", "ja"
)


@pytest.mark.parametrize(
    ("text", "kind", "has_button"),
    [
        ("あなたはAIですか", "identity", True),
        ("誰かいますか", "presence", True),
        ("人には代わらなくていいです", "declined", False),
        ("are you a bot?", "identity", True),
        ("is anyone there?", "presence", True),
        ("no, I don't need a human, just tell me", "declined", False),
    ],
)
async def test_it_is_answered_like_small_talk_and_never_searched(
    database: SqlDatabase[SqlStore], text: str, kind: str, has_button: bool
) -> None:
    rig = Harness(database)
    language = "en" if text.isascii() else "ja"
    started = await rig.open(ENGLISH if language == "en" else Visitor(locale="ja"))
    reply = await rig.ask(started.conversation.id, text)
    assert reply.text == render_template(f"small_talk_{kind}", language)
    assert [button.value for button in reply.buttons] == (
        [render_template("button_person", language)] if has_button else []
    )
    assert rig.passages.asked == []


def test_the_assistant_says_honestly_that_it_is_one() -> None:
    assert "automated" in render_template("small_talk_identity", "en")
    assert "自動" in render_template("small_talk_identity", "ja")
    for language in LANGUAGES:
        assert {f"small_talk_{kind}" for kind in ("identity", "presence", "declined")} <= LANGUAGES[
            language
        ].keys()


async def test_asking_twice_whether_anybody_is_there_brings_a_person(
    database: SqlDatabase[SqlStore],
) -> None:
    rig = Harness(database)
    started = await rig.open()
    await rig.ask(started.conversation.id, "誰かいますか")
    await rig.ask(started.conversation.id, "誰かいませんか")
    found = await database.read(lambda store: store.conversations.get(started.conversation.id))
    assert found.state is State.QUEUED
    assert found.reason is Reason.ASKED_FOR_PERSON


async def test_a_question_beside_a_refusal_is_searched_without_it(database: SqlDatabase[SqlStore]) -> None:
    rig = Harness(database)
    started = await rig.open()
    reply = await rig.ask(started.conversation.id, "担当者につながなくていいので、返品の期限を教えて")
    assert rig.passages.asked == ["返品の期限を教えて"]
    assert "30日" in reply.text


async def test_that_it_did_not_help_brings_other_articles_about_what_was_asked(
    database: SqlDatabase[SqlStore],
) -> None:
    rig = Harness(database)
    rig.passages.passages = (RETURNS_JA, OPENED, RETURNS_EN)
    started = await rig.open()
    await rig.ask(started.conversation.id, "返品の期限は？")
    asked = len(rig.passages.asked)
    reply = await rig.ask(started.conversation.id, "全然役に立たない")
    assert rig.passages.asked[asked:] == ["返品の期限は？"]
    assert [button.label for button in reply.buttons] == [
        "開封した商品の返品の期限",
        render_template("button_person", "ja"),
    ]
    assert render_template("other_articles", "ja") in reply.text
    assert reply.citations == ()
    record = (await database.read(lambda store: store.turns.list_all(started.conversation.id)))[-1]
    assert record.verdict.decision is Decision.OFFER


async def test_who_refuses_the_machine_gets_a_person_and_no_article(database: SqlDatabase[SqlStore]) -> None:
    rig = Harness(database)
    rig.passages.passages = (RETURNS_JA, OPENED, RETURNS_EN)
    started = await rig.open()
    await rig.ask(started.conversation.id, "返品の期限は？")
    asked = len(rig.passages.asked)
    reply = await rig.ask(started.conversation.id, "AIじゃ無理")
    assert rig.passages.asked[asked:] == []
    assert [button.label for button in reply.buttons] == [render_template("button_person", "ja")]
    assert reply.citations == ()


async def test_without_another_article_only_a_person_is_offered(database: SqlDatabase[SqlStore]) -> None:
    rig = Harness(database)
    started = await rig.open(ENGLISH)
    reply = await rig.ask(started.conversation.id, "That's wrong")
    assert rig.passages.asked == []
    assert render_template("other_articles", "en") not in reply.text
    assert [button.value for button in reply.buttons] == [render_template("button_person", "en")]
    # The index is down: the person is offered all the same.
    other = await rig.open(ENGLISH)
    await rig.ask(other.conversation.id, "How long can I return an item?")
    rig.passages.down = True
    reply = await rig.ask(other.conversation.id, "That's not helpful at all")
    assert [button.value for button in reply.buttons] == [render_template("button_person", "en")]


class LikeliestInJapanese:
    """Finds the Japanese article first whatever is asked."""

    def __init__(self, english: float, japanese: float = 0.9) -> None:
        self.found = [replace(RETURNS_JA, score=japanese), replace(RETURNS_EN, score=english)]

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        return self.found


@pytest.mark.parametrize("score", [0.8, 0.01])
async def test_another_language_on_an_english_page_is_answered_or_declined_in_english(
    database: SqlDatabase[SqlStore], score: float
) -> None:
    rig = Harness(database, retriever=LikeliestInJapanese(score))
    started = await rig.open(ENGLISH)
    reply = await rig.ask(started.conversation.id, "Kann ich nach Deutschland bestellen?")
    assert reply.language == "en"
    assert reply.text.isascii()
    assert all(button.label.isascii() for button in reply.buttons)
    assert all(citation.title.isascii() for citation in reply.citations)


async def test_titles_are_offered_in_the_language_of_the_reply(database: SqlDatabase[SqlStore]) -> None:
    rig = Harness(database, retriever=LikeliestInJapanese(0.35, 0.4))
    started = await rig.open(ENGLISH)
    reply = await rig.ask(started.conversation.id, "Can I return it later than that or not?")
    assert [button.label for button in reply.buttons][:1] == [RETURNS_EN.title]
    assert RETURNS_JA.title not in [button.label for button in reply.buttons]
