"""Keigo without a model: usual faults are named with what to say instead, and good drafts are left alone."""

import pytest

from assistant.text.keigo import MAX_FINDINGS, check_wording

FAULTS = [
    ("おっしゃられた件ですが", "twice", "おっしゃられ", "おっしゃ…"),
    ("ご覧になられましたか。", "twice", "ご覧になられ", "ご覧になり"),
    ("写真を拝見させていただきました。", "twice", "拝見させていただき", "拝見し"),
    ("明日、伺わさせていただきます。", "extra_sa", "伺わさせて", "伺わせて"),
    ("お客様が申されたとおりです。", "humbled_customer", "申され", "おっしゃ…"),
    ("資料をご拝見ください。", "humbled_customer", "ご拝見ください", "ご覧ください"),
    ("クーポンはご利用できません。", "humbled_customer", "ご利用できません", "ご利用いただけません"),
    ("内容をご確認してください。", "humbled_customer", "ご確認してください", "ご確認ください"),
    ("了解しました。", "casual", "了解しました", "承知いたしました"),
    ("ご注文は2点でよろしかったでしょうか。", "casual", "よろしかったでしょうか", "よろしいでしょうか"),
    ("アプリからも見れます。", "short_potential", "見れます", "見られます"),
]
FAULTLESS = [
    "ご返品は到着から30日以内に承ります。お手数ですが、同封の用紙にご記入ください。",
    "お送りいただいた写真を拝見しました。お届け先を変更いたしましたので、ご確認ください。",
    "明日までにお届けできます。ご案内できず申し訳ございません。確認させていただきます。",
    "ご利用いただけます。ご利用になれます。お待ちください。お知らせください。受けられます。",
    "お客様からご連絡をいただきました。担当の森が伺います。恐れ入りますが、少々お待ちください。",
    "お客様は「了解しました」とおっしゃいました。\n> ご確認してください",
    "Please let us know if あなた has any questions.",
]


@pytest.mark.parametrize(("text", "code", "excerpt", "instead"), FAULTS, ids=[one[2] for one in FAULTS])
def test_a_fault_is_named_where_it_stands(text: str, code: str, excerpt: str, instead: str) -> None:
    [found] = check_wording(text)
    assert (found.code, found.excerpt, found.instead) == (code, excerpt, instead)
    assert text[found.start : found.end] == excerpt


@pytest.mark.parametrize("text", FAULTLESS, ids=range(len(FAULTLESS)))
def test_a_good_draft_is_left_alone(text: str) -> None:
    assert check_wording(text) == []


def test_permission_is_asked_for_too_often() -> None:
    [found] = check_wording("確認させていただき、連絡させていただき、返金させていただきます。")
    assert found.code == "too_often"


def test_findings_have_an_end() -> None:
    assert len(check_wording("了解しました。" * 200)) == MAX_FINDINGS
