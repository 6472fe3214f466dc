"""Lexer of numbers, months and times of day in Japanese and English.

`exact_facts.py` tests whether a number occurs in a source as written, `quantities.py` whether two quantities
differ; each defines the units that it compares.
"""

import re
from collections.abc import Mapping

_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_KANJI_POWERS = {"十": 10, "百": 100, "千": 1000}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_LARGE = {"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
WORD_NUMBERS: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_SMALL)},
    **_LARGE,
    "ninety": 90,
}
#: Multipliers of the number before them.
SCALES: Mapping[str, int] = {"万": 10_000, "千": 1_000, "k": 1_000}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLOCK = re.compile(
    r"(?P<half>午前|午後)?(?<!\d)(?P<hour>\d{1,2})(?:時(?!間)(?:(?P<minute>\d{1,2})分|(?P<midway>半))?|:(?P<minutes>\d{2})"
    r"|\.(?P<dotted>[0-5]\d)(?=\s?[ap]\.?m\b))"
    r"\s?(?P<after>[ap]\.?m\b\.?)?|(?<![\d:])(?P<only>\d{1,2})\s?(?P<am>[ap]\.?m\b\.?)"
)


def join_thousands(text: str) -> str:
    """10,000 as 10000."""
    return _THOUSANDS.sub("", text)


_KANJI_NUMERALS = "〇一二三四五六七八九十百千"


def compile_kanji_number(units: str) -> re.Pattern[str]:
    """A pattern of kanji numbers before one of *units* (alternatives): 三十日 matches, 三井 does not."""
    # From the beginning of a run only, and bounded: other starts would look through the whole run again.
    return re.compile(rf"(?<![{_KANJI_NUMERALS}])[{_KANJI_NUMERALS}]{{1,40}}+(?={units})")


def replace_kanji_numbers(pattern: re.Pattern[str], text: str) -> str:
    """三十日 as 30日."""
    return pattern.sub(lambda found: str(_parse_kanji_number(found[0])), text)


def parse_clock(found: re.Match[str]) -> tuple[int, int]:
    """(hour, minute) in 24 hours of a match of CLOCK: 午後6時半, 6.30 pm and 18:30 are (18, 30)."""
    hour = int(found["hour"] or found["only"])
    minute = int(found["minute"] or found["minutes"] or found["dotted"] or ("30" if found["midway"] else "0"))
    half = found["half"] or (found["after"] or found["am"] or "")[:1]
    if half in ("午後", "p") and hour < 12:
        hour += 12
    elif half in ("午前", "a") and hour == 12:
        hour = 0
    return hour, minute


def _parse_kanji_number(number: str) -> int:
    total = digit = 0
    for char in number:
        if char in _KANJI_DIGITS:
            digit = digit * 10 + _KANJI_DIGITS[char]
        else:
            total += (digit or 1) * _KANJI_POWERS[char]
            digit = 0
    return total + digit
