"""Unicode compatibility folding in linear time and bounded length."""

import unicodedata

#: Length from which marks are counted; sorting fewer takes no time.
SHORT_TEXT = 1_000
#: Marks per letter that are kept (UAX #15, Stream-Safe Text Format): sorting them takes quadratic time.
MAX_MARKS = 30
#: Arabic ligatures that NFKC expands to 18 and 8 characters; replaced by their first letter.
_PHRASES = {0xFDFA: "\u0635", 0xFDFB: "\u062c"}


def fold_compatibility(text: str) -> str:
    """NFKC of *text*, for comparing, not for showing."""
    if text.isascii():
        return text
    text = text.translate(_PHRASES)
    return unicodedata.normalize("NFKC", text if len(text) <= SHORT_TEXT else _drop_piled_marks(text))


def replace_unprintable(text: str, by: str) -> str:
    """*text* with *by* in place of controls, invisible and direction characters, and line ends."""
    return "".join(each if each.isprintable() else by for each in text)


def _drop_piled_marks(text: str) -> str:
    """Drop marks beyond the limit on each letter."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
