"""Instants: aware, in UTC, to the microsecond; local words only with a named zone.

Nothing in the stages reads a clock: the instant is an argument. ``now`` exists for the commands,
the faces and the worker loop, and a test keeps it out of everything else.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def micros(instant: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00Z; refuses a naive datetime with ``ValueError``."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no zone")
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    """The UTC instant of ``microseconds`` since 1970-01-01T00:00Z."""
    return EPOCH + microseconds * MICROSECOND


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; ``ValueError`` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone of the IANA list") from error


def parse_instant(text: str, default_zone: ZoneInfo | None = None) -> datetime:
    """Read ISO 8601 with an offset, or without one in ``default_zone``.

    A local time that a clock change skips does not exist, and one that it repeats is two
    instants: both are refused with ``ValueError``, to be written with an offset.
    """
    value = datetime.fromisoformat(text)
    if value.year in (MINYEAR, MAXYEAR):
        raise ValueError(f"{text!r} is at the end of the calendar, where zones run out of it")
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    if default_zone is None:
        raise ValueError(f"{text!r} has no offset and no zone is given")
    first = value.replace(tzinfo=default_zone, fold=0)
    second = value.replace(tzinfo=default_zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        there_and_back = first.astimezone(UTC).astimezone(default_zone).replace(tzinfo=None)
        kind = "twice" if there_and_back == value else "never"
        raise ValueError(f"{text!r} happens {kind} in {default_zone.key}: write it with an offset")
    return first.astimezone(UTC)


def start_of_day(day: date, local: ZoneInfo) -> datetime:
    """The first instant of the calendar day in that zone (days of 23 and 25 hours included)."""
    return datetime.combine(day, time.min, tzinfo=local).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; a day that the month lacks becomes the month's last.

    Not reversible (31 Aug and 30 Aug + 6 are both 29 Feb 2024): whoever adds keeps the old date.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days
