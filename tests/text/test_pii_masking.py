"""What is taken out of a customer's words before a model sees them, and what is left."""

import time

import pytest

from assistant.text.pii_masking import PiiMask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("メールは taro.yamada+shop@example.co.jp です", "メールは [EMAIL_1] です"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐまで", "[EMAIL_1]まで"),
        ("電話は090-1234-5678です", "電話は[PHONE_1]です"),
        ("TEL:03-1234-5678", "TEL:[PHONE_1]"),
        ("０３−１２３４−５６７８へ", "[PHONE_1]へ"),
        ("０３ー１２３４ー５６７８へ", "[PHONE_1]へ"),
        ("09012345678に", "[PHONE_1]に"),
        ("(03)1234-5678", "[PHONE_1]"),
        ("call +81 90-1234-5678 please", "call [PHONE_1] please"),
        ("my number is 555-123-4567 x89", "my number is [PHONE_1]"),
        ("カード 4111 1111 1111 1111 で", "カード [CARD_1] で"),
        ("4111-1111-1111-1111", "[CARD_1]"),
        ("マイナンバーは123456789018", "マイナンバーは[ID_1]"),
        ("〒150-0041 東京都渋谷区神南1-2-3", "[ADDRESS_1] [ADDRESS_2]"),
        ("大阪市北区梅田三丁目1番3号", "[ADDRESS_1]"),
        ("I live at 12 Baker Street.", "I live at [ADDRESS_1]."),
        ("田中太郎と申します", "[NAME_1]と申します"),
        ("私は田中太郎です", "私は[NAME_1]です"),
        ("My name is Mary Ann Smith.", "My name is [NAME_1]."),
        ("鍵は sk-abcdefghijklmnopqrstuv です", "鍵は [SECRET_1] です"),
        ("パスワードは hunter2! です", "パスワードは[SECRET_1] です"),
        ("AKIAIOSFODNN7EXAMPLE", "[SECRET_1]"),
        ("090-1234-5678 4111 1111 1111 1111", "[PHONE_1] [CARD_1]"),
        ("4111111111111111 090-1234-5678", "[CARD_1] [PHONE_1]"),
        ("090-1234-5678 090-8765-4321", "[PHONE_1] [PHONE_2]"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(text: str, expected: str) -> None:
    assert PiiMask().mask_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "注文番号R-12345678を2026-11-23に買いました。5,500円でした。",
        "2026年11月23日の10:00-18:00に届きますか",
        "注文番号は4111111111111112です",
        "型番はAB-1234-5678Xです",
        "30日以内に返品できますか？送料は770円？",
        "The password is right but login fails.",
        "Version 1.2.3, size 88-94 cm, 100 V 50/60 Hz",
        "スーパーのポイントカードは使えますか",
        "私は会員です",
        "",
    ],
)
def test_what_only_looks_like_it_is_left(text: str) -> None:
    assert PiiMask().mask_text(text) == text


@pytest.mark.parametrize("text", ["eyJ" * 1_333, "a." * 2_000, "Aa " * 1_333])
def test_masking_is_linear_in_the_text(text: str) -> None:
    mask, began = PiiMask(), time.process_time()
    mask.mask_text(text)
    assert time.process_time() - began < 0.3


def test_masking_is_linear_in_the_values_of_a_conversation() -> None:
    mask, began = PiiMask(), time.process_time()
    for message in range(20):
        mask.mask_text(" ".join(f"u{message}x{number}@shop.example" for number in range(180)))
    assert time.process_time() - began < 1.5, "3.3 s when every mark counted all others"
    assert mask.mask_text("new@shop.example") == "[EMAIL_3601]"
