"""Forms of characters made one, in time and length that grow no faster than the text."""

import unicodedata

#: From here on marks are counted; sorting so many takes no time.
SHORT_TEXT = 1_000
#: Marks on one letter that are looked at (UAX #15, Stream-Safe Text Format): sorting takes quadratic time.
MAX_MARKS = 30
#: Arabic phrases in one character, which NFKC makes 18 and 8 of; their first letter stands for them.
_PHRASES = {0xFDFA: "\u0635", 0xFDFB: "\u062c"}


def fold_compatibility(text: str) -> str:
    """NFKC of *text*: widths, ligatures and composed letters in one form; for comparing, not for showing."""
    if text.isascii():
        return text
    text = text.translate(_PHRASES)
    return unicodedata.normalize("NFKC", text if len(text) <= SHORT_TEXT else _drop_piled_marks(text))


def _drop_piled_marks(text: str) -> str:
    """Without the marks on a letter beyond those that are looked at."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
