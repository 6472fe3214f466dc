"""What is wanted: the matter in the customer's words, and nothing else."""

import pytest

from assistant.domain.messages import Author
from assistant.domain.signals import HumanRequest, Signals
from assistant.domain.turns import Utterance
from assistant.signals.facts import pick_facts
from assistant.signals.matter import extract_request


def customer(text: str, **signals: object) -> Utterance:
    read = Signals(**signals) if signals else None  # type: ignore[arg-type]
    return Utterance(author=Author.CUSTOMER, text=text, signals=read)


def assistant(text: str) -> Utterance:
    return Utterance(author=Author.ASSISTANT, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "担当者につないでください",
        "agent please",
        "Fine. Whatever",
        "もういいです",
        "ありがとうございました",
        "thanks a lot!",
        "20481199",
        "注文番号は20481199です",
        "my order number is AB12345",
        "カード番号は4111 1111 1111 1111です",
        "asdfgh",
        "あsdふぁsd",
        "ああああああ",
        "はい、お願いします",
        "Are you a bot?",
        "同じ回答ばかりですね",
    ],
)
def test_what_is_no_matter_is_not_taken_for_one(text: str) -> None:
    assert extract_request([customer(text)]) is None


@pytest.mark.parametrize(
    "text", ["Fine. Whatever", "もういいです", "オペレーター", "ありがとう", "asdfgh", "20481199"]
)
def test_nor_does_it_take_the_place_of_the_matter(text: str) -> None:
    matter = "届いたランプが点きません"
    assert extract_request([customer(matter), assistant("返品は30日以内です。"), customer(text)]) == matter


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        (
            "お世話になっております。先月解約しましたが、今月も引き落とされています。",
            "先月解約しましたが、今月も引き落とされています。",
        ),
        (
            "Good morning. My final bill is wrong. Please put me through to a person.",
            "My final bill is wrong.",
        ),
        ("返金の件で担当者と話したいです", "返金の件で担当者と話したいです"),
        ("I want to talk to a human about my refund", "I want to talk to a human about my refund"),
    ],
)
def test_courtesy_and_the_wish_beside_the_matter_are_left_out(text: str, ask: str) -> None:
    assert extract_request([customer(text)]) == ask


def test_later_turns_make_it_clearer() -> None:
    lines = [
        customer("来月から倉庫が移転するので、集荷契約の引き継ぎ方法を知りたいです。"),
        assistant("集荷のお申し込みは「集荷申込」ボタンから承ります。"),
        customer("単発の集荷ではなく、定期集荷契約の拠点変更の件です。"),
    ]
    assert extract_request(lines) == f"{lines[0].text} … {lines[2].text}"


@pytest.mark.parametrize("change", ["あと、代引きは使えますか？", "ところで、ギフト包装はできますか？"])
def test_another_matter_takes_the_place_of_the_first(change: str) -> None:
    lines = [customer("返品の送料は誰が払いますか"), assistant("お客様のご負担です。"), customer(change)]
    assert extract_request(lines) == change


def test_after_thanks_another_matter_begins() -> None:
    lines = [
        customer("How much is gift wrapping?"),
        assistant("300 yen."),
        customer("Great, thank you!"),
        customer("Can I change the delivery address?"),
    ]
    assert extract_request(lines) == "Can I change the delivery address?"


def test_a_word_of_another_topic_is_not_another_matter() -> None:
    lines = [
        customer("My parcel from last week is stuck at the depot"),
        assistant("Please log in to see it."),
        customer("I cannot log in on my phone, the account page is blank"),
    ]
    assert str(extract_request(lines)).startswith("My parcel from last week is stuck at the depot … ")


def test_insults_are_not_quoted_as_the_matter() -> None:
    lines = [
        customer("店員全員の名前をさらすぞ、金を振り込め", harassment=0.9, frustration=0.9),
        customer("先月分の請求が5000円も高いです", complaint=0.8),
    ]
    assert extract_request(lines) == "先月分の請求が5000円も高いです"
    assert extract_request(lines[:1]) is None


def test_a_broken_thing_that_arrived_is_not_settled() -> None:
    lines = [
        customer("母の誕生日の贈り物が割れて届きました。大変残念です。"),
        assistant("配送中の破損では、箱を保管してください。"),
        customer("返品の期限はいつまでですか"),
    ]
    assert str(extract_request(lines)).startswith("母の誕生日の贈り物が割れて届きました。")


def test_mere_anger_is_no_matter_and_anger_about_a_thing_is() -> None:
    assert extract_request([customer("壁に話してるみたいだな", frustration=0.9)]) is None
    parcel = "荷物まだかよ、三日待ってるんだけど"
    assert extract_request([customer(parcel, frustration=0.9)]) == parcel


def test_a_button_that_cannot_be_pressed_is_a_matter() -> None:
    assert extract_request([customer("欠席連絡のボタンが押せない")]) == "欠席連絡のボタンが押せない"
    assert extract_request([customer("ボタンというのは青い字のところですか")]) is None


def test_distress_is_what_it_is_about() -> None:
    lines = [
        customer("How do I stop the payments on the sofa?"),
        customer("I lost everything. I don't want to be here anymore.", distress=0.9),
    ]
    assert str(extract_request(lines)).startswith("I lost everything.")


def test_a_wish_that_only_the_reader_in_context_heard_is_no_matter() -> None:
    line = customer("声で聞きながら進めてもらうことはできますか?", wish=HumanRequest.CLEAR)
    assert extract_request([line]) is None


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("届いた本棚が傾いています", ("order number",)),
        ("商品が壊れて届きました", ("order number", "product")),
        ("返品の送料は誰が払いますか", ()),
        ("The kettle I ordered arrived broken", ("order number",)),
        ("The item I ordered arrived broken", ("order number", "product")),
        ("Do you ship to Okinawa?", ()),
        ("追跡番号4417-2098-3310の荷物がまだ届きません", ()),
        ("受付メールが届きません", ()),
    ],
)
def test_only_what_is_missing_and_useful_is_asked_for(text: str, missing: tuple[str, ...]) -> None:
    assert pick_facts([customer(text)]).missing == missing


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("カードは4111 1111 1111 1111です", {"card: ••••1111"}),
        ("カード番号 4000-1234-5678-9012 で払いました", {"card: ••••9012"}),
        ("4417-2098-3310です", {"tracking number: 4417-2098-3310"}),
        ("予約番号はLL20QXです", {"booking number: LL20QX"}),
        ("会員番号は55231です", {"customer number: 55231"}),
        ("郵便番号は243-0018です", {"postcode: 243-0018"}),
        ("電話は090-1234-5678です", {"phone: 090-1234-5678"}),
        ("call me on 5550 1234", {"phone: 5550 1234"}),
        ("5月3日に注文して、12月1日までに必要です", {"ordered on: 5月3日", "wanted by: 12月1日"}),
        ("It arrived on May 5 and I was charged on May 9", {"received on: May 5", "charged on: May 9"}),
        ("来月旅行に行きます", set()),
        ('It says "verify" on the page', set()),
    ],
)
def test_facts_have_their_kind(text: str, facts: set[str]) -> None:
    assert set(pick_facts([customer(text)]).claimed) == facts


def test_a_number_alone_is_what_was_asked_for() -> None:
    lines = [assistant("郵便番号をいただければお調べします。"), customer("2430018")]
    assert pick_facts(lines).claimed == ("postcode: 2430018",)
