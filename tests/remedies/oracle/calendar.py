"""Days, months and windows of a named zone, by stepping from one to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays

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


class Cycle(NamedTuple):
    """A mailbox's billing: so many months at a time, one period of which ends with a day."""

    months: int
    last_day: date


def windows(name: str, whole: Part, zone: ZoneInfo, cycle: Cycle | None = None) -> list[Part]:
    """The windows of this name that the outage touches, the earliest first."""
    if name == "outage":
        return [whole]
    first, last = local_day(whole.start, zone), last_local_day(whole.end, zone)
    if name == "calendar day":
        return [day_part(day, zone) for day in days_from(first, last)]
    # every last day is so many periods from one, so that a 31st comes back in long months
    months = {"four months": 4, "calendar year": 12}.get(name, 1)
    ends = date(first.year, 12, 31)
    if name == "billing cycle" and cycle is not None:
        months, ends = cycle
    number = 0
    while months_later(ends, number * months) >= first:
        number -= 1
    found = []
    while months_later(ends, number * months) < last:
        begins = months_later(ends, number * months) + ONE_DAY
        number += 1
        ended = months_later(ends, number * months) + ONE_DAY
        found.append(Part(midnight(begins, zone), midnight(ended, zone)))
    return [part for part in found if part.start < whole.end and part.end > whole.start]


WORKED_FROM, WORKED_TO = date(2000, 1, 1), date(2060, 12, 31)
"""The days that calendars know."""

CALENDARS = {
    "italy": ("IT", None), "england": ("GB", "ENG"), "scotland": ("GB", "SCT"),
    "germany": ("DE", None), "france": ("FR", None), "spain": ("ES", None),
    "united-states": ("US", None),
}  # fmt: skip


class Worked(NamedTuple):
    """Which days are worked."""

    holidays: Collection[date]
    weekend: Collection[str]

    def works(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] not in self.weekend and day not in self.holidays

    def later(self, day: date, count: int) -> date | None:
        """So many working days after a day, or before it, a day at a time."""
        if not WORKED_FROM <= day <= WORKED_TO:
            return None
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.works(day) and WORKED_FROM <= day <= WORKED_TO:
                day += step
        return day if WORKED_FROM <= day <= WORKED_TO else None

    def between(self, first: date, last: date) -> int | None:
        """The working days after one day, up to another and with it; below zero backwards."""
        if not (min(first, last) >= WORKED_FROM and max(first, last) <= WORKED_TO):
            return None
        earlier, later = sorted((first, last))
        count = sum(self.works(day) for day in days_from(earlier + ONE_DAY, later))
        return count if first <= last else -count


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@lru_cache(maxsize=64)
def public_holidays(country: str, part: str | None) -> frozenset[date]:
    years = range(WORKED_FROM.year, WORKED_TO.year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part, years=years))


def worked(told: Any) -> Worked:
    """A policy's calendar: a name, or a country with what else is closed."""
    if isinstance(told, str):
        return Worked(public_holidays(*CALENDARS[told]), ("saturday", "sunday"))
    also = {date.fromisoformat(day) for day in told.get("also", [])}
    closed = public_holidays(told["country"], told.get("subdivision")) | also
    return Worked(closed, told.get("weekend", ("saturday", "sunday")))
