"""What a packet keeps of a customer's words: details by kind, what is open, and whom they want."""

import pytest

from assistant.domain.messages import Author
from assistant.domain.signals import HumanRequest, Signals
from assistant.domain.turns import Utterance
from assistant.signals.facts import WordFactPicker, pick_facts


def customer(text: str, **signals: object) -> Utterance:
    read = Signals(**signals) if signals else None  # type: ignore[arg-type]
    return Utterance(author=Author.CUSTOMER, text=text, signals=read)


def assistant(text: str) -> Utterance:
    return Utterance(author=Author.ASSISTANT, text=text)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("有限会社ハルカの小野寺と申します。", {"name: 小野寺"}),
        ("My name is Priya Nair and I moved out.", {"name: Priya Nair"}),
        ("7歳の娘の件です", {"age: 7歳の娘"}),
        ("my 9-year-old son cannot log in", {"age: 9-year-old son"}),
        ("埼玉県川口市本町4-12-3に越しました", {"address: 埼玉県川口市本町4-12-3"}),
        ("We are at 21 Linden Road, BS6 5QT", {"address: 21 Linden Road", "postcode: BS6 5QT"}),
        ("受験番号はK2208です", {"number: 受験番号 K2208"}),
        ("my candidate number is 88-1402", {"number: candidate number 88-1402"}),
        ("検針値は31,904でした", {"number: 検針値 31,904"}),
        ("The closing reading was 31,904", {"number: closing reading 31,904"}),
        ("修理代が6万5,000円でした", {"amount: 6万5,000円"}),
        ("封筒3枚が足りません", {"quantity: 封筒3枚"}),
        ("three suitcases were lost at 3pm", {"quantity: three suitcases", "time: at 3pm"}),
        ("It is the 23/24 policy", set()),
        ("the camera showed nobody at the door", set()),
        ("届いた箱が潰れていました", set()),
    ],
)
def test_what_was_given_is_not_asked_for_again(text: str, facts: set[str]) -> None:
    assert set(pick_facts([customer(text)]).claimed) == facts


@pytest.mark.parametrize(
    ("reply", "answer", "fact"),
    [
        ("受験番号をお知らせください。", "K2208です", "number: 受験番号 K2208"),
        ("What is your candidate number?", "It's K2208", "number: candidate number K2208"),
        ("予約番号をお願いします。", "QD7714。早くして", "booking number: QD7714"),
        ("ご注文番号（KM-で始まる6桁の番号）をお送りください。", "KM-482251", "order number: KM-482251"),
        ("Please send the number of the order to cancel (KM- …).", "km-482251", "order number: km-482251"),
        ("Please send your order number.", "KM-482251", "order number: KM-482251"),
        ("お名前をお願いします。", "小野寺はるかです", "name: 小野寺はるか"),
        ("What's your new address?", "3 Mill Bank, Hexham", "address: 3 Mill Bank, Hexham"),
    ],
)
def test_an_answer_is_what_was_asked_for(reply: str, answer: str, fact: str) -> None:
    assert pick_facts([assistant(reply), customer(answer)]).claimed == (fact,)


def test_a_number_that_was_asked_for_and_given_is_not_missing() -> None:
    said = [
        customer("注文した商品はどこですか"),
        assistant("ご注文番号（KM-で始まる6桁の番号）をお送りください。"),
        customer("KM-482251"),
        assistant("ご本人の確認のため、お届け先の郵便番号をお送りください。"),
        customer("150-0001"),
        assistant("ご注文 KM-482251 は、発送が遅れています。"),
        customer("気に入らなかったら返品したいです"),
    ]
    found = pick_facts(said)
    assert found.claimed == ("order number: KM-482251", "postcode: 150-0001")
    assert "order number" in found.needs
    assert "order number" not in found.missing


@pytest.mark.parametrize(
    "text", ["住所なんて前に伝えました", "Why do you need my address?", "3回も書きましたけど"]
)
def test_a_sentence_is_no_answer_to_what_was_asked(text: str) -> None:
    claimed = pick_facts([assistant("Your new address? 住所をお願いします。"), customer(text)]).claimed
    assert not [fact for fact in claimed if fact.startswith("address")]


@pytest.mark.parametrize(
    ("ask", "reply", "last", "settled"),
    [
        ("鍵を失くしました", "再発行は窓口で承ります。", "わかりました、ありがとうございます", True),
        ("I lost my key", "Reception can make a new one.", "Perfect, thank you!", True),
        ("鍵を失くしました", "再発行は窓口で承ります。", "ありがとう。でも窓口はどこですか", False),
        ("I lost my key", "Reception can make a new one.", "Thanks, but I asked about the fee", False),
        ("鍵を失くしました", "担当者におつなぎします。", "ありがとうございます", False),
        ("I lost my key", "A colleague will call you back.", "Great, thank you!", False),
    ],
)
def test_who_took_the_answer_has_nothing_open(ask: str, reply: str, last: str, settled: bool) -> None:
    assert pick_facts([customer(ask), assistant(reply), customer(last)]).is_settled is settled


@pytest.mark.parametrize(
    ("last", "takes"),
    [
        ("じゃあ青にします", True),
        ("再起動したら直った！", True),
        ("無事ログインできました。", True),
        ("let's see... that's the one", True),
        ("all sorted, ta!", True),
        ("エラーになりました？", False),
        ("動かなくなりました。", False),
        ("it's all blank, then it crashes", False),
    ],
)
def test_a_choice_or_a_success_takes_the_reply(last: str, takes: bool) -> None:
    lines = [customer("青と赤のどちらがいいですか"), assistant("青が人気です。"), customer(last)]
    assert WordFactPicker().takes_reply(lines) is takes


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ("👋", False),
        ("ああああああ", False),
        ("君は何歳？", False),
        ("誤送信です", False),
        ("just wanted to say thank you", False),
        ("wrong chat, sorry", False),
        ("返品", True),
        ("荷物が間違って届いた", True),
        ("My name is wrong on the invoice", True),
        ("it works but the screen stays dark", True),
    ],
)
def test_greetings_jokes_and_mistakes_tell_of_no_matter(said: str, tells: bool) -> None:
    assert WordFactPicker().tells_matter([customer(said)]) is tells


def test_thanks_for_a_person_settle_nothing() -> None:
    lines = [
        customer("鍵を失くしました"),
        assistant("窓口へどうぞ。"),
        customer("ありがとう", wish=HumanRequest.CLEAR),
    ]
    assert not pick_facts(lines).is_settled


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("夕方5時以降に電話をください。", "夕方5時以降に電話をください。"),
        ("Please call me after six.", "Please call me after six."),
        ("Could I speak to somebody in payroll?", "Could I speak to somebody in payroll?"),
        ("担当者につないでください", None),
        ("agent please", None),
        ("折り返してもつながりません", None),
    ],
)
def test_whom_they_want_and_when_is_kept_in_their_words(text: str, wish: str | None) -> None:
    assert pick_facts([customer("鍵を失くしました"), customer(text)]).wish == wish


@pytest.mark.parametrize(
    ("first", "angry"),
    [
        ("水漏れが直っていません", "会社としてどう考えるのか説明をいただきたい"),
        ("The leak is still not fixed", "I want an explanation in writing from the firm"),
    ],
)
def test_what_is_plainly_wanted_counts_in_anger_too(first: str, angry: str) -> None:
    facts = pick_facts([customer(first), assistant("?"), customer(angry, frustration=0.9)])
    assert facts.ask == f"{first} … {angry}"
    assert facts.question == angry


def test_a_rhetorical_question_is_not_what_is_open() -> None:
    lines = [customer("The leak is still not fixed"), customer("Is anyone alive out there?", frustration=0.9)]
    assert pick_facts(lines).question is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("海外でも使えるプランはありますか", "それは家族でも使えますか"),
        ("Do you have a plan for abroad?", "Can my son use it too?"),
    ],
)
def test_words_that_point_back_are_kept_with_what_they_point_at(first: str, second: str) -> None:
    lines = [customer(first), assistant("あります。"), customer("ありがとう。"), customer(second)]
    assert pick_facts(lines).ask == f"{first} … {second}"


@pytest.mark.parametrize(
    "text",
    [
        "窓口に連絡するようにと言われました",
        "電話ではチャットで、と言われました",
        "I was told to contact you here",
    ],
)
def test_an_instruction_is_no_promise(text: str) -> None:
    assert pick_facts([customer(text)]).promises == ()


@pytest.mark.parametrize("text", ["本日は担当の田中がご対応いたします。", "本日は私がご案内いたします。"])
def test_the_greeting_of_an_agent_is_no_promise(text: str) -> None:
    assert pick_facts([Utterance(author=Author.AGENT, text=text)]).promises == ()


@pytest.mark.parametrize("text", ["遅れたら母に殺されます", "webhookのイベントが発火しました"])
def test_a_figure_of_speech_is_no_danger(text: str) -> None:
    assert pick_facts([customer(text)]).sensitive is None


def test_what_tells_of_danger_is_what_it_is_about() -> None:
    lines = [
        customer("解約の方法を教えてください"),
        customer("充電器から煙が出て床が焦げました", sensitive="harm"),
    ]
    assert str(pick_facts(lines).ask).startswith("充電器から煙が出て")
