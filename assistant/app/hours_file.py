"""Parses opening hours and time zone of a policy file; every error is one line with a remedy."""

import os
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import jpholiday

from assistant.domain.errors import SetupError
from assistant.domain.hours import JAPAN, BusinessHours, parse_minutes

WEEKDAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
WEEKDAYS |= {name: day for day, name in enumerate("月火水木金土日")}
#: Mon, Monday, Mondays; 月, 月曜, 月曜日.
WEEKDAY = re.compile(
    r"(?:(mon)|(tue)s?|(wed)(?:s|nes)?|(thu)(?:rs?)?|(fri)|(sat)(?:ur)?|(sun))(?:days?)?\.?|([月火水木金土日])(?:曜日?)?"
)
#: Separator of opening and closing, or of first and last day; 〜 and wide forms are normalized to ~.
DASH = re.compile("[-–—~〜]")
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
#: The latest closing time, past midnight; 深夜2時 is 26:00.
MAX_CLOSING_MINUTES = 36 * 60
CLOSED = ("closed", "休み", "休業", "定休日")
ALL_DAY = ("24h", "24時間", "open")
#: Zone by the first language, where it is spoken in one zone.
ZONES = {"ja": JAPAN, "ko": "Asia/Seoul"}
#: Most days of a holiday range.
MAX_HOLIDAY_DAYS = 366
#: Days of all ranges together, and days with hours of their own.
MAX_LISTED_DAYS = 3_660
#: Spans of one day.
MAX_SPANS = 24
#: Of days or of one span, and lines of weekdays: they come in calls too.
MAX_LINE_CHARACTERS = 200
MAX_WEEKDAY_LINES = 20
HOURS_KEYS = ("days", "holidays", "public_holidays", "special", "zone")


class JapaneseHolidays:
    """The public holidays of Japan with their substitutes; holds dates as YYYY-MM-DD."""

    @lru_cache(maxsize=4096)  # noqa: B019 – there is one
    def __contains__(self, day: object) -> bool:
        return jpholiday.is_holiday(date.fromisoformat(str(day)))


#: Country -> its public holidays.
PUBLIC_HOLIDAYS = {"japan": JapaneseHolidays()}


def find_default_zone(languages: Sequence[str]) -> str:
    """The business's zone if the policy names none: the machine's, else that of the first language.

    A machine in UTC is a server or a container, so its zone says nothing.
    """
    machine = os.environ.get("TZ", "").removeprefix(":") or _load_system_zone()
    if machine and machine.split("/")[-1] not in ("UTC", "UCT", "Zulu", "Universal", "GMT"):
        try:
            return ZoneInfo(machine).key
        except (KeyError, ValueError, OSError):
            pass
    return ZONES.get(languages[0].split("-")[0], "UTC")


def _load_system_zone() -> str:
    return os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]


def parse_zone(value: object, where: str) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise SetupError(
            f"{where}: unknown time zone {_format_value(value)}; write one like Asia/Tokyo"
        ) from error


def parse_hours(value: object, where: str, zone: str = JAPAN) -> BusinessHours:
    rows = _parse_mapping(value, where)
    if unknown := rows.keys() - set(HOURS_KEYS):
        raise SetupError(f"{where}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(HOURS_KEYS)}")
    special = _parse_mapping(rows.get("special") or {}, f"{where}.special")
    holidays = list(
        islice(_parse_holidays(rows.get("holidays") or [], f"{where}.holidays"), MAX_LISTED_DAYS + 1)
    )
    if max(len(special), len(holidays)) > MAX_LISTED_DAYS:
        raise SetupError(f"{where}: holidays and special have at most {MAX_LISTED_DAYS} days each")
    return BusinessHours(
        zone=parse_zone(rows.get("zone", zone), f"{where}.zone"),
        days=parse_days(rows.get("days") or {}, f"{where}.days"),
        public_holidays=_parse_country(rows.get("public_holidays"), f"{where}.public_holidays"),
        holidays=frozenset(holidays),
        special={
            _parse_day(day, f"{where}.special").isoformat(): _parse_times(times, f"{where}.special.{day}")
            for day, times in special.items()
        },
    )


def parse_days(value: object, where: str) -> dict[int, tuple[str, ...]]:
    """Weekday -> opening and closing times, as `BusinessHours` has them."""
    rows = _parse_mapping(value, where)
    if len(rows) > MAX_WEEKDAY_LINES:
        raise SetupError(f"{where}: at most {MAX_WEEKDAY_LINES} lines of weekdays")
    return {
        day: _parse_times(times, f"{where}.{name}")
        for name, times in rows.items()
        for day in _parse_weekdays(name, where)
    }


def format_days(days: Mapping[int, Sequence[str]]) -> dict[str, str]:
    """Weekday -> its hours as a policy file has them."""
    names = list(WEEKDAYS)[:7]
    return {names[day]: _format_times(times) for day, times in sorted(days.items())}


def format_hours(hours: BusinessHours) -> dict[str, Any]:
    """Hours as a policy file has them, without the zone."""
    country = next((name for name, days in PUBLIC_HOLIDAYS.items() if days is hours.public_holidays), None)
    return {
        "days": format_days(hours.days),
        "public_holidays": country,
        "holidays": sorted(hours.holidays),
        "special": {day: _format_times(times) for day, times in sorted(hours.special.items())},
    }


def _format_times(times: Sequence[str]) -> str:
    spans = zip(times[::2], times[1::2], strict=True)
    return ", ".join(f"{opening}-{closing}" for opening, closing in spans) or CLOSED[0]


def _parse_weekdays(name: str, where: str) -> list[int]:
    """``mon``, ``mon-fri``, ``月〜金``."""
    ends = [_parse_weekday(end, name, where) for end in _split_ends(name, where)]
    if len(ends) > 2:
        raise SetupError(f"{where}: unknown day {name!r}; write {', '.join(list(WEEKDAYS)[:7])} or mon-fri")
    return [day % 7 for day in range(ends[0], ends[-1] + 1 + 7 * (ends[-1] < ends[0]))]


def _split_ends(text: str, where: str) -> list[str]:
    """What stands between dashes; limited first, because the text may be anybody's."""
    if len(text) > MAX_LINE_CHARACTERS:
        raise SetupError(f"{where}: at most {MAX_LINE_CHARACTERS} characters, not {_format_value(text)}")
    return [end.strip() for end in DASH.split(unicodedata.normalize("NFKC", text))]


def _parse_weekday(end: str, name: str, where: str) -> int:
    named = WEEKDAY.fullmatch(end.lower())
    if not named:
        raise SetupError(f"{where}: unknown day {name!r}; write {', '.join(list(WEEKDAYS)[:7])} or mon-fri")
    return WEEKDAYS[named[named.lastindex or 0]]


def _parse_times(value: object, where: str) -> tuple[str, ...]:
    """Opening and closing times of ``10:00-12:00, 13:00-18:00`` or a list of such spans; closed: none."""
    if value is None or value is False or (isinstance(value, str) and value.strip().lower() in CLOSED):
        return ()
    if str(value).strip().lower() in ALL_DAY:
        return ("00:00", "24:00")
    spans = value if isinstance(value, list) else re.split(r"[,、]", str(value))
    if len(spans) > MAX_SPANS:
        raise SetupError(f"{where}: a day has at most {MAX_SPANS} spans of hours")
    found = [clock for span in spans for clock in _parse_span(span, where)]
    moments = [parse_minutes(clock) for clock in found]
    if moments[:-1] != sorted(moments[:-1]):
        raise SetupError(f"{where}: the hours must follow each other, not {_format_value(value)}")
    if len(moments) > 2 and moments[-1] <= moments[-2] and moments[-1] > moments[0]:
        raise SetupError(f"{where}: the hours must not overlap, not {_format_value(value)}")
    return tuple(found)


def _parse_span(value: object, where: str) -> tuple[str, str]:
    ends = _split_ends(str(value), where)
    read = [found for end in ends if (found := CLOCK.fullmatch(end))]
    if len(ends) != 2 or len(read) != 2:
        raise SetupError(f'{where}: expected hours like "10:00-18:00", not {_format_value(value)}')
    opening, closing = (f"{int(found[1]):02}:{found[2]}" for found in read)
    if parse_minutes(opening) >= 24 * 60 or parse_minutes(closing) > MAX_CLOSING_MINUTES:
        raise SetupError(f'{where}: hours past midnight are "22:00-26:00", not {_format_value(value)}')
    return opening, closing


def _parse_holidays(value: object, where: str) -> Iterator[str]:
    """Dates, and ranges such as ``2026-12-29/2027-01-03``."""
    if not isinstance(value, list):
        raise SetupError(f"{where}: expected a list of dates like [2026-01-01], not {_format_value(value)}")
    for one in value:
        first, _, last = str(one).partition("/")
        start, end = _parse_day(first, where), _parse_day(last or first, where)
        if not 0 <= (end - start).days < MAX_HOLIDAY_DAYS:
            raise SetupError(f"{where}: the last day must follow the first, not {_format_value(one)}")
        yield from ((start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1))


def _parse_country(value: object, where: str) -> Container[str]:
    if not value:
        return frozenset()
    if value not in list(PUBLIC_HOLIDAYS):  # a list has no hash
        raise SetupError(f"{where}: known are {', '.join(PUBLIC_HOLIDAYS)}, not {_format_value(value)}")
    return PUBLIC_HOLIDAYS[str(value)]


def _parse_day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise SetupError(f"{where}: expected dates like 2026-01-01, not {_format_value(value)}") from error


def _parse_mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SetupError(f"{where}: expected `key: value` lines, not {_format_value(value)}")
    return {str(key): row for key, row in value.items()}


def _format_value(value: object) -> str:
    return repr(value)[:60]
