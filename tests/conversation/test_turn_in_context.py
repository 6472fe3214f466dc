"""Turns read in their context, and what a reply gets from that, as the assistant is wired."""

from dataclasses import replace

import pytest

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import render_template, select_templates
from assistant.domain.conversation import State
from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Message
from assistant.domain.signals import Reaction
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import RETURNS_EN, RETURNS_JA, FakeTurnReader, FixedScoreRetriever, Harness

Shop = SqlDatabase[SqlStore]
VISITORS = {"ja": Visitor(locale="ja"), "en": Visitor(locale="en")}
QUESTION = {"ja": "返品の期限はいつまでですか", "en": "What is the return deadline for an item?"}
LATER = {"ja": "返品の期限を過ぎたらどうなりますか", "en": "What happens after the return deadline?"}
DEADLINE = {"ja": "30日", "en": "30 days"}
#: One wish in two ways.
REQUEST = ("返品したい", "品物を送り返すには")
WORRIED, SEEN = {"worried": 4.0}, 8.0
languages = pytest.mark.parametrize("language", ["ja", "en"])


class SubjectRetriever:
    """Answers what has all the words that it is told, and comes near nothing else."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.asked: list[str] = []

    async def search(self, question: str, *, language: str | None = None, limit: int = 6) -> list[Passage]:
        self.asked.append(question)
        answers = all(word in question for word in self.words)
        return [replace(RETURNS_JA, score=0.9 if answers else 0.1)]


async def talk(rig: Harness, language: str, *said: str) -> list[Message]:
    opened = await rig.open(VISITORS[language])
    return [await rig.ask(opened.conversation.id, text) for text in said]


async def test_the_turn_encoder_reads_a_turn_with_the_lines_before_it(database: Shop) -> None:
    text, reader = "そこをなんとか", FakeTurnReader({"そこをなんとか": {"person": SEEN}})
    states = []
    for turn_reader in (None, reader):
        rig = Harness(database, turn_reader=turn_reader)
        opened = await rig.open()
        first = await rig.ask(opened.conversation.id, QUESTION["ja"])
        await rig.ask(opened.conversation.id, text)
        states.append((await rig.state(opened.conversation.id)).state)
    assert states == [State.ASSISTANT, State.QUEUED]
    assert reader.seen == [(QUESTION["ja"], []), (text, [QUESTION["ja"], first.text])]


@languages
@pytest.mark.parametrize("is_embedded", [True, False])
async def test_worry_is_acknowledged_once_and_the_question_answered(
    database: Shop, language: str, is_embedded: bool
) -> None:
    """With a vector of the text, the labels are read beside it."""
    said = (QUESTION[language], LATER[language])
    rig = Harness(
        database,
        turn_reader=FakeTurnReader(dict.fromkeys(said, WORRIED)),
        retriever=FixedScoreRetriever(0.95),
        vectors=dict(zip(said, [(1.0, 0.0), (0.0, 1.0)], strict=True)) if is_embedded else {},
    )
    first, second = await talk(rig, language, *said)
    [worry] = select_templates(language)["acknowledge_worry"]
    assert first.text.startswith(f"{worry}\n\n")
    assert DEADLINE[language] in first.text
    assert worry not in second.text


async def test_a_calm_turn_is_not_told_that_it_is_worried(database: Shop) -> None:
    rig = Harness(database, turn_reader=FakeTurnReader(), retriever=FixedScoreRetriever(0.95))
    [reply] = await talk(rig, "ja", QUESTION["ja"])
    assert render_template("acknowledge_worry", "ja") not in reply.text


@pytest.mark.parametrize(
    ("vectors", "reaction"),
    [(((0.6, 0.8), (0.6, 0.8)), Reaction.REPHRASED), (((1.0, 0.0), (0.0, 1.0)), Reaction.MOVED_ON)],
    ids=["same", "other"],
)
async def test_a_question_in_other_words_is_known_by_its_vector(
    database: Shop, vectors: tuple[tuple[float, ...], ...], reaction: Reaction
) -> None:
    rig = Harness(database, turn_reader=FakeTurnReader(), vectors=dict(zip(REQUEST, vectors, strict=True)))
    opened = await rig.open()
    for text in REQUEST:
        await rig.ask(opened.conversation.id, text)
    records = await rig.database.read(lambda store: store.turns.list_all(opened.conversation.id))
    assert records[-1].signals.reaction is reaction


@languages
async def test_where_nothing_answers_for_sure_the_nearest_articles_are_shown(
    database: Shop, language: str
) -> None:
    rig = Harness(database, turn_reader=FakeTurnReader(), retriever=FixedScoreRetriever(0.4))
    [reply] = await talk(rig, language, QUESTION[language])
    article = {"ja": RETURNS_JA, "en": RETURNS_EN}[language]
    [card] = reply.citations
    assert (card.n, card.article, card.title) == (1, article.article, article.title)
    assert card.quote in article.text
    assert reply.text.split("\n") == [
        render_template("abstain_near", language, subject=article.title),
        f"- **{article.title}**: {card.quote} [1]",
    ]


@pytest.mark.parametrize(
    ("score", "text", "logits"),
    [
        (0.9, QUESTION["ja"], {}),
        (0.2, QUESTION["ja"], {}),
        (0.4, "返品", {}),
        (0.4, "担当者は？", {}),
        (0.4, QUESTION["ja"], {"complaint": SEEN}),
        (0.4, "初めてで使い方がわかりません", {"unfamiliar": SEEN}),
    ],
    ids=["answered", "nothing near", "asked back", "person offered", "complaint", "guided"],
)
async def test_no_other_reply_has_cards(
    database: Shop, score: float, text: str, logits: dict[str, float]
) -> None:
    rig = Harness(database, turn_reader=FakeTurnReader({text: logits}), retriever=FixedScoreRetriever(score))
    [reply] = await talk(rig, "ja", text)
    assert "次のことが書かれています" not in reply.text
    assert f"**{RETURNS_JA.title}**" not in reply.text
    assert bool(reply.citations) is (score > 0.5)


async def test_a_question_without_a_subject_is_searched_with_the_one_before(database: Shop) -> None:
    found = SubjectRetriever("返品", "お金")
    rig = Harness(database, turn_reader=FakeTurnReader(), retriever=found)
    before, text = "商品を返品したいのですが", "お金はかかりますか"
    _, reply = await talk(rig, "ja", before, text)
    assert found.asked == [before, text, f"{before} / {text}"]
    assert DEADLINE["ja"] in reply.text
    assert [citation.article for citation in reply.citations] == [RETURNS_JA.article]


async def test_a_question_that_finds_its_answer_alone_is_searched_alone(database: Shop) -> None:
    found = SubjectRetriever("お金")
    rig = Harness(database, turn_reader=FakeTurnReader(), retriever=found)
    said = ("ポイントを使いたい", "お金はかかりますか")
    _, reply = await talk(rig, "ja", *said)
    assert found.asked == list(said)
    assert DEADLINE["ja"] in reply.text


async def test_a_subject_that_does_not_help_is_left_out(database: Shop) -> None:
    found = SubjectRetriever("返品", "お金")
    rig = Harness(database, turn_reader=FakeTurnReader(), retriever=found)
    opened = await rig.open()
    for text in ("ポイントを使いたい", "お金はかかりますか"):
        await rig.ask(opened.conversation.id, text)
    assert found.asked[-1] == "ポイントを使いたい / お金はかかりますか"
    records = await rig.database.read(lambda store: store.turns.list_all(opened.conversation.id))
    assert records[-1].query == "お金はかかりますか"


@pytest.mark.parametrize(
    ("text", "is_answered"),
    [
        ("届いた商品が割れていました。返品の期限を教えてください。", True),
        ("返品の期限を教えてください。", True),
        ("届いた商品が割れていました。とても残念です。", False),
    ],
)
async def test_a_complaint_that_asks_politely_is_answered(
    database: Shop, text: str, is_answered: bool
) -> None:
    rig = Harness(
        database,
        turn_reader=FakeTurnReader({text: {"complaint": SEEN}}),
        retriever=FixedScoreRetriever(0.95),
    )
    [reply] = await talk(rig, "ja", text)
    assert any(reply.text.startswith(words) for words in select_templates("ja")["acknowledge_complaint"])
    assert (DEADLINE["ja"] in reply.text) is is_answered


async def test_the_fake_model_knows_only_what_it_is_told(database: Shop) -> None:
    rig = Harness(database, vectors={"a": (1.0,)})
    assert (await rig.meaning("a")).vector == (1.0,)
    with pytest.raises(Unavailable):
        await rig.meaning("b")
