"""Working days and local dates are what a wall calendar and a wall clock say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.remedies.authoring.cases import run_policy
from ristoro.remedies.language import calendars, local_days
from ristoro.remedies.language.calendars import NAMED, Calendar, working_days
from ristoro.remedies.language.compile import Columns, plain
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.lifted import day_table
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Kind

ITALY = Calendar("IT")
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
ZONES = ("Europe/Rome", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "America/Havana")
KNOWN = set(working_days(ITALY).ordinals)


def _step(day: date, count: int) -> date:
    """Day by day, as with a finger on the calendar."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        count -= (day.toordinal() in KNOWN) * (1 if count > 0 else -1)
    return day


@given(st.dates(date(2001, 1, 1), date(2059, 12, 31)), st.integers(-40, 40))
def test_a_working_day_after_is_found_day_by_day(day: date, count: int) -> None:
    assert working_days(ITALY).after(day, count) == _step(day, count)


@given(DAYS, DAYS)
def test_working_days_between_are_counted_and_run_backwards(first: date, last: date) -> None:
    days = working_days(ITALY)
    low, high = sorted((first, last))
    counted = sum(low.toordinal() < day <= high.toordinal() for day in days.ordinals)
    assert days.between(low, high) == counted
    assert days.between(high, low) == -counted


def test_holidays_weekends_and_the_days_of_a_policy_are_not_worked() -> None:
    closed = Calendar("IT", "BZ", (date(2023, 12, 7),))
    friday = Calendar("IT", weekend=(4, 5))
    worked = {
        day: [date(2023, *day).toordinal() in working_days(one).ordinals
              for one in (ITALY, closed, friday)]
        for day in ((4, 25), (12, 7), (12, 8), (5, 29), (5, 7), (5, 5), (5, 8))
    }  # fmt: skip
    assert worked == {
        (4, 25): [False, False, False],  # Liberation Day
        (12, 7): [True, False, True],  # closed by the policy
        (12, 8): [False, False, False],  # Immaculate Conception
        (5, 29): [True, False, True],  # Whit Monday, in South Tyrol alone
        (5, 7): [False, False, True],  # a Sunday
        (5, 5): [True, True, False],  # a Friday
        (5, 8): [True, True, True],
    }


@pytest.mark.parametrize("name", NAMED)
def test_every_named_calendar_works_about_250_days_a_year(name: str) -> None:
    days = working_days(Calendar(*NAMED[name]))
    for year in (2000, 2023, 2060):
        worked = days.between(date(year, 1, 1), date(year, 12, 31))
        assert worked is not None
        assert 245 <= worked <= 261


def test_years_that_no_calendar_knows_are_not_known() -> None:
    days = working_days(ITALY)
    assert days.after(date(1999, 12, 31), 1) is None
    assert days.after(date(2060, 12, 31), 1) is None
    assert days.after(date(2000, 1, 1), -1) is None
    assert days.between(date(2060, 1, 1), date(2061, 1, 1)) is None


@settings(deadline=None)  # the first of a zone makes its table
@given(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.datetimes(datetime(1970, 1, 1), datetime(2060, 12, 31, 23, 59, 59)),  # noqa: DTZ001
)
def test_the_table_of_days_gives_every_instant_its_local_date(zone: ZoneInfo, at: datetime) -> None:
    instant = at.replace(tzinfo=UTC)
    one = local_days.offsets(zone)[(at.date() - local_days.FIRST).days]
    assert one.day == at.date()
    ahead = one.before if one.changes is None or instant < one.changes else one.after
    by_table = (instant + timedelta(microseconds=ahead)).date()
    assert by_table == instant.astimezone(zone).date() == local_days.day_of(instant, zone)


def test_the_table_of_days_numbers_the_working_days_of_the_calendar_alone() -> None:
    rows = day_table(ITALY, ZoneInfo("Europe/Rome")).to_pylist()
    assert (rows[0]["day"], rows[-1]["day"]) == (local_days.FIRST, local_days.LAST)
    numbered = [row["day"].toordinal() for row in rows if row["number"] is not None]
    assert tuple(numbered) == working_days(ITALY).ordinals
    before = [row for row in rows if row["day"] < calendars.FIRST]
    assert all(row["upto"] is None for row in before)


@pytest.mark.parametrize(("length", "known"), [(10**17, True), (10**17 + 1, False)])
def test_an_instant_moved_out_of_every_calendar_is_not_known(length: int, known: bool) -> None:
    at = Term("const", Kind.INSTANT, constant=datetime(2023, 1, 23, tzinfo=UTC))
    step = Term("const", Kind.LENGTH, constant=Fraction(length))
    moved = Term("add_length", Kind.INSTANT, (at, step))
    assert (evaluate(moved, {}) is not None) == known
    read = Term("read", Kind.INSTANT, name="at")
    text = plain(Term("add_length", Kind.INSTANT, (read, step)), Columns({}, {"at": "m.seen"}, {}))
    query = f"SELECT {text} IS NOT NULL FROM (SELECT TIMESTAMP '2023-01-23' AS seen) AS m"
    assert duckdb.sql(query).fetchall() == [(known,)]


def test_the_cases_of_the_newer_words_hold_in_both_evaluators() -> None:
    count, failures = run_policy(Path(__file__).parent / "language.yaml")
    assert count >= 30
    assert [str(failure) for failure in failures] == []
