"""Characters that nobody sees are the same everywhere: no room lets through what another one strips."""

import re
from pathlib import Path

import pytest

from assistant.answering.drafts.prompt_context import sanitize_data
from assistant.api.reply_html import render_plain_text, render_reply
from assistant.domain.signals import HumanRequest
from assistant.knowledge.loaders.audience import find_withholding_reason
from assistant.knowledge.loaders.text import clean_text
from assistant.signals.human_request import find_human_request
from assistant.signals.normalization import normalize_text
from assistant.text.characters import (
    clean_line,
    contains_japanese,
    is_japanese,
    strip_every_invisible,
    strip_invisible,
)
from assistant.text.pii_masking import PiiMask
from assistant.text.quotable import extract_units
from tests.answering.passages import passage

HIDDEN = [
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200c", "\u200d", "\u200f", "\u202e"),
    *(
        "\u2060",
        "\u2064",
        "\u2066",
        "\u2069",
        "\u206a",
        "\u3164",
        "\ufeff",
        "\ufff9",
        "\U000e0041",
        "\U000e0100",
    ),
]
FAMILY = "👨\u200d👩\u200d👧"
OLD_KANJI = "葛\U000e0100飾区"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("char", HIDDEN, ids=lambda char: f"{ord(char):04x}")
def test_no_room_lets_a_hidden_character_through(char: str) -> None:
    said = f"talk{char} to a hu{char}man"
    assert clean_text(said) == sanitize_data(said) == "talk to a human"
    assert render_reply(said) == render_plain_text(said) == "<p>talk to a human</p>"
    assert [unit.text for unit in extract_units(passage(f"{said}."), 0)] == ["talk to a human."]
    assert find_human_request(normalize_text(said)).request is HumanRequest.CLEAR
    assert find_withholding_reason({"status": f"dr{char}aft"})
    assert "4315" not in PiiMask().mask_text(f"080-4{char}315-1677")


@pytest.mark.parametrize("selector", ["\ufe00", "\ufe0f", "\U000e0100", "👍\ufe0f\u200d"])
def test_what_a_model_reads_has_no_selectors_either(selector: str) -> None:
    assert sanitize_data(f"葛{selector}") == "葛" + ("👍" if "👍" in selector else "")


@pytest.mark.parametrize("text", [FAMILY, OLD_KANJI, "☀\ufe0f"])
def test_emoji_and_rare_kanji_are_shown_whole(text: str) -> None:
    assert strip_invisible(text) == clean_text(text) == text
    assert render_plain_text(text) == f"<p>{text}</p>"
    assert len(strip_every_invisible(text)) < len(text)


@pytest.mark.parametrize(
    ("text", "contains", "written"),
    [
        ("返品", True, False),
        ("返品する", True, True),
        ("ﾊﾟｿｺﾝ", True, True),
        ("人々", True, False),
        ("080ー4315ー1677", False, False),
        ("A・B", False, False),
        ("Straße", False, False),
        ("한국어", False, False),
    ],
)
def test_japanese_is_told_by_its_letters(text: str, contains: bool, written: bool) -> None:
    assert (contains_japanese(text), is_japanese(text)) == (contains, written)


def test_hidden_characters_are_listed_in_one_module() -> None:
    """A second list would forget what the first one knows."""
    listing = re.compile(r"\\u200[b-f]|[\u200b-\u200f\u2060-\u2064\ufeff]")
    modules = (ROOT / "assistant").rglob("*.py")
    assert [path.name for path in modules if listing.search(path.read_text("utf-8"))] == ["characters.py"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" a\u202e\u200bb\n c\x00 ", "ab c"),
        ("\u200b\u2060\u3164 \u3000", ""),
        ("\u2800", ""),
        ("\u0301\ufe0f", ""),
        ("\ud800x", "x"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("山田 花子", "山田 花子"),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(written: str, kept: str) -> None:
    assert clean_line(written) == kept
