"""Whole turns with people who are new to this, and with people who are annoyed, in both languages."""

import re
from dataclasses import replace

import pytest

from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.templates import render_template, select_templates
from assistant.domain.messages import Message
from assistant.domain.signals import Signals
from assistant.domain.turns import History, TextEmbedding
from assistant.signals.signal_reader import RuleSignalReader
from tests.harness import FixedScoreRetriever, Harness

VISITORS = {"ja": Visitor(locale="ja"), "en": Visitor(locale="en")}
CHOICES = {
    "ja": ("返品の期限", "送料", "ポイント"),
    "en": ("Return deadline", "Delivery cost", "Points"),
}
NEW_TO_THIS = {
    "ja": "こういうものは初めてで、どうやって使うのかわかりません",
    "en": "I'm no good with computers, how does this work? What do I type?",
}
QUESTION = {"ja": "返品の期限はいつまでですか", "en": "What is the return deadline for an item?"}
DEADLINE = {"ja": "30日", "en": "30 days"}
ANNOYED = {
    "ja": "何度も申し上げていますが、まったく答えになっていません。いい加減にしてください。",
    "en": "I've told you three times now, this is useless. Do you even read what I write?",
}
#: Nobody says so much about so little, and nobody believes it.
GROVELLING = re.compile(
    r"誠に|深くお詫び|心より|多大な|平に|ご容赦|sincerely|deeply|profound|heartfelt|greatly value|terribly"
    r"|inconvenience",
    re.IGNORECASE,
)
languages = pytest.mark.parametrize("language", ["ja", "en"])


@pytest.fixture
def rig(rig: Harness) -> Harness:
    rig.assistant = replace(
        rig.assistant, mind=replace(rig.mind, examples=lambda language: CHOICES[language])
    )
    return rig


async def talk(rig: Harness, language: str, *said: str) -> list[Message]:
    opened = await rig.open(VISITORS[language])
    return [await rig.ask(opened.conversation.id, text) for text in said]


def acknowledgements(language: str) -> set[str]:
    sentences = select_templates(language)
    return {*sentences["acknowledge_frustrated"], *sentences["acknowledge_stuck"]}


@languages
async def test_a_beginner_gets_one_example_few_choices_and_a_person_at_once(
    rig: Harness, language: str
) -> None:
    [guided] = await talk(rig, language, NEW_TO_THIS[language])
    assert render_template("guide_example", language, example=CHOICES[language][0]) in guided.text
    assert [button.label for button in guided.buttons] == [
        *CHOICES[language], render_template("button_person", language),
    ]  # fmt: skip
    assert guided.text.count(CHOICES[language][0]) == 1, "one example"
    sentences = [part for part in re.split(r"[。.!?\n]+", guided.text) if part.strip()]
    assert max(map(len, sentences)) <= 70, "plain short sentences"


@languages
async def test_guiding_ends_by_itself_when_the_customer_gets_going(rig: Harness, language: str) -> None:
    _, answered, thanked = await talk(
        rig,
        language,
        NEW_TO_THIS[language],
        QUESTION[language],
        {"ja": "わかりました、ありがとう", "en": "got it, thanks"}[language],
    )
    assert DEADLINE[language] in answered.text
    for reply in (answered, thanked):
        assert not any(choice in [b.label for b in reply.buttons] for choice in CHOICES[language])
    assert render_template("guide_intro", language) not in thanked.text


@languages
async def test_a_tap_on_a_choice_asks_it(rig: Harness, language: str) -> None:
    _, answered = await talk(rig, language, NEW_TO_THIS[language], CHOICES[language][0])
    assert DEADLINE[language] in answered.text


@languages
async def test_who_stays_lost_is_offered_a_person(rig: Harness, language: str) -> None:
    lost = {
        "ja": ["どこを押すのでしょう、機械は苦手で", "やはりわかりません、パソコンは初めてなもので"],
        "en": [
            "where do I press? I'm not good with these machines",
            "I don't know how to use this chat, I'm too old for it",
        ],
    }[language]
    replies = await talk(rig, language, NEW_TO_THIS[language], *lost)
    assert all(
        render_template("button_person", language) in [b.label for b in reply.buttons] for reply in replies
    )


@languages
async def test_annoyance_is_named_in_one_sentence_and_not_again_at_once(rig: Harness, language: str) -> None:
    later = {
        "ja": "それで、返品の期限はいつですか。さっきから聞いているんですけど。",
        "en": "So what is the return deadline for an item? I keep asking you.",
    }[language]
    first, second = await talk(rig, language, f"{QUESTION[language]} {ANNOYED[language]}", later)
    named = [sentence for sentence in acknowledgements(language) if sentence in first.text]
    assert len(named) == 1
    assert first.text.startswith(named[0])
    assert not any(sentence in second.text for sentence in acknowledgements(language))


@languages
@pytest.mark.parametrize(("score", "answered"), [(0.6, False), (0.9, True)])
async def test_the_annoyed_get_only_answers_that_are_surer_than_usual(
    rig: Harness, language: str, score: float, answered: bool
) -> None:
    rig.assistant = replace(rig.assistant, mind=replace(rig.mind, retriever=FixedScoreRetriever(score)))
    [calm] = await talk(rig, language, QUESTION[language])
    [annoyed] = await talk(rig, language, f"{QUESTION[language]} {ANNOYED[language]}")
    assert DEADLINE[language] in calm.text
    assert (DEADLINE[language] in annoyed.text) is answered
    assert render_template("button_person", language) in [button.label for button in annoyed.buttons]


class ComplaintReader(RuleSignalReader):
    """Reads a complaint in every turn."""

    def compute_signals(self, text: str, history: History, meaning: TextEmbedding | None = None) -> Signals:
        return replace(super().compute_signals(text, history, meaning), complaint=0.9)


@languages
@pytest.mark.parametrize("asks", [True, False])
async def test_a_complaint_that_asks_nothing_gets_no_rule(rig: Harness, language: str, asks: bool) -> None:
    mind = replace(rig.mind, retriever=FixedScoreRetriever(0.95), reader=ComplaintReader())
    rig.assistant = replace(rig.assistant, mind=mind)
    told = {"ja": "贈り物が割れて届きました。大変残念です。", "en": "The gift arrived broken. Such a shame."}
    [reply] = await talk(rig, language, QUESTION[language] if asks else told[language])
    assert (DEADLINE[language] in reply.text) is asks
    assert [button.label for button in reply.buttons] == [render_template("button_person", language)]
    assert any(sentence in reply.text for sentence in select_templates(language)["acknowledge_complaint"])


@languages
async def test_what_did_not_help_is_not_said_again(rig: Harness, language: str) -> None:
    rig.assistant = replace(rig.assistant, mind=replace(rig.mind, retriever=FixedScoreRetriever(0.9)))
    first, again = await talk(rig, language, QUESTION[language], QUESTION[language])
    assert DEADLINE[language] in first.text
    assert DEADLINE[language] not in again.text
    assert render_template("button_person", language) in [button.label for button in again.buttons]


@languages
async def test_the_wording_tells_reasons_apart(language: str) -> None:
    for situation in ("offer", "handoff"):
        reasons = ("frustrated", "stuck", "unfamiliar", "asked_for_person", "sensitive_topic", "complaint")
        assert len({select_templates(language)[f"{situation}_{reason}"] for reason in reasons}) == len(
            reasons
        )
    assert not acknowledgements(language) & set(select_templates(language)["abstain"])


@languages
def test_nobody_grovels(language: str) -> None:
    for situation, sentences in select_templates(language).items():
        for sentence in sentences:
            assert not GROVELLING.search(sentence), situation
            assert len(re.findall(r"申し訳|ごめん|sorry|apolog", sentence)) <= 1, situation
