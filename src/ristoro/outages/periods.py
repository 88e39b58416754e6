"""The windows that rules count in: calendar days, months and billing cycles, in a named zone.

A period knows its own length, so a month of 28 days or with a clock change in it has the minutes
that it has. Microseconds and half-open, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import add_months, days_in_month, instant, micros, start_of_day
from ristoro.kernel.spans import Span, Spans


class Period(NamedTuple):
    """From the first instant of the day ``first`` to the first instant of the day ``after``."""

    first: date
    after: date
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def days(self) -> int:
        """Calendar days in it."""
        return (self.after - self.first).days


def period(first: date, after: date, local: ZoneInfo) -> Period:
    """The period of these days in a zone."""
    start, end = micros(start_of_day(first, local)), micros(start_of_day(after, local))
    return Period(first, after, start, end)


def calendar_periods(over: Span, local: ZoneInfo, months: int = 1) -> tuple[Period, ...]:
    """The calendar periods of ``months`` months that touch a span, aligned to 1 January.

    ``months`` divides 12: 1 is the month, 4 is January to April and so on, 12 is the year;
    ``ValueError`` otherwise.
    """
    if months < 1 or 12 % months:
        raise ValueError(f"periods of {months} months do not fit a year")
    day = instant(over.start).astimezone(local).date()
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return tuple(_touching(over, first, months, local))


class Cycle(NamedTuple):
    """When a plan is billed: all that its days of payment have in common, in any year."""

    months: int
    """Months from one last day of a cycle to the next."""
    phase: int
    """The months from January of year 0 to such a month, less whole cycles."""
    day: int
    """The day of the month that a cycle ends with; the last one of a month that lacks it."""

    @classmethod
    def of(cls, months: int, last_day: date) -> Cycle:
        """The cycles of a plan, of which one ends with ``last_day``."""
        if months < 1:
            raise ValueError(f"a billing cycle of {months} months has no length")
        return cls(months, (last_day.year * 12 + last_day.month - 1) % months, last_day.day)

    def last_day(self, month: int) -> date:
        """The last day of a cycle in a month, counted from January of year 0."""
        year, index = divmod(month, 12)
        return date(year, index + 1, min(self.day, days_in_month(year, index + 1)))


def billing_cycles(over: Span, cycle: Cycle, local: ZoneInfo) -> tuple[Period, ...]:
    """The billing cycles that touch a span.

    A cycle begins on the day after the last day of the one before it. Last days are counted from
    the plan's own day of the month, never from the cycle before, so a day that short months lack
    comes back in long ones.
    """
    day = instant(over.start).astimezone(local).date()
    month = day.year * 12 + day.month - 1
    month -= (month - cycle.phase) % cycle.months + cycle.months
    found: list[Period] = []
    while over.start < over.end:
        before, last = cycle.last_day(month), cycle.last_day(month + cycle.months)
        one = period(before + timedelta(days=1), last + timedelta(days=1), local)
        if one.start >= over.end:
            break
        if one.end > over.start:
            found.append(one)
        month += cycle.months
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of some days, by the clock on the wall: when planned work is allowed."""

    first: int = 0
    """Minutes after midnight."""
    after: int = 24 * 60
    """Minutes after midnight; where it is not later than ``first``, of the following day."""
    weekdays: frozenset[int] = frozenset(range(7))
    """Monday is 0. Hours over midnight belong to the day on which they begin."""

    def within(self, over: Span, local: ZoneInfo) -> Spans:
        """These hours inside a span.

        Where the clock is put back they run from the first time that it shows their beginning to
        the last time that it shows their end; a time that it skips is as much later.
        """
        day = instant(over.start).astimezone(local).date() - timedelta(days=1)
        found: list[Span] = []
        while micros(start_of_day(day, local)) < over.end:
            if day.weekday() in self.weekdays:
                over_midnight = self.after <= self.first
                last = day + timedelta(days=1) if over_midnight else day
                end = max(_shown(last, self.after, local, fold) for fold in (0, 1))
                found.append(Span(_shown(day, self.first, local, 0), end))
            day += timedelta(days=1)
        return Spans.of(found).clip(*over)


def _shown(day: date, minutes: int, local: ZoneInfo, fold: int) -> int:
    """The instant when a clock on the wall shows so many minutes after a day's midnight."""
    days, minutes = divmod(minutes, 24 * 60)
    at = time(*divmod(minutes, 60), tzinfo=local, fold=fold)
    return micros(datetime.combine(day + timedelta(days=days), at))


def per_period(spans: Spans, periods: Iterable[Period]) -> dict[Period, Spans]:
    """The part of the set in each period, periods that hold none of it included."""
    return {one: spans.clip(one.start, one.end) for one in periods}


def first_of_each(spans: Spans, length: int, months: int, local: ZoneInfo) -> Spans:
    """The earliest part of the set in each calendar period of ``months`` that holds any of it."""
    hull = spans.hull
    if hull is None:
        return spans
    periods = calendar_periods(hull, local, months)
    parts = (spans.clip(one.start, one.end).first(length) for one in periods)
    return Spans.of(span for part in parts for span in part)


def days_touched(spans: Spans, local: ZoneInfo) -> int:
    """Calendar days of a zone that hold any of the set."""
    return len(spans.by_day(local))


def days_filled(spans: Spans, local: ZoneInfo) -> int:
    """Calendar days of a zone that the set holds from midnight to midnight."""
    filled = 0
    for day, part in spans.by_day(local).items():
        filled += part.total == period(day, date.fromordinal(day.toordinal() + 1), local).length
    return filled


def _touching(over: Span, anchor: date, months: int, local: ZoneInfo) -> Iterator[Period]:
    cycle = 0
    while over.start < over.end:
        one = period(
            add_months(anchor, cycle * months), add_months(anchor, (cycle + 1) * months), local
        )
        if one.start >= over.end:
            return
        if one.end > over.start:
            yield one
        cycle += 1
