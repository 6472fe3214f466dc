"""Extracts quantities, durations, dates and counts in canonical units, so that sentences can be compared.

Here 2 weeks and 14日 are equal; `exact_facts.py` tests whether a number occurs in a source as written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.domain.unicode_forms import fold_compatibility
from assistant.text.number_lexer import (
    CLOCK,
    MONTHS,
    SCALES,
    WORD_NUMBERS,
    compile_kanji_number,
    join_thousands,
    parse_clock,
    replace_kanji_numbers,
)

_KANJI_NUMBER = compile_kanji_number(
    "日|年|[かヶカヵ箇]月|月|週|時間|分|回|個|点|枚|円|万|件|名|人|営業日|割"
)
#: "Zero" names a product as often as it counts.
_COUNTING_WORDS = [word for word in WORD_NUMBERS if word != "zero"]
_WORD_NUMBER = re.compile(rf"\b({'|'.join(_COUNTING_WORDS)})\b(?=[\s-]+(?:business |working )?[a-z]+)")
_FULL_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _FULL_MONTHS)
#: Dates with or without a year: 2026年4月1日, 1 April 2026, April 1.
_DATES = (
    re.compile(r"(?:(?P<y>\d{4})[年/.-]\s?)?(?P<m>\d{1,2})[月/](?P<d>\d{1,2})日?(?!\d|[/.])"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})\b\.?(?:,?\s+(?P<y>\d{{4}}))?"
    ),
    re.compile(rf"\b(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?"),
)
_UNIT = (
    r"営業日|日間|日|時間|分間|分|秒|週間|週|[かヶカヵ箇]月(?:間)?|年間|年|円|割|%|パーセント|ポイント|回|個|点|枚|件|名|人"
    r"|文字|桁|歳|cm|mm|kg|g|gb|mb|m|"
    r"(?:business|working)[\s-]days?|days?|hours?|minutes?|mins?|seconds?|weeks?|months?|years?"
    r"|yen|jpy|dollars?|usd|euros?|eur|percent|points?|times?|items?|photos?|pictures?|people|persons?"
    r"|characters?|digits?"
)
_RANGE = r"\s?(?:〜|~|～|–|—|-|から|to|and)\s?"
_AMOUNT = re.compile(
    rf"(?P<sign>[¥$€])?\s?(?P<low>\d+(?:\.\d+)?)(?P<lowunit>{_UNIT})?"
    rf"(?:{_RANGE}[¥$€]?(?P<high>\d+(?:\.\d+)?))?\s?(?P<scale>万|千)?[\s-]?(?P<unit>{_UNIT})?(?![a-z])"
)
#: Unit -> measure, and size of one unit in it.
_MEASURES: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("営業日", "business day", "working day"), ("business days", 1)),
    **dict.fromkeys(("日", "日間", "day"), ("days", 1)),
    **dict.fromkeys(("週", "週間", "week"), ("days", 7)),
    **dict.fromkeys(("月", "月間", "month"), ("months", 1)),
    **dict.fromkeys(("年", "年間", "year"), ("months", 12)),
    **dict.fromkeys(("時間", "hour"), ("minutes", 60)),
    **dict.fromkeys(("分", "分間", "minute", "min"), ("minutes", 1)),
    **dict.fromkeys(("秒", "second"), ("minutes", 1 / 60)),
    **dict.fromkeys(("円", "¥", "yen", "jpy"), ("yen", 1)),
    **dict.fromkeys(("$", "dollar", "usd"), ("dollars", 1)),
    **dict.fromkeys(("€", "euro", "eur"), ("euros", 1)),
    **dict.fromkeys(("%", "パーセント", "percent"), ("%", 1)),
    "割": ("%", 10),
    **dict.fromkeys(("ポイント", "point"), ("points", 1)),
    **dict.fromkeys(("回", "time"), ("times", 1)),
    **dict.fromkeys(("個", "点", "件", "item"), ("items", 1)),
    **dict.fromkeys(("枚", "photo", "picture"), ("pieces", 1)),
    **dict.fromkeys(("名", "人", "people", "person"), ("people", 1)),
    **dict.fromkeys(("文字", "桁", "character", "digit"), ("characters", 1)),
    "歳": ("years of age", 1),
    "mm": ("cm", 0.1),
    "cm": ("cm", 1),
    "m": ("cm", 100),
    "g": ("kg", 0.001),
    "kg": ("kg", 1),
    "mb": ("mb", 1),
    "gb": ("mb", 1024),
}
#: Words around a quantity that tell which end of a range it is.
_ENDS = (
    (
        "from",
        re.compile(
            r"^\s?(?:以上|を超え|超|以降|から)|(?:at least|minimum|or more|over|more than|from)\s*\W?$"
        ),
    ),
    ("from", re.compile(r"^\s?(?:or more|or over|and over|or above|and above)")),
    ("below", re.compile(r"^\s?(?:未満|を下回)|(?:under|less than|below)\s*\W?$")),
)


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """From *low* to *high* of a measure; equal where there is no range."""

    measure: str
    low: float
    high: float
    #: ``from`` or ``below`` where it is a bound; else empty.
    end: str = ""


@lru_cache(maxsize=65_536)
def extract_quantities(text: str) -> frozenset[Quantity]:
    """Every quantity of a text that has a unit."""
    text = _normalize_numbers(text)
    found: set[Quantity] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            found |= set(_parse_date(match))
        text = pattern.sub(" ", text)
    for match in CLOCK.finditer(text):
        found.add(_parse_clock(match))
    return frozenset(found | set(_parse_amounts(CLOCK.sub(" ", text))))


@lru_cache(maxsize=65_536)
def mask_numbers(text: str) -> str:
    """The text with numbers removed."""
    text = _normalize_numbers(text)
    for pattern in (*_DATES, CLOCK):
        text = pattern.sub(" # ", text)
    return " ".join(re.sub(r"\d+(?:\.\d+)?", "#", text).split())


def _normalize_numbers(text: str) -> str:
    text = join_thousands(fold_compatibility(text).casefold())
    text = _WORD_NUMBER.sub(lambda found: str(WORD_NUMBERS[found[1]]), text)
    return replace_kanji_numbers(_KANJI_NUMBER, text)


def _parse_date(match: re.Match[str]) -> Iterator[Quantity]:
    month = match["m"]
    number = int(month) if month.isdigit() else 1 + MONTHS.index(month[:3])
    if 1 <= number <= 12 and 1 <= int(match["d"]) <= 31:
        day = number * 100.0 + int(match["d"])
        yield Quantity("date", day, day)
        if match["y"]:
            yield Quantity("year of a date", float(match["y"]), float(match["y"]))


def _parse_clock(match: re.Match[str]) -> Quantity:
    hour, minute = parse_clock(match)
    return Quantity("time of day", hour * 60.0 + minute, hour * 60.0 + minute)


def _parse_amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        unit = re.sub(r"[\s-]+", " ", match["unit"] or match["lowunit"] or match["sign"] or "")
        unit = unit if unit in _MEASURES else unit.removesuffix("s").lstrip("かヶカヵ箇")
        if unit not in _MEASURES:
            continue
        measure, size = _MEASURES[unit]
        size *= SCALES.get(match["scale"] or "", 1)
        low, high = float(match["low"]) * size, float(match["high"] or match["low"]) * size
        yield Quantity(measure, min(low, high), max(low, high), _find_bound(text, match))


def _find_bound(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()][-14:], text[match.end() :][:14]
    return next((end for end, pattern in _ENDS if pattern.search(after) or pattern.search(before)), "")
