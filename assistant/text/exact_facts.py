"""The parts of a sentence that must be exact: numbers with units, dates and names."""

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.text.characters import contains_japanese
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
from assistant.text.terms import normalize_text

_FLAGS = re.IGNORECASE | re.VERBOSE
_KANJI_NUMBER = compile_kanji_number(
    "日|年|[かヶカ]月|月|週|時|分|回|個|点|枚|円|万|件|名|人|営業|つ|本|種|割|倍"
)
_COUNTED = r"(?=[\s-]+(business |working )?(day|hour|minute|week|month|year|time|photo|item|point|instal)\w*)"
#: "One" is a number only before a counted noun.
_WORD_NUMBER = re.compile(rf"\b(?:(one){_COUNTED}|({'|'.join(w for w in WORD_NUMBERS if w != 'one')}))\b")
_A_PERIOD = re.compile(r"\b(for|within|in|after|about|roughly|around)\s+an?\s+(?=(hour|week|month|year)\b)")
_MONTH = (
    r"(?:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?)\b\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+{_DAY}\b(?!:)|\b{_DAY}\s+(?:of\s+)?{_MONTH}")
_JAPANESE_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日(?:\s?[〜~–-]\s?(\d{1,2})日)?")
_ERA = re.compile(r"(令和|平成|昭和)(元|\d{1,2})年")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
#: 2026-07-20, 2026/7/20, 7/20.
_SHORT_DATE = re.compile(
    r"(?<![\d/.-])(?:(\d{4})([/-]))?(1[0-2]|0?[1-9])([/-])(3[01]|[12]\d|0?[1-9])(?![\d/-])"
)
_NUMBER = re.compile(
    r"""(?P<before>[¥$€£]|jpy)?\s?(?P<number>\d+(?:[.:]\d+)?)\s?(?P<scale>万|千|k\b)?\s?
    (?P<unit>営業日|日間|日|時間|時|分|秒|週間|週|[かヶカヵ箇]月|月|年間|年|円|%|パーセント|ポイント|回|倍|個|点|枚|件
    |名|人|文字|桁|歳|cm|mm|kg|g|gb|mb
    |(?:business\ |working\ )?days?|hours?|minutes?|seconds?|weeks?|months?|years?
    |yen|percent|points?|times?)?""",
    _FLAGS,
)
#: Canonical unit names, for both languages.
_UNITS = {
    "workday": ("business day", "working day", "営業日"),
    "day": ("日", "日間"),
    "hour": ("時間",),
    "minute": ("分",),
    "second": ("秒",),
    "week": ("週", "週間"),
    "month": ("か月", "ヶ月", "カ月", "ヵ月", "箇月"),
    "month of the year": ("月",),
    "year": ("年", "年間"),
    "yen": ("円", "¥", "jpy"),
    "%": ("percent", "パーセント"),
    "point": ("ポイント",),
    "time": ("回",),
}
_UNIT = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}
#: Number of the smaller unit in the larger.
_SAME_PERIOD = (
    ("year", 12, "month"),
    ("week", 7, "day"),
    ("day", 24, "hour"),
    ("hour", 60, "minute"),
    ("minute", 60, "second"),
)
Number = tuple[str, str]


@lru_cache(maxsize=4096)
def extract_numbers(text: str) -> frozenset[Number]:
    """(number, unit) in canonical form: 三十日 and "thirty days" are ("30", "day"); "" is no unit."""
    text = join_thousands(normalize_text(text))
    text = _A_PERIOD.sub(r"\1 1 ", text)
    text = _WORD_NUMBER.sub(lambda found: str(WORD_NUMBERS[found[0]]), text)
    text = CLOCK.sub(_format_time, normalize_digits(text))
    dated = _SHORT_DATE.sub(" ", _JAPANESE_DATE.sub(" ", _MONTH_DAY.sub(" ", text)))
    return frozenset((*_parse_dates(text), *_parse_amounts(dated)))


def normalize_digits(text: str) -> str:
    """三十日 as 30日 and 令和8年 as 2026年, so that texts with equal numbers get similar embeddings."""
    text = replace_kanji_numbers(_KANJI_NUMBER, text)
    return _ERA.sub(lambda found: f"{_ERAS[found[1]] + int(found[2].replace('元', '1'))}年", text)


def _format_time(found: re.Match[str]) -> str:
    hour, minute = parse_clock(found)
    return f" {hour}:{minute:02} "


def _parse_dates(text: str) -> Iterator[Number]:
    for found in _MONTH_DAY.finditer(text):
        month, day = found[1] or found[4], found[2] or found[3]
        yield from _expand_date(str(MONTHS.index(month) + 1), day)
    for found in _JAPANESE_DATE.finditer(text):
        for day in filter(None, (found[2], found[3])):
            yield from _expand_date(found[1], day)
    for found in _SHORT_DATE.finditer(text):
        if found[1] or found[4] == "/":
            yield from _expand_date(str(int(found[3])), str(int(found[5])))
        if found[1]:
            yield found[1], "year"


def _expand_date(month: str, day: str) -> Iterator[Number]:
    """The full date and its parts, for texts that give only one of them."""
    yield f"{month}/{day}", "date"
    yield month, "month of the year"
    yield day, "day"


def _parse_amounts(text: str) -> Iterator[Number]:
    for found in _NUMBER.finditer(text):
        unit = found["unit"] or found["before"] or ""
        unit = unit if unit in _UNIT else unit.removesuffix("s")
        yield _scale_number(found["number"], found["scale"]), _UNIT.get(unit, unit)


def _scale_number(number: str, scale: str | None) -> str:
    if ":" in number:
        return number
    value = float(number) * SCALES.get(scale or "", 1)
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _add_equal_periods(known: frozenset[Number]) -> frozenset[Number]:
    """Equal periods in other units: two weeks are 14 days, and the reverse."""
    found = set(known)
    for large, many, small in _SAME_PERIOD:
        for value, unit in known:
            if unit == large and value.isdigit():
                found.add((str(int(value) * many), small))
            if unit == small and value.isdigit() and int(value) % many == 0:
                found.add((str(int(value) // many), large))
    return frozenset(found)


def find_unfounded_numbers(said: str, source: str) -> list[str]:
    """Numbers of *said* that *source* does not contain; a number without a unit matches any unit."""
    known = _add_equal_periods(extract_numbers(source))
    values = {value for value, _ in known}
    bare = {value for value, unit in known if not unit}
    years = {value for value, unit in extract_numbers(said) if unit == "year" and len(value) == 4}
    missing = [pair for pair in sorted(extract_numbers(said)) if pair not in known and pair[0] not in bare]
    # The year of a date that the source gives without one adds nothing.
    missing = [pair for pair in missing if pair[0] not in years or any(u == "year" for _, u in known)]
    return [f"{value} {unit}".strip() for value, unit in missing if unit or value not in values]


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}")
_QUOTED = re.compile(r"[「『\"“]([^」』\"”]{2,40})[」』\"”]")


def find_unfounded_names(said: str, source: str, *, same_language: bool) -> list[str]:
    """Names of products, buttons and services in *said* that *source* does not contain."""
    known = normalize_text(source)
    found = [name for name in _extract_latin_names(said) if normalize_text(name) not in known]
    found += [
        words for words in _QUOTED.findall(said) if same_language and normalize_text(words) not in known
    ]
    if same_language:
        found += [word for word in _KATAKANA.findall(said) if normalize_text(word).rstrip("ー") not in known]
    return found


def _extract_latin_names(text: str) -> Iterator[str]:
    """Capitalised words and words with digits, except the first word of an English sentence."""
    in_japanese = contains_japanese(text)
    for found in _NAME.finditer(text):
        word = found[0]
        opens = not text[: found.start()].strip(" \"'「（(-*0123456789.")
        inside = any(char.isupper() or char.isdigit() for char in word[1:])
        if word.lower() in _UNIT:
            continue  # JPY 500
        if inside or (word[0].isupper() and word != "I" and (in_japanese or not opens)):
            yield word
