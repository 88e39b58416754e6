"""Stamps of log lines as microseconds since 1970 in UTC: RFC 3339, and those of a host's own clock.

``Nov 22 01:05:46`` has neither year nor zone, and ``2026-11-22 01:05:46`` no zone, so whoever
imports states them. The year goes on by one where December turns into January. An hour that the
clocks repeat is two instants: the first is taken until the stamps go back, and the second from
there on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import micros

_RFC3339 = re.compile(
    rb"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d{1,6})?)(?:Z|[+-]\d{2}:[0-5]\d)"
)
_TRADITIONAL = re.compile(rb"([A-Z][a-z]{2}) ([ 0-3]\d) (\d{2}):([0-5]\d):([0-5]\d)")
_DATED = re.compile(rb"(\d{4})-(\d{2})-(\d{2}) (\d{2}):([0-5]\d):([0-5]\d)")
_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun",
         b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1)
}  # fmt: skip
TRADITIONAL = 15
"""Octets of ``Nov 22 01:05:46``."""
DATED = 19
"""Octets of ``2026-11-22 01:05:46``."""
SECOND = 1_000_000
_HALF_A_YEAR = timedelta(days=182)
_DISORDER = 60
"""Seconds by which lines of one log may stand out of order without the clocks having gone back."""


def is_traditional(stamp: bytes) -> bool:
    """Whether it is of the shape of ``Nov 22 01:05:46``."""
    return _TRADITIONAL.fullmatch(stamp) is not None


def is_dated(stamp: bytes) -> bool:
    """Whether it is of the shape of ``2026-11-22 01:05:46``."""
    return _DATED.fullmatch(stamp) is not None


def rfc3339(stamp: bytes) -> int | None:
    """The instant of ``2023-01-22T23:00:01.123456+01:00``; ``None`` for what is no stamp."""
    if _RFC3339.fullmatch(stamp) is None:
        return None
    try:
        return micros(datetime.fromisoformat(stamp.decode("ascii")).astimezone(UTC))
    except (ValueError, OverflowError):  # a 31 June, or outside of the calendar
        return None


@dataclass
class Traditional:
    """Reads stamps without a zone, and without a year where one is stated, in their log's order."""

    year: int | None
    zone: ZoneInfo
    repeated: int = field(default=0, init=False)
    """Stamps of an hour that the clocks repeat, which the log's order alone tells apart."""
    _hour: bytes = field(default=b"", init=False)
    _last: datetime | None = field(default=None, init=False)
    _offsets: tuple[int, int] = field(default=(0, 0), init=False)
    """Microseconds at the hour's beginning the first time, and the second, where there is one."""
    _top: int = field(default=0, init=False)
    _again: bool = field(default=False, init=False)

    def micros(self, stamp: bytes) -> int | None:
        """The instant; ``None`` for what is no stamp, as a 31 June."""
        found = _TRADITIONAL.fullmatch(stamp) or _DATED.fullmatch(stamp)
        if found is None:
            return None
        *date, minute, second = found.groups()
        if stamp[:-6] != self._hour and not self._enter(date):
            return None
        self._hour = stamp[:-6]
        seconds = int(minute) * 60 + int(second)
        first, again = self._offsets
        if first == again:
            return first + seconds * SECOND
        self.repeated += 1
        if seconds < self._top - _DISORDER:
            self._again = True
        self._top = max(self._top, seconds)
        return (again if self._again else first) + seconds * SECOND

    def _enter(self, date: Sequence[bytes]) -> bool:
        """Another hour than the line's before: ``Nov 22 01``, or the year first and in digits."""
        try:
            local = self._dated(date) if len(date) == 4 else self._in_year(date)
        except ValueError:
            return False
        if local is None:
            return False
        start = micros(local.astimezone(UTC))
        again = micros(local.replace(fold=1).astimezone(UTC))
        # In spring the fold goes the other way: an hour that is not.
        offsets = (start, max(start, again))
        if offsets != self._offsets:
            self._top, self._again = 0, False
        self._offsets, self._last = offsets, local
        return True

    def _dated(self, date: Sequence[bytes]) -> datetime:
        year, month, day, hour = map(int, date)
        return datetime(year, month, day, hour, tzinfo=self.zone)

    def _in_year(self, date: Sequence[bytes]) -> datetime | None:
        """The stamp in the year that fits the lines before it."""
        if self.year is None:
            return None
        month, day, hour = _MONTHS.get(date[0], 0), int(date[1]), int(date[2])
        local = datetime(self.year, month, day, hour, tzinfo=self.zone)
        if self._last is None:
            return local
        if self._last - local > _HALF_A_YEAR:
            self.year += 1
            return local.replace(year=self.year)
        if local - self._last > _HALF_A_YEAR:
            return local.replace(year=self.year - 1)  # a late line of the year before
        return local
