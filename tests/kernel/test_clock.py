"""Instants, zones and months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel import clock

ROME = ZoneInfo("Europe/Rome")


@given(st.integers(-(10**16), 10**16))
def test_an_instant_and_its_microseconds_are_the_same_thing(microseconds: int) -> None:
    assert clock.micros(clock.instant(microseconds)) == microseconds


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        clock.micros(datetime(2023, 1, 23))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-01-23T00:00+01:00", datetime(2023, 1, 22, 23, tzinfo=UTC)),
        ("2023-01-23T00:00", datetime(2023, 1, 22, 23, tzinfo=UTC)),
        ("2023-01-23", datetime(2023, 1, 22, 23, tzinfo=UTC)),
        ("2023-01-22T23:00Z", datetime(2023, 1, 22, 23, tzinfo=UTC)),
        ("2023-06-14T07:00", datetime(2023, 6, 14, 5, tzinfo=UTC)),
        ("2023-10-29T02:30+02:00", datetime(2023, 10, 29, 0, 30, tzinfo=UTC)),
        ("2023-10-29T02:30+01:00", datetime(2023, 10, 29, 1, 30, tzinfo=UTC)),
        ("2023-03-26T03:00", datetime(2023, 3, 26, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_its_offset_or_in_the_zone_given(text: str, instant: datetime) -> None:
    assert clock.parse_instant(text, ROME) == instant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-10-29T02:30", "twice"),
        ("2023-10-29T02:00", "twice"),
        ("2023-03-26T02:30", "never"),
        ("2023-03-26T02:00", "never"),
        ("0001-01-01T00:00", "end of the calendar"),
        ("9999-12-31T23:59", "end of the calendar"),
        ("yesterday", "Invalid isoformat"),
        ("2023-02-29T10:00", "day"),
    ],
)
def test_a_time_that_is_not_one_instant_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clock.parse_instant(text, ROME)


def test_a_time_without_offset_or_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        clock.parse_instant("2023-01-23T00:00")


@given(st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2037-01-01")))
def test_a_local_time_is_accepted_exactly_when_it_happens_once(local: datetime) -> None:
    """Counted over the instants around it, without looking at folds."""
    text = local.isoformat()
    middle = local.replace(tzinfo=UTC)
    around = (middle + timedelta(hours=hours) for hours in (-2, -1))  # Rome is 1 or 2 h ahead
    happens = [at for at in around if at.astimezone(ROME).replace(tzinfo=None) == local]
    if len(happens) == 1:
        assert clock.parse_instant(text, ROME) == happens[0]
    else:
        with pytest.raises(ValueError, match="never" if not happens else "twice"):
            clock.parse_instant(text, ROME)


@pytest.mark.parametrize("name", ["Europe/Roma", "", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_a_zone_that_is_not_on_the_list_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        clock.zone(name)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Rome", date(2023, 1, 23), datetime(2023, 1, 22, 23, tzinfo=UTC)),
        ("Europe/Rome", date(2023, 7, 1), datetime(2023, 6, 30, 22, tzinfo=UTC)),
        # Cuba puts its clock forward at midnight: the day begins at 01:00
        ("America/Havana", date(2023, 3, 12), datetime(2023, 3, 12, 5, tzinfo=UTC)),
        # and back at 01:00, so that midnight happens twice: the day begins at the first
        ("America/Havana", date(2023, 11, 5), datetime(2023, 11, 5, 4, tzinfo=UTC)),
    ],
)
def test_a_day_starts_at_its_first_instant(zone: str, day: date, start: datetime) -> None:
    assert clock.start_of_day(day, ZoneInfo(zone)) == start


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2023, 8, 31), 6, date(2024, 2, 29)),  # LI-4
        (date(2023, 8, 30), 6, date(2024, 2, 29)),  # LI-5
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 3, 31), -1, date(2023, 2, 28)),
        (date(2023, 1, 1), -1, date(2022, 12, 1)),
        (date(2023, 5, 5), 0, date(2023, 5, 5)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(
    day: date, months: int, later: date
) -> None:
    assert clock.add_months(day, months) == later


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_the_month_ends_on_the_day_before_the_next(year: int, month: int) -> None:
    last = date(year, month, clock.days_in_month(year, month))
    assert (last + timedelta(days=1)).day == 1
    assert last.month == month
