"""Working days: which days of a named calendar are neither its weekend nor a public holiday.

The holidays are those of the ``holidays`` library, whose version the requirements pin; a day that
the calendar lists in ``also`` is one more. Years before 2000 and after 2060 are not known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import bad_input, nearest
from ristoro.kernel.keys import digest_of

FIRST, LAST = date(2000, 1, 1), date(2060, 12, 31)
"""The days that calendars know."""

NAMED: Mapping[str, tuple[str, str]] = {
    "italy": ("IT", ""),
    "england": ("GB", "ENG"),
    "wales": ("GB", "WLS"),
    "scotland": ("GB", "SCT"),
    "northern-ireland": ("GB", "NIR"),
    "ireland": ("IE", ""),
    "germany": ("DE", ""),
    "france": ("FR", ""),
    "spain": ("ES", ""),
    "portugal": ("PT", ""),
    "austria": ("AT", ""),
    "switzerland": ("CH", ""),
    "netherlands": ("NL", ""),
    "belgium": ("BE", ""),
    "poland": ("PL", ""),
    "united-states": ("US", ""),
}
"""Calendars by name: the country and its part, as ISO 3166 codes."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: all but the weekend, the public holidays and the days in ``also``."""

    country: str
    subdivision: str = ""
    also: tuple[date, ...] = ()
    weekend: tuple[int, ...] = (5, 6)
    """Days of the week, from 0 for Monday."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of a calendar in order, as ordinals."""

    ordinals: tuple[int, ...]

    def upto(self, day: date) -> int:
        """How many there are to the end of a day."""
        return bisect_right(self.ordinals, day.toordinal())

    def after(self, day: date, count: int) -> date | None:
        """The working day ``count`` after a day (before it, below zero), which counts for none.

        The day itself for zero; ``None`` outside the years that calendars know.
        """
        if not FIRST <= day <= LAST:
            return None
        if count == 0:
            return day
        at = self.upto(day) + count - 1
        if count < 0:
            at = bisect_left(self.ordinals, day.toordinal()) + count
        return date.fromordinal(self.ordinals[at]) if 0 <= at < len(self.ordinals) else None

    def between(self, first: date, last: date) -> int | None:
        """Working days after ``first``, up to ``last`` and with it; below zero if that is earlier.

        ``None`` outside the years that calendars know.
        """
        if not (FIRST <= first <= LAST and FIRST <= last <= LAST):
            return None
        return self.upto(last) - self.upto(first)

    def digest(self) -> str:
        """What the calendar comes to: another library that says otherwise gives another."""
        return digest_of(list(self.ordinals))


@lru_cache(maxsize=16)
def working_days(calendar: Calendar) -> WorkingDays:
    """Every working day of a calendar."""
    closed = holidays.country_holidays(
        calendar.country,
        subdiv=calendar.subdivision or None,
        years=range(FIRST.year, LAST.year + 1),
    )
    off = {*closed.keys(), *calendar.also}
    days = (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
    return WorkingDays(
        tuple(
            day.toordinal()
            for day in days
            if day.weekday() not in calendar.weekend and day not in off
        )
    )


def read_calendar(value: Value) -> Calendar:
    """A calendar's name, or its country with what else is closed."""
    if value.entries is None:
        name = value.as_text()
        if name not in NAMED:
            close = nearest(name, list(NAMED))
            raise bad_input(
                "unknown-calendar",
                f"there is no calendar {name!r}",
                f"calendars are {', '.join(NAMED)}",
                f"write {close!r}" if close else "choose one, or write `{country: IT}`",
                value.place,
            )
        return Calendar(*NAMED[name])
    fields = value.mapping(["country"], ["subdivision", "also", "weekend"])
    country = fields["country"].as_text()
    subdivision = fields["subdivision"].as_text() if "subdivision" in fields else ""
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (subdivision and subdivision not in known[country]):
        part = fields["subdivision"] if country in known else fields["country"]
        within = known.get(country, sorted(known))
        raise bad_input(
            "unknown-calendar",
            f"no holidays are known of {part.as_text()!r}",
            f"known are {', '.join(within) or 'no parts of it'}",
            "write ISO 3166 codes in capitals, such as `{country: IT, subdivision: BZ}`",
            part.place,
        )
    weekend = fields["weekend"].list_or_one() if "weekend" in fields else ()
    named = tuple(sorted({WEEKDAYS.index(day.as_choice(WEEKDAYS)) for day in weekend}))
    if len(named) == len(WEEKDAYS):
        raise fields["weekend"].wrong("at least one day that is worked", "leave one out")
    also = fields["also"].list_or_one() if "also" in fields else ()
    return Calendar(
        country,
        subdivision,
        tuple(sorted({day.as_date() for day in also})),
        named if "weekend" in fields else (5, 6),
    )
