"""Calendar windows: months, cycles and days of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel.clock import add_months, instant, micros
from ristoro.kernel.spans import DAY, MINUTE, Span, Spans
from ristoro.outages.periods import (
    Cycle,
    Hours,
    billing_cycles,
    calendar_periods,
    days_filled,
    days_touched,
    per_period,
    period,
)

ROME = ZoneInfo("Europe/Rome")
DAYS = st.dates(date(2010, 1, 1), date(2035, 1, 1))


def span(start: str, end: str) -> Span:
    return Span(*(micros(datetime.fromisoformat(t).replace(tzinfo=ROME)) for t in (start, end)))


@pytest.mark.parametrize(
    ("month", "minutes"),
    [
        ("2023-01-15", 44_640), ("2023-02-15", 40_320), ("2024-02-15", 41_760),
        ("2023-06-15", 43_200), ("2023-03-15", 44_640 - 60), ("2023-10-15", 44_640 + 60),
    ],
)  # fmt: skip
def test_a_month_has_the_minutes_that_its_zone_gives_it(month: str, minutes: int) -> None:
    (found,) = calendar_periods(span(f"{month}T10:00", f"{month}T11:00"), ROME)
    assert found.length == minutes * MINUTE
    assert found.first.day == 1


def test_every_month_that_an_outage_touches_is_given_and_no_other() -> None:
    found = calendar_periods(span("2023-01-23T00:00", "2023-02-01T00:00"), ROME)
    assert [one.first for one in found] == [date(2023, 1, 1)]
    found = calendar_periods(span("2022-12-31T23:59", "2023-02-01T00:01"), ROME)
    assert [one.first.isoformat()[:7] for one in found] == ["2022-12", "2023-01", "2023-02"]


def test_four_months_run_from_january_may_and_september() -> None:
    found = calendar_periods(span("2023-01-23T00:00", "2023-12-01T00:00"), ROME, 4)
    assert [one.first.month for one in found] == [1, 5, 9]
    assert found[0].days == 120


def test_periods_that_do_not_fit_a_year_are_refused() -> None:
    for months in (0, 5, 13):
        with pytest.raises(ValueError, match="year"):
            calendar_periods(Span(0, 1), ROME, months)


def test_an_empty_span_touches_no_period() -> None:
    assert calendar_periods(Span(5, 5), ROME) == ()


def test_a_cycle_that_ends_on_the_31st_comes_back_to_the_31st() -> None:
    cycle = Cycle.of(1, date(2022, 8, 31))
    found = billing_cycles(span("2023-01-31T00:00", "2023-05-30T00:00"), cycle, ROME)
    assert [one.first for one in found] == [date(2023, month, 1) for month in range(1, 6)]


def test_a_cycle_begins_on_the_day_after_the_last_one_paid_for() -> None:
    over = span("2023-02-10T00:00", "2023-03-10T00:00")
    (before, after) = billing_cycles(over, Cycle.of(1, date(2024, 8, 30)), ROME)
    assert (before.first, before.after) == (date(2023, 1, 31), date(2023, 3, 1))
    assert (after.first, after.after) == (date(2023, 3, 1), date(2023, 3, 31))
    (year,) = billing_cycles(over, Cycle.of(12, date(2024, 3, 9)), ROME)[:1]
    assert (year.first, year.after) == (date(2022, 3, 10), date(2023, 3, 10))


@given(DAYS, DAYS, st.integers(1, 24), st.integers(1, 90))
def test_cycles_follow_each_other_without_a_gap_and_cover_the_span(
    last_day: date, day: date, months: int, days: int
) -> None:
    start = micros(datetime(day.year, day.month, day.day, 7, tzinfo=UTC))
    over = Span(start, start + days * DAY)
    found = billing_cycles(over, Cycle.of(months, last_day), ROME)
    assert found[0].start <= over.start
    assert over.end <= found[-1].end
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(one.start < over.end and one.end > over.start for one in found)
    ends = {add_months(last_day, months * n) for n in range(-400, 401) if abs(months * n) < 900}
    assert {one.after - timedelta(days=1) for one in found} <= ends


def test_a_cycle_without_a_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        Cycle.of(0, date(2023, 1, 1))


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    nights = Hours(21 * 60, 6 * 60, frozenset({5, 6}))
    found = nights.within(span("2023-01-06T00:00", "2023-01-10T00:00"), ROME)
    assert list(found) == [
        span("2023-01-07T21:00", "2023-01-08T06:00"), span("2023-01-08T21:00", "2023-01-09T06:00"),
    ]  # fmt: skip
    assert nights.within(span("2023-01-09T05:00", "2023-01-09T20:00"), ROME).total == 60 * MINUTE


def test_hours_without_bounds_are_whole_days() -> None:
    sundays = Hours(weekdays=frozenset({6}))
    found = sundays.within(span("2023-03-20T00:00", "2023-04-01T00:00"), ROME)
    assert (list(found), found.total) == (
        [span("2023-03-26T00:00", "2023-03-27T00:00")], 23 * 60 * MINUTE,
    )  # fmt: skip


@given(st.integers(0, 365 * 24), st.integers(1, 200), st.integers(0, 23), st.integers(1, 24))
def test_hours_agree_with_looking_at_every_hour_of_a_zone_without_changes(
    start: int, hours: int, first: int, after: int
) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    days = frozenset({0, 3, 4})
    begin = datetime(2023, 1, 1, tzinfo=zone) + timedelta(hours=start)
    over = Span(micros(begin), micros(begin) + hours * 60 * MINUTE)
    held = set()
    for number in range(hours):
        at = begin + timedelta(hours=number)
        day, hour = at.weekday(), at.hour
        if after > first:
            inside = first <= hour < after and day in days
        else:
            inside = (hour >= first and day in days) or (hour < after and (day - 1) % 7 in days)
        if inside:
            held.add(over.start + number * 60 * MINUTE)
    found = Hours(first * 60, after * 60, days).within(over, zone)
    assert {t for s in found for t in range(s.start, s.end, 60 * MINUTE)} == held


def test_hours_that_the_clock_shows_twice_run_to_the_last_of_them() -> None:
    nights = Hours(60, 150)
    back = nights.within(span("2023-10-29T00:00", "2023-10-29T12:00"), ROME)
    forward = nights.within(span("2023-03-26T00:00", "2023-03-26T12:00"), ROME)
    assert (back.total // MINUTE, forward.total // MINUTE) == (150, 90)


@given(st.integers(0, 400), st.integers(1, 200))
def test_the_parts_of_periods_make_up_the_whole(start: int, days: int) -> None:
    first = micros(datetime(2022, 6, 1, 3, tzinfo=UTC)) + start * DAY
    spans = Spans.of([(first, first + days * DAY // 2), (first + days * DAY, first + days * DAY)])
    hull = spans.hull
    assert hull is not None
    parts = per_period(spans, calendar_periods(hull, ROME))
    assert sum(part.total for part in parts.values()) == spans.total


@given(st.integers(0, 300 * 24), st.integers(1, 240))
def test_days_filled_and_touched_agree_with_looking_at_every_hour(start: int, hours: int) -> None:
    first = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=start)
    spans = Spans.of([(micros(first), micros(first) + hours * 60 * MINUTE)])
    held: dict[date, int] = {}
    for hour in range(hours):
        day = (first + timedelta(hours=hour)).astimezone(ROME).date()
        held[day] = held.get(day, 0) + 1
    full = [
        day
        for day, count in held.items()
        if count * 60 * MINUTE == period(day, day + timedelta(days=1), ROME).length
    ]
    assert (days_touched(spans, ROME), days_filled(spans, ROME)) == (len(held), len(full))
    assert instant(spans.items[0].start) == first
