"""On which day banks execute: days of TARGET, on which the euro's settlement system is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Rome")
"""Banks' days are those of their own country."""


def is_working(day: date) -> bool:
    """Whether the settlement system is open: no weekend, and none of its six closing days."""
    return day.weekday() < 5 and day not in _closed(day.year)


def next_working(day: date) -> date:
    """The first working day after ``day``."""
    following = day + timedelta(days=1)
    while not is_working(following):
        following += timedelta(days=1)
    return following


def execution_day(at: datetime, planned: date | None = None) -> date:
    """The day asked for: ``planned``, or the next working day where that is past or none.

    A planned day on which nothing is settled becomes the next on which something is.
    Files are given to banks before a cut-off of the bank's own; the next day is safe for all.
    """
    earliest = next_working(at.astimezone(ZONE).date())
    if planned is None or planned < earliest:
        return earliest
    return planned if is_working(planned) else next_working(planned)


@lru_cache(maxsize=8)
def _closed(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))
