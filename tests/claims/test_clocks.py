"""The clocks of a claim: working days, Italy's holidays, and how calendar days end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.claims import clocks
from ristoro.kernel.errors import BadInput

ROME = ZoneInfo("Europe/Rome")
DAYS = st.dates(date(2001, 1, 1), date(2049, 12, 31))


def test_working_days_leave_out_easter_monday_and_liberation_day() -> None:
    filed = datetime(2023, 4, 6, 9, tzinfo=UTC)  # the Thursday before Easter
    assert clocks.due(filed, 1, ROME) == date(2023, 4, 7)
    assert clocks.due(filed, 2, ROME) == date(2023, 4, 11)
    assert clocks.due(filed, 12, ROME) == date(2023, 4, 26)


def test_the_day_is_the_holders_own() -> None:
    late = datetime(2023, 2, 1, 23, 30, tzinfo=UTC)  # half past midnight of the 2nd in Rome
    assert clocks.due(late, 1, ROME) == date(2023, 2, 3)
    assert clocks.due(late, 1, ZoneInfo("UTC")) == date(2023, 2, 2)


def test_the_patron_saint_counts_where_a_province_is_named() -> None:
    filed = datetime(2023, 12, 6, 9, tzinfo=UTC)
    assert clocks.due(filed, 1, ROME) == date(2023, 12, 7)
    assert clocks.due(filed, 1, ROME, "MI") == date(2023, 12, 11)  # Saint Ambrose, Immacolata


def test_calendar_days_that_end_on_a_holiday_end_on_the_next_working_day() -> None:
    assert clocks.last_day(clocks.PAYMENT, date(2023, 12, 11)) == date(2023, 12, 27)
    assert clocks.last_day(clocks.REPORT, date(2023, 1, 31)) == date(2023, 5, 2)
    assert clocks.last_day(clocks.CONTRACT, date(2023, 1, 23)) == date(2033, 1, 24)


@given(DAYS)
def test_what_is_promised_ends_before_what_the_regulator_asks(day: date) -> None:
    assert clocks.last_day(clocks.ANSWER, day) < clocks.last_day(clocks.COMPLAINT, day)


@given(DAYS, st.integers(1, 60))
def test_what_is_left_falls_to_nought_on_the_last_day_and_below_it_after(
    day: date, length: int
) -> None:
    filed = datetime(day.year, day.month, day.day, 12, tzinfo=ROME)
    end = clocks.due(filed, length, ROME)
    noon = datetime(end.year, end.month, end.day, 12, tzinfo=ROME)
    assert end.weekday() < 5
    assert clocks.left(end, filed, ROME) == length
    assert clocks.left(end, noon, ROME) == 0
    assert clocks.left(end, noon + timedelta(days=1), ROME) < 0


def test_every_clock_says_where_it_is_written() -> None:
    assert all(
        one.reference and one.title["it"] and one.title["en"] for one in clocks.CLOCKS.values()
    )


def test_years_of_which_no_holidays_are_known_are_refused() -> None:
    with pytest.raises(BadInput, match="no clock"):
        clocks.last_day(clocks.ANSWER, date(1999, 1, 1))
