"""Japanese and invisible characters: one list of each for the whole product."""

import re
import unicodedata

#: Kana (half-width too) and kanji, as the inside of a character class; no other language has kana.
KANA = "ぁ-ゖァ-ヺｦ-ｯｱ-ﾝ"
KANJI = "々〆一-鿿㐀-䶿\U00020000-\U0003ffff"
#: A long vowel mark is part of a word, but alone it is also typed as a hyphen: 080ー4315.
JAPANESE_LETTER = f"{KANA}ー{KANJI}"
_KANA = re.compile(f"[{KANA}]")
_JAPANESE = re.compile(f"[{KANA}{KANJI}]")

#: Zero-width characters, direction marks, fillers and tags: invisible to readers, visible to models.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufdd0-\ufdef\ufff0-\ufffb\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
#: Emoji joiners and variation selectors; elsewhere they are invisible characters like the others.
_JOINER = "\u200d"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(f"[{_UNSEEN}{_JOINER}{_SELECTORS}]")
#: Control characters but tab and line feed, and halves of surrogate pairs, which no database keeps.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
#: Shown as nothing, though Unicode counts it among the symbols.
_BRAILLE_BLANK = "\u2800"
#: A joiner inside an emoji, or the variation selector of a kanji (old forms of names), is part of the visible
#: text.
_HIDDEN_BETWEEN_LETTERS = re.compile(
    f"[{_UNSEEN}]"
    "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)


def contains_japanese(text: str) -> bool:
    """Whether the text has kana or kanji."""
    return _JAPANESE.search(text) is not None


def is_japanese(text: str) -> bool:
    """Whether the text is Japanese: it has kana, which Chinese lacks."""
    return _KANA.search(text) is not None


def strip_invisible(text: str) -> str:
    """Remove invisible characters from a text that is shown or stored; emoji and rare kanji stay whole."""
    return _HIDDEN_BETWEEN_LETTERS.sub("", text)


def strip_every_invisible(text: str) -> str:
    """Remove every invisible character, for a text that is compared with a list or read by a model."""
    return _HIDDEN.sub("", text)


def clean_text(text: str) -> str:
    """A text that people write for others, as it is stored: no control or invisible characters; empty if
    nothing in it can be seen."""
    text = strip_invisible(_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    return text if _has_visible(text) else ""


def clean_line(text: str) -> str:
    """A name, as it is stored: as `clean_text` and in one line, with single spaces."""
    return " ".join(clean_text(text).split())


def _has_visible(text: str) -> bool:
    """Whether anything but spaces and marks that need a letter is left."""
    seen = strip_every_invisible(text).replace(_BRAILLE_BLANK, "")
    return any(not char.isspace() and unicodedata.category(char)[0] != "M" for char in seen)
