"""The local days of a zone: which date an instant has, exactly, by the zone's own clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import MICROSECOND, start_of_day

FIRST, LAST = date(1970, 1, 1), date(2060, 12, 31)
"""The days, as UTC has them, whose local dates are known."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offsets:
    """How far a zone is ahead of UTC on one UTC day: until a change, and from it on."""

    day: date
    before: int
    """In microseconds."""
    changes: datetime | None
    after: int


def day_of(at: datetime, local: ZoneInfo) -> date | None:
    """The local date of an instant; ``None`` outside the days that are known."""
    if not FIRST <= at.astimezone(UTC).date() <= LAST:
        return None
    return at.astimezone(local).date()


def start_of(day: date, local: ZoneInfo) -> datetime | None:
    """The first instant of a local day; ``None`` outside the days that are known."""
    return start_of_day(day, local) if FIRST <= day <= LAST else None


@lru_cache(maxsize=8)
def offsets(local: ZoneInfo) -> tuple[Offsets, ...]:
    """The offset of every UTC day that is known; clocks change at most once on one of them."""
    found = []
    start = datetime.combine(FIRST, time(), UTC)
    before = _offset(start, local)
    for number in range((LAST - FIRST).days + 1):
        day = start + number * _DAY
        after = _offset(day + _DAY, local)
        changes = None if before == after else _change(day, day + _DAY, local)
        found.append(Offsets(day.date(), before, changes, after))
        before = after
    return tuple(found)


def _offset(at: datetime, local: ZoneInfo) -> int:
    ahead = at.astimezone(local).utcoffset()
    assert ahead is not None
    return ahead // MICROSECOND


def _change(low: datetime, high: datetime, local: ZoneInfo) -> datetime:
    """The first instant with the later offset: clocks change on a whole second."""
    before = _offset(low, local)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, local) == before:
            low = middle
        else:
            high = middle
    return high
