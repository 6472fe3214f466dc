"""Opening hours around midnight, over noon, on holidays and where clocks are changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.domain.hours import BusinessHours, compute_business_day

TOKYO = ZoneInfo("Asia/Tokyo")
#: 2026-11-30 is a Monday.
NIGHTS = BusinessHours(days=dict.fromkeys(range(5), ("22:00", "06:00")))


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "is_open", "opening"),
    [
        ("2026-12-01T02:00", True, "2026-12-01T02:00"),  # Tuesday: Monday's shift
        ("2026-12-05T03:00", True, "2026-12-05T03:00"),  # Saturday: Friday's
        ("2026-12-05T06:00", False, "2026-12-07T22:00"),  # it is over; Monday next
        ("2026-12-05T22:30", False, "2026-12-07T22:00"),  # Saturday has none
        ("2026-11-30T03:00", False, "2026-11-30T22:00"),  # Sunday had none
        ("2026-11-30T21:59", False, "2026-11-30T22:00"),
        ("2026-11-30T22:00", True, "2026-11-30T22:00"),
        ("2026-12-01T00:00", True, "2026-12-01T00:00"),
        ("2026-12-01T05:59", True, "2026-12-01T05:59"),
    ],
)
def test_a_shift_past_midnight_belongs_to_the_day_it_began(now: str, is_open: bool, opening: str) -> None:
    for hours in (NIGHTS, BusinessHours(days=dict.fromkeys(range(5), ("22:00", "30:00")))):
        assert hours.is_open(tokyo(now)) is is_open
        assert hours.find_next_opening(tokyo(now)) == tokyo(opening)


@pytest.mark.parametrize(
    ("now", "is_open", "opening"),
    [
        ("2026-11-30T11:59", True, "2026-11-30T11:59"),
        ("2026-11-30T12:00", False, "2026-11-30T13:00"),
        ("2026-11-30T13:00", True, "2026-11-30T13:00"),
        ("2026-11-30T23:59", True, "2026-11-30T23:59"),  # until 24:00
        ("2026-12-01T00:00", False, "2026-12-07T10:00"),
    ],
)
def test_a_lunch_break_and_midnight_as_24(now: str, is_open: bool, opening: str) -> None:
    hours = BusinessHours(days={0: ("10:00", "12:00", "13:00", "24:00")})
    assert hours.is_open(tokyo(now)) is is_open
    assert hours.find_next_opening(tokyo(now)) == tokyo(opening)


def test_a_holiday_begins_no_shift_and_ends_none() -> None:
    hours = BusinessHours(days=NIGHTS.days, holidays=frozenset({"2026-12-01"}))
    assert hours.is_open(tokyo("2026-12-01T02:00"))  # Monday's
    assert not hours.is_open(tokyo("2026-12-01T23:00"))
    assert not hours.is_open(tokyo("2026-12-02T02:00"))  # would be Tuesday's
    assert hours.find_next_opening(tokyo("2026-12-01T12:00")) == tokyo("2026-12-02T22:00")


def test_a_day_with_hours_of_its_own() -> None:
    hours = BusinessHours(days={3: ("10:00", "18:00")}, special={"2026-12-31": ("10:00", "15:00")})
    assert hours.is_open(tokyo("2026-12-31T14:59"))
    assert not hours.is_open(tokyo("2026-12-31T15:00"))
    always = BusinessHours(special={"2026-12-31": ("10:00", "15:00")})
    assert not always.is_open(tokyo("2026-12-31T15:00"))
    assert always.find_next_opening(tokyo("2026-12-31T15:00")) == tokyo("2027-01-01T00:00")


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2027-03-14T06:59", False),  # the hour from 2:00 to 3:00 does not exist
        ("2027-03-14T07:00", True),  # which is 3:00 by the summer's clock
        ("2027-03-14T12:59", True),
        ("2027-03-14T13:00", False),  # 9:00 in summer
        ("2027-03-13T08:00", True),  # 3:00 in winter
    ],
)
def test_hours_are_by_the_clock_on_the_wall_where_it_is_changed(now: str, is_open: bool) -> None:
    hours = BusinessHours(zone="America/New_York", days=dict.fromkeys(range(7), ("03:00", "09:00")))
    assert hours.is_open(datetime.fromisoformat(now).replace(tzinfo=UTC)) is is_open


def test_in_japan_the_day_begins_nine_hours_before_utcs() -> None:
    late = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert compute_business_day(late, "Asia/Tokyo") == date(2026, 12, 1)
    assert compute_business_day(late, "UTC") == date(2026, 11, 30)
