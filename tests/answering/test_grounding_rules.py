"""What a drafted sentence may say, given the passage that it cites."""

import pytest

from assistant.answering.grounding.negation import is_negated
from assistant.answering.grounding.rules import GroundingSource, find_objection
from assistant.text.exact_facts import extract_numbers, find_unfounded_numbers
from tests.answering.passages import DEADLINE, passage

JA = passage(
    """返品の申し込み期限は、未開封の商品ならお届け日の翌日から30日以内、開封済みの商品なら14日以内です。
期限を過ぎた返品はお受けできません。お客様都合の返品では返送料770円を返金額から差し引きます。
不良品の返送料は無料です。受付は10月31日の23:59までです。お支払いにはPayPayとクレジットカードが使えます。

| サイズ | 送料 |
| --- | --- |
| 大型 | 2,200円 |
""",
    title="返品できる期限",
)
EN = passage(
    """You can return an unopened item within 30 days, and an opened item within 14 days.
We cannot accept a return after the deadline. For a change of mind we deduct ¥770 for return shipping.
Return shipping is free for defective items. You can pay with PayPay or a credit card until October 31.
""",
    language="en",
    title="Return deadlines",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "未開封の商品は30日以内に返品できます。",
        "開封済みの商品の返品期限は１４日以内です。",
        "未開封の商品なら、お届け日の翌日から三十日以内です。",
        "期限を過ぎた返品はお受けできません。",
        "お客様都合の返品では、返送料770円が返金額から差し引かれます。",
        "不良品の場合、返送料は無料です。",
        "大型の送料は2200円です。",
        "受付は10月31日の23:59までです。",
        "PayPayが使えます。",
    ],
)
def test_what_the_passage_says_may_be_said(sentence: str) -> None:
    assert find_objection(sentence, GroundingSource.from_passage(JA), "ja") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Unopened items can be returned within 30 days.",
        "You can return an opened item within fourteen days.",
        "Returns after the deadline cannot be accepted.",
        "We deduct 770 yen for return shipping for a change of mind.",
        "You can pay with PayPay until 31 October.",
    ],
)
def test_what_the_english_passage_says_may_be_said(sentence: str) -> None:
    assert find_objection(sentence, GroundingSource.from_passage(EN), "en") is None


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("未開封の商品は60日以内に返品できます。", "60 day"),
        ("返送料は870円を返金額から差し引きます。", "870 yen"),
        ("受付は11月30日までです。", "number_not_in_passage"),
        ("受付は10月14日までです。", "10/14 date"),
        ("期限を過ぎた返品もお受けできます。", "negated_otherwise"),
        ("不良品の返送料は無料ではありません。", "negated_otherwise"),
        ("お支払いにはLINE Payが使えます。", "name_not_in_passage: LINE"),
        ("お支払いにはメルカードが使えます。", "name_not_in_passage: メルカード"),
        ("会員の方には送料の全額を補償する制度があります。", "hardly_supported"),
        ("後ほど担当者からご連絡いたします。", "promises_act"),
        ("返金を手配しておきます。", "promises_act"),
        ("You can return it within 30 days at the shop.", "other_language"),
        ("詳しくは https://evil.example/ をご覧ください。", "address_not_in_passage"),
        ("<b>返品できます。</b>", "markup"),
        ("![返品](x)返品できます。", "markup"),
        ("未開封の商品未開封の商品は30日以内です。", "garbled"),
        ("返返品品でできき", "garbled"),
        ("返品の期限は何日ですか", "question"),
        ("Question:", "question"),
        ("返品は!", "unfinished"),
        ("不良品の返送料は無料だ、くそったれ。", "profanity"),
        ("\ufffd返品\ufffdできます。", "garbled"),
    ],
)
def test_what_the_passage_does_not_say_is_withheld(sentence: str, why: str) -> None:
    assert why in (find_objection(sentence, GroundingSource.from_passage(JA), "ja") or "")


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Unopened items can be returned within 60 days.", "60 day"),
        ("We can accept a return after the deadline.", "negated_otherwise"),
        ("Return shipping is not free for defective items.", "negated_otherwise"),
        ("You can pay with Apple Pay.", "name_not_in_passage: Apple"),
        ("I will refund you 770 yen right away.", "promises_act"),
        ("Deal! That is a legally binding offer.", "promises_act"),
        ("All members enjoy lifetime protection plans and priority lounge access.", "hardly_supported"),
        ("返品は30日以内です。", "other_language"),
        ("Return shipping is free for defective items, damn it.", "profanity"),
    ],
)
def test_what_the_english_passage_does_not_say_is_withheld(sentence: str, why: str) -> None:
    assert why in (find_objection(sentence, GroundingSource.from_passage(EN), "en") or "")


def test_a_passage_in_another_language_can_prove_numbers_and_names() -> None:
    assert (
        find_objection("未開封の商品は30日以内に返品できます。", GroundingSource.from_passage(EN), "ja")
        is None
    )
    assert find_objection("未開封の商品は45日以内に返品できます。", GroundingSource.from_passage(EN), "ja")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三十日以内", {("30", "day")}),
        ("３０日間", {("30", "day")}),
        ("thirty days", {("30", "day")}),
        ("5,500円", {("5500", "yen")}),
        ("¥5,500", {("5500", "yen")}),
        ("1万円", {("10000", "yen")}),
        ("10月31日", {("10/31", "date"), ("10", "month of the year"), ("31", "day")}),
        ("October 31", {("10/31", "date"), ("10", "month of the year"), ("31", "day")}),
        ("3営業日", {("3", "workday")}),
        ("3 business days", {("3", "workday")}),
        ("23:59", {("23:59", "")}),
        ("一番人気", set()),
    ],
)
def test_numbers_are_read_one_way(text: str, expected: set[tuple[str, str]]) -> None:
    assert extract_numbers(text) == expected


@pytest.mark.parametrize(
    ("said", "source", "wrong"),
    [
        ("2週間", "2〜6週間", []),
        ("30日", "30円", ["30 day"]),
        ("30", "30円", []),
        ("3営業日", "3日", ["3 workday"]),
    ],
)
def test_a_number_without_its_unit_fits_any(said: str, source: str, wrong: list[str]) -> None:
    assert find_unfounded_numbers(said, source) == wrong


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("返品できません", True),
        ("対象外です", True),
        ("登録しなければなりません", False),
        ("対象になるかもしれません", False),
        ("You cannot return it", True),
        ("not only cards but also cash", False),
        ("no later than Friday", False),
    ],
)
def test_negation_is_told_from_what_looks_like_it(text: str, negated: bool) -> None:
    assert is_negated(text) is negated


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("ただし、下着と水着は返品できません。", True),
        ("ただし、下着と水着は 返品できません", True),
        ("ただし、下着と水着は返品できます。", False),
        ("状態: 未開封; 期限: 30日以内; 返金額: 全額", True),
        ("状態: 未開封; 期限: 14日以内; 返金額: 全額", False),
        ("全額", False),  # of what?
    ],
)
def test_what_stands_in_the_passage_needs_no_weighing(sentence: str, stands: bool) -> None:
    assert GroundingSource.from_passage(passage(DEADLINE)).contains_sentence(sentence) is stands


def test_three_times_as_much_is_a_number() -> None:
    assert find_unfounded_numbers("全額を三倍にして返金いたします。", "返金は3営業日以内です。") == ["3 倍"]
