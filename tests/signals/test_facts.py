"""Facts that customers claim."""

import pytest

from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.signals.facts import WordFactPicker, pick_facts


def said(*texts: str) -> list[Utterance]:
    return [Utterance(author=Author.CUSTOMER, text=text) for text in texts]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("注文番号は20481199です", "order number: 20481199"),
        ("注文番号A-1234-5678が届きません", "order number: A-1234-5678"),
        ("my order #AB12345 is late", "order number: AB12345"),
        ("order number 55-20931 please", "order number: 55-20931"),
        ("電話は090-1234-5678です", "phone: 090-1234-5678"),
        ("call me on +81 90-1234-5678", "phone: +81 90-1234-5678"),
        ("メールは Taro.Yamada@example.co.jp です", "e-mail: Taro.Yamada@example.co.jp"),
        ("12,800円引かれました", "amount: 12,800円"),
        ("I was charged $45.90 twice", "amount: $45.90"),
        ("5月2日に買いました", "ordered on: 5月2日"),
        ("I bought it on 3 May", "ordered on: 3 may"),
        ("2026-05-02に注文", "ordered on: 2026-05-02"),
        ("「ふわふわ毛布」が届かない", "product: ふわふわ毛布"),
        ("the kettle I bought is broken", "product: kettle"),
    ],
)
def test_a_claim_is_picked_out(text: str, fact: str) -> None:
    assert fact.casefold() in [found.casefold() for found in pick_facts(said(text)).claimed]


def test_what_is_missing_depends_on_the_topic() -> None:
    assert pick_facts(said("返品したいです")).missing == ("order number",)
    assert pick_facts(said("返品したいです", "注文番号は20481199です")).missing == ()


def test_the_ask_is_the_first_thing_wanted_in_the_customers_words() -> None:
    assert (
        pick_facts(said("こんにちは", "人と話したい", "届いた皿が割れていました")).ask
        == "届いた皿が割れていました"
    )
    assert pick_facts(said("hello")).ask is None
    assert pick_facts([]).ask is None


@pytest.mark.parametrize(
    ("lines", "ask", "topic"),
    [
        (
            (
                "返品の送料は誰が払いますか",
                "それは沖縄でも同じですか",
                "注文番号 A-1029 の件です。11月20日に届くはずでした。",
                "同じことを何度もご説明しているのですが、どうなっておりますでしょうか",
            ),
            "注文番号 A-1029 の件です。11月20日に届くはずでした。",
            "delivery",
        ),
        (
            ("How much is gift wrapping?", "My parcel from order KM-55121 has not arrived", "hello??"),
            "My parcel from order KM-55121 has not arrived",
            "delivery",
        ),
        (
            ("届いた皿が割れていました", "交換できますか"),
            "届いた皿が割れていました … 交換できますか",
            "defect",
        ),
        (
            ("The plate arrived broken", "can I send it back?"),
            "The plate arrived broken … can I send it back?",
            "defect",
        ),
    ],
    ids=["another matter", "another matter in English", "a few words", "words that point back"],
)
def test_what_is_wanted_is_the_matter_that_came_last(lines: tuple[str, ...], ask: str, topic: str) -> None:
    facts = pick_facts(said(*lines))
    assert (facts.ask, facts.topic) == (ask, topic)


def test_what_others_said_is_no_claim() -> None:
    lines = [Utterance(author=Author.ASSISTANT, text="注文番号12345678をお調べしました")]
    assert pick_facts(lines).claimed == ()


@pytest.mark.parametrize(
    ("author", "text", "promises"),
    [
        (Author.AGENT, "明日までに確認いたします。", ("agent: 明日までに確認いたします。",)),
        (Author.AGENT, "We will call you back tomorrow.", ("agent: We will call you back tomorrow.",)),
        (Author.AGENT, "明日お電話いたしましょうか？", ()),
        (Author.AGENT, "Shall we say that I will call you tomorrow?", ()),
        (Author.CUSTOMER, "昨日お電話すると言われました", ("customer says: 昨日お電話すると言われました",)),
        (Author.CUSTOMER, "i told you that i would send it", ()),
        (Author.ASSISTANT, "明日までにご連絡いたします。", ()),
    ],
)  # fmt: skip
def test_promises_are_heard_on_both_sides(author: Author, text: str, promises: tuple[str, ...]) -> None:
    assert pick_facts([Utterance(author=author, text=text)]).promises == promises


def test_a_field_by_itself_is_that_of_all_facts() -> None:
    lines = [*said("届いた皿が割れていました。注文番号は20481199です", "ボタンで返金と言われました")]
    lines.append(Utterance(author=Author.AGENT, text="明日までにお電話いたします。"))
    picker, facts = WordFactPicker(), pick_facts(lines)
    assert facts.ask
    assert facts.claimed
    assert facts.promises
    assert picker.extract_ask(lines) == facts.ask
    assert picker.extract_claimed(lines) == facts.claimed
    assert picker.extract_promises(lines) == facts.promises


@pytest.mark.parametrize(
    ("text", "sensitive", "distress"),
    [("もう死にたいです", "harm", 1.0), ("お前を殺してやる", "harm", 0.0), ("返品したい", None, 0.0)],
)
def test_words_alone_tell_self_harm_from_harm(text: str, sensitive: str | None, distress: float) -> None:
    signals = pick_facts(said(text)).signals
    assert (signals.sensitive, signals.distress) == (sensitive, distress)
