"""Encodings and characters nobody sees."""

import pytest

from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.text import clean_text, decode_text, load_text

JAPANESE = "返品の期限はお届け日の翌日から30日以内です。ギフト券の残高はマイページでご確認ください。"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp"],
)
def test_japanese_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    assert decode_text(JAPANESE.encode(encoding)) == JAPANESE


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
@pytest.mark.parametrize(
    "text", ["返品", "送料は500円です", "Q. 返品できますか？", "電話番号は03-1234-5678（平日のみ）"]
)
def test_a_short_japanese_text_is_enough(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_western_text_from_windows_is_read() -> None:
    text = "The café’s résumé costs £5 – naïve façade. Señor Müller is très happy."
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (JAPANESE.encode()[:42] + b"\xff" + JAPANESE.encode()[42:], "damaged UTF-8 .byte 42.; save it again"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, "not a text file"),
        (b"\xff\xfe\x00\xd8\x00\x00", "not valid UTF-16 .byte 2.; save it as UTF-8"),
    ],
    ids=["damaged", "binary", "image", "broken utf-16"],
)
def test_what_is_not_sound_text_is_refused_in_one_line(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        decode_text(data)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("visible\U000e0069\U000e0067\U000e006e\U000e006f", "visible"),
        ("safe\u202etxt.exe\u202c", "safetxt.exe"),
        ("\u2066isolate\u2069", "isolate"),
        ("null\x00 bell\x07 tab\t", "null bell tab\t"),
        ("か\u3099", "が"),
        ("葛\U000e0100飾区", "葛\U000e0100飾区"),
        ("hi\U000e0100\U000e0101", "hi"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ],
)
def test_hidden_characters_are_stripped_and_meaningful_ones_stay(raw: str, seen: str) -> None:
    assert clean_text(raw) == seen


def test_the_first_line_of_a_plain_text_is_its_title_when_it_stands_alone() -> None:
    [titled], [untitled] = load_text("返品について\n\n本文です。".encode()), load_text(b"One line.\nAnother.")
    assert (titled.title, titled.text) == ("返品について", "本文です。")
    assert (untitled.title, untitled.text) == ("", "One line.\nAnother.")
