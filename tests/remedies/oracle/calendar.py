"""Days, months and windows of a named zone, by stepping from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


class Part(NamedTuple):
    """A part of time: its first instant, and the first after it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def micros(length: timedelta) -> int:
    """A length of time in microseconds."""
    return length // MICROSECOND


@lru_cache(maxsize=100_000)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, in UTC: the earliest whose local date is that day or later.

    Clocks have been changed at full minutes only since anybody measured mail.
    """
    at = datetime.combine(day - ONE_DAY, time(9), tzinfo=UTC)
    for step in (timedelta(hours=1), timedelta(minutes=1)):
        while (at + step).astimezone(zone).date() < day:
            at += step
    return at + timedelta(minutes=1)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day that an instant lies in."""
    return at.astimezone(zone).date()


def last_local_day(end: datetime, zone: ZoneInfo) -> date:
    """The day of the last instant before ``end``: midnight belongs to the day that it closes."""
    return local_day(end - MICROSECOND, zone)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


def month_length(day: date) -> int:
    """The days of the month that a day lies in, by looking for the first day of the next."""
    at = day.replace(day=28)
    while at.month == day.month:
        at += ONE_DAY
    return (at - ONE_DAY).day


def months_later(day: date, months: int) -> date:
    """The same day of another month; a day that the month lacks becomes its last."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    first = date(year, month, 1)
    return first.replace(day=min(day.day, month_length(first)))


def day_part(day: date, zone: ZoneInfo) -> Part:
    """A calendar day, of 23 or 25 hours where clocks change."""
    return Part(midnight(day, zone), midnight(day + ONE_DAY, zone))


def windows(name: str, whole: Part, zone: ZoneInfo, cycle: Cycle | None = None) -> list[Part]:
    """The windows of this name that the outage touches, the earliest first."""
    if name == "outage":
        return [whole]
    first, last = local_day(whole.start, zone), last_local_day(whole.end, zone)
    if name in ("calendar day", "day"):
        return [day_part(day, zone) for day in days_from(first, last)]
    months = {"calendar month": 1, "four months": 4, "calendar year": 12, "billing cycle": 1}[name]
    start = date(first.year, 1, 1)
    if name == "billing cycle" and cycle is not None:
        months, start = cycle.months, cycle.anchor
    # every boundary is so many periods from one day, so that a 31st comes back in long months
    found = []
    number = 0
    while months_later(start, number * months) > first:
        number -= 1
    while months_later(start, number * months) <= last:
        part = Part(
            midnight(months_later(start, number * months), zone),
            midnight(months_later(start, (number + 1) * months), zone),
        )
        if part.start < whole.end and part.end > whole.start:
            found.append(part)
        number += 1
    return found


class Cycle(NamedTuple):
    """A mailbox's billing: so many months at a time, one period beginning on ``anchor``."""

    months: int
    anchor: date
