"""Answers that begin with yes or no: only where the sentence says so for sure."""

from dataclasses import replace

import pytest

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.yes_no import MIN_ODDS, find_yes_no
from assistant.ports.answering import AnswerRequest, ignore_progress
from tests.answering.passages import passage

SURE, UNSURE = (MIN_ODDS[False] + 1, -5.0), (MIN_ODDS[False] - 0.1, -5.0)


@pytest.mark.parametrize(
    ("question", "sentence", "says"),
    [
        ("ペイペイ使えますか", "PayPayは、残高とクレジットのどちらも使えます。", True),
        ("転出って郵送でもいける?", "転出は、郵送でもオンラインでもできます。", True),
        ("ギフト包装はできますか", "ギフト包装は商品ごとに選べ、料金は330円です。", True),
        ("海外に発送できますか", "海外への発送は行っていません。", False),
        ("売店ある？", "売店はありませんが、自動販売機が各階にあります。", False),
        ("予約はいりますか", "予約は不要です。", False),
        ("会員登録にお金かかりますか", "会員登録は無料です。", False),
        ("Can I pay with PayPay?", "You can use either your PayPay balance or PayPay Credit.", True),
        ("can i pay the driver in cash", "We do not accept cash or cheques.", False),
        ("do i need to print the ticket", "Printing the ticket is not necessary.", False),
        ("Can I pay with PayPal?", "PayPal, Amazon Pay and carrier billing are not accepted.", False),
        ("will you still charge a booking fee", "There is no booking fee on free events.", False),
    ],
)
def test_a_sentence_says_yes_or_no(question: str, sentence: str, says: bool) -> None:
    assert find_yes_no(question, sentence) is says


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        # about something else
        ("PayPalは使えますか", "PayPayは、残高とクレジットのどちらも使えます。"),
        ("Do you ship to Brazil?", "We cannot ship batteries."),
        ("土曜も開いていますか", "土曜・日曜・祝日のお届けも指定できます。"),
        ("離れまで車いすで行けますか", "大きな車いすのまま乗れる車ではありません。"),
        ("北原店の駐車場は予約できますか", "駐車場はありません。"),
        ("返品できますか", "返送できます。"),
        # about a part of it
        ("返品できますか", "下着は返品できません。"),
        ("犬は泊まれますか", "大型犬は泊まれません。"),
        ("Can you ship?", "We cannot ship batteries."),
        ("Can you wrap items?", "Large items cannot be wrapped."),
        # on a condition
        ("返品できますか", "未使用の場合は返品できます。"),
        ("Can I return it after use?", "You can return it if it is unused."),
        ("日曜に配達できますか", "配達は平日だけできます。"),
        # of no or of both polarities
        ("犬は泊まれますか", "大型犬は泊まれませんが、小型犬は泊まれます。"),
        ("何時まで電話できますか", "電話は18時まで利用できます。"),
        ("返品できないのですか", "返品できます。"),
        ("Is it free or do I pay for delivery?", "Delivery is free."),
        ("カードは使えますか", "はい、カードを使えます。"),
        ("カードは使えますか", "カードは使えますか。"),
        ("カードは使えますか", "You can use a card."),
    ],
)
def test_a_sentence_that_does_not_say_for_sure_is_left_alone(question: str, sentence: str) -> None:
    assert find_yes_no(question, sentence) is None


def test_the_condition_that_is_asked_for_is_no_limit() -> None:
    assert find_yes_no("日曜に配達できますか", "日曜の配達はできません。") is False
    assert find_yes_no("月曜に配達できますか", "日曜の配達はできません。") is None


def test_headings_tell_what_a_short_sentence_is_about() -> None:
    assert find_yes_no("is the beef halal", "Our beef is not.", ("Allergens", "Halal and kosher")) is False


async def answer(question: str, text: str, *parts: tuple[float, float], language: str = "ja") -> str:
    read = replace(passage(text, language=language, title="x"), parts=parts)
    request = AnswerRequest(question=question, language=language, passages=[read])
    return (await ExtractiveAnswerer().write_answer(request, ignore_progress)).text


async def test_an_answer_begins_with_the_word() -> None:
    assert await answer("海外に発送できますか", "海外への発送は行っていません。", SURE) == (
        "いいえ、海外への発送は行っていません。[1]"
    )
    english = await answer("Can I pay in cash?", "You can pay in cash.", SURE, language="en")
    assert english.strip() == "Yes. You can pay in cash. [1]"


async def test_a_sentence_that_the_reader_doubts_says_neither() -> None:
    assert (await answer("海外に発送できますか", "海外への発送は行っていません。", UNSURE)).startswith("海外")


async def test_another_sentence_that_says_the_opposite_leaves_it_unsaid() -> None:
    text = "海外への発送は行っていません。\n\n海外の発送はお店でできます。"
    assert (await answer("海外に発送できますか", text, SURE, SURE)).startswith("海外")
    assert (await answer("海外に発送できますか", text, SURE, (-9.0, -9.0))).startswith("いいえ、")


async def test_a_table_gets_no_word() -> None:
    table = "| 支払い | 可否 |\n| --- | --- |\n| カード | 使えます |"
    assert "はい" not in await answer("カードは使えますか", table, SURE)
