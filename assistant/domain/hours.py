"""When people answer, and which day it is where the business is, whatever the machine's clock says."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: How far ahead an opening is looked for; a team closed for longer has no next opening that we could promise.
HORIZON_DAYS = 60
#: How far ahead a moment is looked for at which so much opening time has passed.
MAX_SPAN_DAYS = 400
#: Where a business is that says nothing else.
JAPAN = "Asia/Tokyo"

Span = tuple[datetime, datetime]


def to_local_time(now: datetime, zone: str) -> datetime:
    return now.astimezone(ZoneInfo(zone))


def compute_business_day(now: datetime, zone: str) -> date:
    """The date on the wall where the business is."""
    return to_local_time(now, zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """When people answer, in the zone's local time; weekdays 0 (Monday) to 6."""

    zone: str = JAPAN
    #: weekday -> opening and closing in turn: ("10:00", "12:00", "13:00", "18:00") has a lunch break. The
    #: last closing may be "24:00", or past midnight as "26:00" or as a time before the opening: it belongs to
    #: the shift that began that day. A missing weekday is closed. Empty: always open.
    days: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    #: Dates (YYYY-MM-DD) on which no shift begins; one of the day before still ends after midnight.
    holidays: frozenset[str] = frozenset()
    #: The public holidays of a country, treated the same; looked up day by day.
    public_holidays: Container[str] = frozenset()
    #: Dates with hours of their own, in place of their weekday's.
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_open(self, now: datetime) -> bool:
        today = compute_business_day(now, self.zone)
        if not (self.days or today.isoformat() in self.special):
            return not self._is_holiday(today)
        # Yesterday's shift may end today, and one of 36 hours does not exist.
        days = (today - timedelta(days=1), today)
        return any(start <= now < end for day in days for start, end in self._list_shifts(day))

    def find_next_opening(self, now: datetime) -> datetime | None:
        """When people answer next, *now* itself when they do; None: not within the next two months."""
        if self.is_open(now):
            return now
        today = compute_business_day(now, self.zone)
        for ahead in range(HORIZON_DAYS):
            later = [start for start, _ in self._list_shifts(today + timedelta(days=ahead)) if start >= now]
            if later:
                return min(later)
        return None

    def add_open_time(self, start: datetime, length: timedelta) -> datetime | None:
        """When *length* of opening time has passed since *start*; None: not within `MAX_SPAN_DAYS`."""
        for opening, closing in self._list_open_spans(start, start + timedelta(days=MAX_SPAN_DAYS)):
            if closing - opening >= length:
                return opening + length
            length -= closing - opening
        return None

    def measure_open_time(self, start: datetime, end: datetime) -> timedelta:
        """The opening time between two moments."""
        spans = self._list_open_spans(start, end)
        return sum((closing - opening for opening, closing in spans), timedelta())

    def _list_open_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """When people answer between two moments, in order; shifts that overlap count once."""
        day = compute_business_day(start, self.zone) - timedelta(days=1)
        last, done = compute_business_day(end, self.zone), start
        while day <= last:
            for opening, closing in self._list_shifts(day):
                span = max(opening, done), min(closing, end)
                if span[0] < span[1]:
                    yield span
                    done = span[1]
            day += timedelta(days=1)

    def _is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.holidays or day.isoformat() in self.public_holidays

    def _list_shifts(self, day: date) -> Iterator[Span]:
        """Opening and closing of each shift that begins on *day*, in UTC."""
        times = self.special.get(day.isoformat())
        if times is None:
            week = self.days.get(day.weekday(), ()) if self.days else ("00:00", "24:00")
            times = () if self._is_holiday(day) else week
        for opening, closing in zip(times[::2], times[1::2], strict=True):
            start, end = parse_minutes(opening), parse_minutes(closing)
            yield self._to_utc(day, start), self._to_utc(day, end if end > start else end + 24 * 60)

    def _to_utc(self, day: date, minute: int) -> datetime:
        """*minute* after midnight as clocks on the wall count, also where an hour is left out or twice."""
        days, rest = divmod(minute, 24 * 60)
        wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), ZoneInfo(self.zone))
        return wall.astimezone(UTC)


def parse_minutes(clock: str) -> int:
    """Since midnight: "9:30" is 570, "26:00" is 1560."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)
