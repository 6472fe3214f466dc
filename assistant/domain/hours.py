"""When people answer, and which day it is where the business is, whatever the machine's clock says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: How far ahead an opening is looked for; a team closed for longer has no next opening that we could promise.
HORIZON_DAYS = 60
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
    #: Dates with hours of their own, in place of their weekday's.
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_open(self, now: datetime) -> bool:
        today = compute_business_day(now, self.zone)
        if not (self.days or today.isoformat() in self.special):
            return today.isoformat() not in self.holidays
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

    def add_open_time(self, start: datetime, amount: timedelta) -> datetime:
        """When *amount* of opening hours will have passed; by the clock where none are in sight."""
        today, left = compute_business_day(start, self.zone), amount
        for ahead in range(-1, HORIZON_DAYS):
            for opening, closing in self._list_shifts(today + timedelta(days=ahead)):
                open_time = closing - max(opening, start)
                if open_time >= left:
                    return max(opening, start) + left
                left -= max(open_time, timedelta(0))
        return start + amount

    def _list_shifts(self, day: date) -> Iterator[Span]:
        """Opening and closing of each shift that begins on *day*, in UTC."""
        times = self.special.get(day.isoformat())
        if times is None:
            closed = day.isoformat() in self.holidays
            times = () if closed else self.days.get(day.weekday(), ()) if self.days else ("00:00", "24:00")
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
