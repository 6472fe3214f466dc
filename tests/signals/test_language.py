"""The language of a turn."""

import pytest

from assistant.signals.language import detect_language
from assistant.signals.normalization import normalize_text

BOTH = ("ja", "en")


@pytest.mark.parametrize(
    ("text", "previous", "language"),
    [
        ("返品したいです", None, "ja"),
        ("I want to return this", None, "en"),
        ("shipping addressを変更したいんですけど", None, "ja"),
        ("I bought the りんご set yesterday and want to return it", "ja", "en"),
        ("12345678", "en", "en"),
        ("12345678", None, "ja"),
        ("😡", "en", "en"),
        ("LINE", "ja", "ja"),
        ("返金", None, "ja"),
        ("我的订单在哪里，请问什么时候发货", None, "ja"),
        ("¿dónde está mi pedido?", None, "ja"),
        ("안녕하세요", None, "ja"),
        ("English please", "ja", "en"),
        ("日本語でお願いします", "en", "ja"),
        ("", None, "ja"),
        ("agent", "en", "en"),
        ("points", "en", "en"),
        ("fees", "en", "en"),
        ("free trial", "ja", "ja"),
        ("pillow price ?", "ja", "ja"),
        ("ok thanks", "ja", "ja"),
        ("iPhone 15 Pro Max Case", "ja", "ja"),
        ("can I return it", "ja", "en"),
        ("返品", "en", "ja"),
        ("Wann wird meine Bestellung geliefert?", "en", "en"),
        ("¿dónde está mi pedido?", "en", "en"),
        ("ich möchte meine bestellung zurückgeben", None, "ja"),
    ],
)
def test_language(text: str, previous: str | None, language: str) -> None:
    assert detect_language(normalize_text(text), BOTH, previous) == language


def test_only_allowed_languages_are_answered_in() -> None:
    assert detect_language("返品したいです", ("en",)) == "en"
    assert detect_language("¿dónde está mi pedido?", ("en", "es")) == "es"
