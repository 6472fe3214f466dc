"""Formats a cell's value as the spreadsheet shows it, by the Excel number formats that support teams use.

Format codes: ECMA-376 part 1, 18.8.31; eras and weekdays as in Japanese Excel.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

TOKEN = re.compile(
    r'"([^"]*)"?|\\(.)|_.|\*.|\[\$([^\]-]{0,80})(?:-[0-9A-Fa-f]{1,16})?\]|\[([^\]]{0,80})\]|(General)'
    r"|(AM/PM|am/pm|A/P|a/p|上午/下午)|([yYmMdDhHsSaAgGeE]+)|([0#?]+|[.,%])|(.)",
    re.DOTALL,
)
#: Groups of TOKEN.
LITERAL = 1
ESCAPED = 2
CURRENCY = 3
BRACKET = 4
GENERAL = 5
HALVES = 6
LETTERS = 7
DIGITS = 8
OTHER = 9
#: Formats that depend on the locale; shown so that day and month cannot be confused.
SYSTEM_DAY = {"mm-dd-yy", "m/d/yyyy", "m/d/yy", "dd/mm/yyyy", "dd/mm/yy", "d/m/yyyy"}
ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"))
WEEKDAYS = "月火水木金土日"
EPOCH = datetime(1899, 12, 30)
CONDITION = re.compile(r"(<=|>=|<>|=|<|>)(-?\d+(?:\.\d+)?)\Z")
CURRENT = {"h": 3600, "m": 60, "s": 1}

Token = tuple[int, str]


def format_cell(value: object, code: str) -> str:
    """The text that a cell with this value and format code shows."""
    if value is None or isinstance(value, str):
        return "" if value is None else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _format_number(value, code)
    if isinstance(value, datetime | date | time | timedelta):
        return _format_moment(value, code)
    return str(value)


@lru_cache(maxsize=512)
def _parse_sections(code: str) -> tuple[tuple[Token, ...], ...]:
    sections: list[list[Token]] = [[]]
    for match in TOKEN.finditer(code):
        kind = match.lastindex or 0
        if kind == OTHER and match[0] == ";":
            sections.append([])
        elif kind:
            sections[-1].append((kind, match[kind]))
    return tuple(map(tuple, sections))


def _is_date_format(tokens: Sequence[Token]) -> bool:
    scientific = any(kind == DIGITS for kind, _ in tokens) and all(
        text in ("E", "e") for kind, text in tokens if kind == LETTERS
    )
    return any(kind == LETTERS for kind, _ in tokens) and not scientific


# -- numbers --------------------------------------------------------------------------------------------


def _format_number(value: float, code: str) -> str:
    tokens, negative = _select_section(value, _parse_sections(code))
    if _is_date_format(tokens):
        return (
            _format_moment(EPOCH + timedelta(days=value), code)
            if 0 <= value < 3_000_000
            else _format_general(value)
        )
    if not any(kind == DIGITS and text != "%" for kind, text in tokens):
        general = any(kind in (GENERAL,) or text == "@" for kind, text in tokens)
        words = _format_literals(
            tokens, _format_general(value if negative else abs(value)) if general or not tokens else ""
        )
        return words.strip()
    if any(kind == LETTERS or text == "/" for kind, text in tokens):
        return _format_general(value)
    return ("-" if negative and value < 0 else "") + _fill_digits(tokens, abs(value)).strip()


def _select_section(value: float, sections: tuple[tuple[Token, ...], ...]) -> tuple[Sequence[Token], bool]:
    """The section of the format for a value, and whether a minus sign must be added."""
    numeric = sections[:3]
    for tokens in numeric:
        if stated := next((CONDITION.match(text) for kind, text in tokens if kind == BRACKET), None):
            limit = float(stated[2])
            met = {
                "<": value < limit, "<=": value <= limit, ">": value > limit,
                ">=": value >= limit, "=": value == limit, "<>": value != limit,
            }  # fmt: skip
            if met[stated[1]]:
                return tokens, True
    if any(CONDITION.match(text) for tokens in numeric for kind, text in tokens if kind == BRACKET):
        return numeric[-1], True
    if value < 0 and len(numeric) > 1:
        return numeric[1], False
    if value == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], True


def _fill_digits(tokens: Sequence[Token], value: float) -> str:
    """Put the digits into their placeholders, whatever is between them."""
    places = [position for position, (kind, text) in enumerate(tokens) if kind == DIGITS and text[0] in "0#?"]
    point = next((at for at, token in enumerate(tokens) if token == (DIGITS, ".")), len(tokens))
    commas = [at for at, token in enumerate(tokens) if token == (DIGITS, ",")]
    scaled = sum(bool(places) and at > max([p for p in places if p < point], default=-1) for at in commas)
    decimals = "".join(tokens[at][1] for at in places if at > point)
    number = Decimal(repr(value)) * 100 ** sum(token == (DIGITS, "%") for token in tokens)
    try:
        rounded = (number / 1000**scaled).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    except InvalidOperation:
        return _format_general(value)
    whole, _, part = f"{rounded:f}".partition(".")
    kept = part.rstrip("0") if "#" in decimals else part
    part = part[: max(len(kept), decimals.count("0"))]
    grouped = len(commas) > scaled
    return _lay_out_digits(tokens, point, "" if whole == "0" else whole, part, grouped)


def _lay_out_digits(tokens: Sequence[Token], point: int, whole: str, part: str, grouped: bool) -> str:
    out: list[str] = []
    shown = "".join(text for kind, text in tokens[:point] if kind == DIGITS and text[0] in "0#?")
    # Digits to the right of a 0 placeholder are shown as well.
    least = len(shown) - shown.index("0") if "0" in shown else 0
    whole = whole.rjust(least, "0")
    before = [at for at, (kind, text) in enumerate(tokens[:point]) if kind == DIGITS and text[0] in "0#?"]
    rest = whole
    for at in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[at]
        if at > point:
            if kind == DIGITS and text[0] in "0#?":
                length = len(text)
                ahead = sum(len(t) for k, t in tokens[point + 1 : at] if k == DIGITS and t[0] in "0#?")
                out.insert(0, part[ahead : ahead + length])
            else:
                out.insert(0, _format_literal(kind, text))
        elif at == point:
            out.insert(0, "." if part else "")
        elif at in before:
            length = len(rest) if at == before[0] else len(text)
            taken, rest = rest[max(0, len(rest) - length) :], rest[: max(0, len(rest) - length)]
            out.insert(0, taken)
        else:
            out.insert(0, "" if text == "," and kind == DIGITS else _format_literal(kind, text))
    text = "".join(out)
    return _group_thousands(text) if grouped else text


def _group_thousands(text: str) -> str:
    return re.sub(
        r"\d+", lambda found: f"{int(found[0]):,}" if found[0][0] != "0" else found[0], text, count=1
    )


def _format_general(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def _format_literals(tokens: Sequence[Token], number: str) -> str:
    return (
        "".join(
            number if kind == GENERAL or text == "@" else _format_literal(kind, text) for kind, text in tokens
        )
        or number
    )


def _format_literal(kind: int, text: str) -> str:
    return "" if kind in (BRACKET, HALVES, LETTERS) else text


# -- dates and times ------------------------------------------------------------------------------------


def _format_moment(value: date | time | timedelta, code: str) -> str:
    tokens = _parse_sections(code)[0]
    if code.casefold() in SYSTEM_DAY or "[$-F800]" in code or not _is_date_format(tokens):
        return _format_plain_moment(value)
    elapsed = value.total_seconds() if isinstance(value, timedelta) else None
    at = _convert_to_datetime(value)
    half = any(kind == HALVES for kind, _ in tokens)
    out: list[str] = []
    for position, (kind, text) in enumerate(tokens):
        if kind == HALVES:
            out.append("AM" if at.hour < 12 else "PM")
        elif kind == BRACKET and text.casefold() in ("h", "hh", "m", "mm", "s", "ss"):
            total = elapsed if elapsed is not None else (at - EPOCH).total_seconds()
            out.append(str(int(total // CURRENT[text[0].casefold()])).zfill(len(text)))
        elif kind == LETTERS:
            out.append(_format_date_part(text.casefold(), at, half, minutes=_is_minutes(tokens, position)))
        elif kind == DIGITS and text[0] == "0" and position and tokens[position - 1][1] == ".":
            out[-1] = ""  # fractions of a second
        else:
            out.append(_format_literal(kind, text))
    return "".join(out).strip()


def _format_plain_moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _convert_to_datetime(value: date | time | timedelta) -> datetime:
    if isinstance(value, timedelta):
        return EPOCH + value
    if isinstance(value, time):
        return datetime.combine(EPOCH, value)
    if isinstance(value, datetime):
        # Times are stored as a fraction of a day: 17:00 may be stored as 16:59:59.99.
        return (value + timedelta(milliseconds=500)).replace(microsecond=0)
    return datetime.combine(value, time())


def _is_minutes(tokens: Sequence[Token], position: int) -> bool:
    """Whether an m means minutes: after hours or before seconds."""

    def find_adjacent_letter(others: Sequence[Token]) -> str:
        letters = (text for kind, text in others if kind in (LETTERS, BRACKET))
        return next(letters, " ")[0].casefold()

    return (
        find_adjacent_letter(tokens[:position][::-1]) == "h"
        or find_adjacent_letter(tokens[position + 1 :]) == "s"
    )


def _format_date_part(code: str, at: datetime, half: bool, *, minutes: bool) -> str:
    hour = (at.hour % 12 or 12) if half else at.hour
    if code[0] == "m" and minutes:
        return f"{at.minute:02}" if len(code) > 1 else str(at.minute)
    era = next((one for one in ERAS if one[0] <= at.date()), None)
    number = {"d": at.day, "m": at.month, "h": hour, "s": at.second}.get(code[0], 0)
    by_code = {
        "yy": f"{at.year % 100:02}", "mmm": f"{at:%b}", "mmmm": f"{at:%B}", "mmmmm": f"{at:%b}"[:1],
        "ddd": f"{at:%a}", "dddd": f"{at:%A}", "aaa": WEEKDAYS[at.weekday()],
        "aaaa": f"{WEEKDAYS[at.weekday()]}曜日", "g": era[2] if era else "", "gg": era[1][:1] if era else "",
        "ggg": era[1] if era else "",
    }  # fmt: skip
    if code in by_code:
        return by_code[code]
    if code[0] == "y":
        return str(at.year)
    if code[0] == "g" and "e" in code:
        return _format_date_part(code.rstrip("e"), at, half, minutes=False) + _format_date_part(
            "e", at, half, minutes=False
        )
    if code[0] == "e":
        return str(at.year - era[0].year + 1 if era else at.year)
    return f"{number:02}" if len(code) == 2 else str(number)
