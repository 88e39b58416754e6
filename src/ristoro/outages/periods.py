"""The windows that rules count in: calendar days, months and billing cycles, in a named zone.

A period knows its own length, so a month of 28 days or with a clock change in it has the minutes
that it has. Microseconds and half-open, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import add_months, instant, micros, start_of_day
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


def billing_cycles(over: Span, anchor: date, months: int, local: ZoneInfo) -> tuple[Period, ...]:
    """The billing cycles that touch a span, for a plan of which one cycle starts on ``anchor``.

    Every boundary is counted from that one day in whole cycles, never from the boundary before,
    so a day that short months lack comes back in long ones.
    """
    if months < 1:
        raise ValueError(f"a billing cycle of {months} months has no length")
    day = instant(over.start).astimezone(local).date()
    cycle = ((day.year - anchor.year) * 12 + day.month - anchor.month) // months - 1
    return tuple(_touching(over, anchor, months, local, cycle))


def per_period(spans: Spans, periods: Iterable[Period]) -> dict[Period, Spans]:
    """The part of the set in each period, periods that hold none of it included."""
    return {one: spans.clip(one.start, one.end) for one in periods}


def days_touched(spans: Spans, local: ZoneInfo) -> int:
    """Calendar days of a zone that hold any of the set."""
    return len(spans.by_day(local))


def days_filled(spans: Spans, local: ZoneInfo) -> int:
    """Calendar days of a zone that the set holds from midnight to midnight."""
    filled = 0
    for day, part in spans.by_day(local).items():
        filled += part.total == period(day, date.fromordinal(day.toordinal() + 1), local).length
    return filled


def _touching(
    over: Span, anchor: date, months: int, local: ZoneInfo, cycle: int = 0
) -> Iterator[Period]:
    while over.start < over.end:
        one = period(
            add_months(anchor, cycle * months), add_months(anchor, (cycle + 1) * months), local
        )
        if one.start >= over.end:
            return
        if one.end > over.start:
            yield one
        cycle += 1
