"""How a message looks in an app: plain, linked, numbered, and in pieces that fit."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.channels import NAMES, has_channel_settings
from assistant.channels.base import ChannelSetting
from assistant.channels.formatting import (
    count_characters,
    count_utf8_bytes,
    count_utf16_units,
    render_mail_html,
    render_plain_text,
    split_text,
)
from assistant.channels.registry import CHANNELS, list_accounts
from assistant.channels.sms import count_segments
from tests.test_house import ROOT


def test_markdown_becomes_what_the_app_shows() -> None:
    text = (
        "# 手順\n\n**まず** [設定](https://shop.example/s) を開きます。\n\n1. 押す\n2. 待つ\n\n- 一つ\n- 二つ"
    )
    expected = "手順\n\nまず 設定 https://shop.example/s を開きます。\n\n1. 押す\n2. 待つ\n\n・一つ\n・二つ"
    assert render_plain_text(text) == expected
    assert render_plain_text("**まず**押す", "*") == "*まず*押す"


def test_html_of_a_mail_is_only_text_and_links() -> None:
    found = render_mail_html("<b>x</b> https://shop.example/a?b=1&c=2。次")
    assert '<a href="https://shop.example/a?b=1&amp;c=2">' in found
    assert "<b>" not in found


@given(st.text(max_size=400), st.integers(20, 60))
def test_pieces_fit_and_lose_nothing(text: str, longest: int) -> None:
    for measure in (count_characters, count_utf8_bytes, count_utf16_units):
        try:
            pieces = split_text(text, longest, measure)
        except UnicodeEncodeError:  # half a character never reaches an app: `readable` took it out
            continue
        assert all(measure(piece) <= longest for piece in pieces) or any(len(p) == 1 for p in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())


def test_no_piece_ends_inside_a_character() -> None:
    family = "👨‍👩‍👧‍👦"
    assert split_text(family * 5, 30, count_utf8_bytes) == [family] * 5


def test_pieces_end_where_sentences_end() -> None:
    assert split_text("はい。そうです。次の文はここまで。", 12) == ["はい。そうです。", "次の文はここまで。"]


def test_segments_as_they_are_billed() -> None:
    counted = [count_segments(t) for t in ("a" * 160, "a" * 161, "あ" * 70, "あ" * 71, "€" * 80, "😀" * 35)]
    assert counted == [1, 2, 1, 2, 1, 1]


def test_accounts_by_suffix() -> None:
    known = {
        "ASSISTANT_LINE_CHANNEL_SECRET": "a",
        "ASSISTANT_LINE_CHANNEL_SECRET__TOKYO": "b",
        "ASSISTANT_LINE_API_URL": "http://x",
        "ASSISTANT_WHATSAPP_API_URL": "http://x",
    }
    assert list_accounts("line", known) == {
        "": {"CHANNEL_SECRET": "a", "API_URL": "http://x"},
        "tokyo": {"CHANNEL_SECRET": "b"},
    }
    assert list_accounts("whatsapp", known) == {}, "another address alone switches nothing on"


def test_every_channel_setting_is_documented() -> None:
    page = (ROOT / "docs" / "channels.md").read_text("utf-8")
    settings: list[tuple[str, ChannelSetting]] = [
        (n, s) for n, kind in CHANNELS.items() for s in kind.settings
    ]
    wanted = [f"`ASSISTANT_{name}_{setting.name}`".upper() for name, setting in settings]
    assert [one for one in wanted if one not in page] == []
    assert "docs/channels.md" in (ROOT / "README.md").read_text("utf-8")


def test_every_channel_is_named_before_it_is_imported() -> None:
    assert set(NAMES) == set(CHANNELS)
    assert has_channel_settings({"ASSISTANT_LINE_CHANNEL_SECRET__second": "x"})
    assert not has_channel_settings({"ASSISTANT_LANGUAGES": "ja", "LINE_TOKEN": "x"})
