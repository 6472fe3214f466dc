"""Quantities spelled one way, and what counts as two sentences about one thing."""

import pytest

from assistant.knowledge.contradictions.rules import Statement, are_about_same_thing, find_difference
from assistant.text.quantities import Quantity, extract_quantities, mask_numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三十日以内", "30日以内"),
        ("within two weeks", "14日以内"),
        ("1割引き", "10%オフ"),
        ("1万円", "10,000円"),
        ("午後5時", "17:00"),
        ("5 p.m.", "17時"),
        ("2027年3月31日まで", "until March 31, 2027"),
        ("1年間", "12 months"),
        ("3〜5営業日", "3 to 5 business days"),
        ("30-day return", "返品は30日"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert extract_quantities(one) == extract_quantities(other) != frozenset()


@pytest.mark.parametrize(
    "text", ["", "番号は0120-000-483です", "E-1042", "第3章", "\ud800", "99999999999999999日" * 3]
)
def test_what_is_no_quantity_breaks_nothing(text: str) -> None:
    assert all(isinstance(found, Quantity) for found in extract_quantities(text))
    mask_numbers(text)


def said(text: str, title: str = "", language: str = "ja") -> Statement:
    return Statement(chunk=1, article=title, language=language, heading=title, text=text, quote=text)


@pytest.mark.parametrize(
    ("one", "other", "measure"),
    [
        (said("返品は30日以内です。"), said("返品は14日以内です。"), "days"),
        (said("送料は550円（5,000円以上は無料）"), said("送料は660円です（5,000円以上は無料）"), "yen"),
        (said("9時から18時まで"), said("9時から17時まで"), "time of day"),
        (said("返品は14日以内です。"), said("返品は2週間以内です。"), None),
        (said("3〜5日で届きます"), said("5日以内に届きます"), None),
        (said("5,000円以上で無料"), said("5,000円未満は550円"), None),
        (said("30日以内"), said("550円"), None),
        (said("0120-000-482 は18時まで"), said("0120-000-483 is open until 17:00"), None),
        (said("60分運転できます。", "掃除機S10"), said("90分運転できます。", "掃除機S20"), None),
        (said("The battery lasts 10 hours.", "Model A2"), said("It lasts 14 hours.", "Model B1"), None),
        (said("60分運転できます。", "掃除機S10"), said("90分運転できます。", "掃除機S10"), "minutes"),
        (said("A tree per $750"), said("One tree per $1,000"), "dollars"),
    ],
)
def test_differing(one: Statement, other: Statement, measure: str | None) -> None:
    found = find_difference(one, other)
    assert (found[0].measure if found else None) == measure


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            said("商品の到着から30日以内であれば返品できます。"),
            said("返品は、お届け後14日以内にお手続きください。"),
            True,
        ),
        (said("返品は30日以内です。"), said("交換は14日以内です。"), False),
        (said("月額プランは980円です。"), said("年額プランは9,800円です。"), False),
        (said("Express delivery takes 2 days."), said("Standard delivery takes 5 days."), False),
        (said("We charge 7 dollars for delivery."), said("Shipping costs 5 dollars."), True),
        (
            said("上限 1,000ポイント", "春のキャンペーン"),
            said("上限 3,000ポイント", "冬のキャンペーン"),
            False,
        ),
        (
            said("You can withdraw up to 500 dollars a day.", "Easy Saver"),
            said("You can withdraw up to 800 dollars a day.", "Fixed Bond"),
            False,
        ),
        (
            said("We plant a tree for every $750 you spend with your card.", "Trees"),
            said("We'll plant one tree per $1,000 spent on your card.", "Our impact"),
            True,
        ),
        (
            said("With the Green card we plant a tree for every $750 you spend.", "How we plant trees"),
            said("One tree is planted per $1,000 spent on the Green card.", "Green card perks"),
            True,
        ),
        # One of them names the product, the other speaks of that kind in general.
        (
            said("The card costs $3 a month.", "Card fees"),
            said("The card costs $15 a month.", "Metal card"),
            False,
        ),
        (
            said("振込手数料は220円です。", "口座の手数料"),
            said("振込手数料は110円です。", "ネット口座"),
            False,
        ),
        (said("年会費は1,100円です。", "プレミアムカード"), said("年会費は1,200円です。", "年会費"), True),
    ],
)
def test_about_the_same(one: Statement, other: Statement, same: bool) -> None:
    assert are_about_same_thing(one, other) is same
