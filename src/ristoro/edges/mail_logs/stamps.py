"""Stamps of log lines, as ISO 8601 with an offset: RFC 3339, syslog's own, journald's.

``Nov 22 01:05:46`` has neither year nor zone, so both are stated by whoever imports. The year goes
on by one where December turns into January. An hour that the clocks repeat is two instants: the
first is taken until a stamp goes back, and then the second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_RFC3339 = re.compile(
    rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]\d{2}:[0-5]\d)"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun",
         b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1)
}  # fmt: skip
TRADITIONAL = 15
"""Octets of ``Nov 22 01:05:46``."""
_HALF_A_YEAR = timedelta(days=182)


def is_rfc3339(stamp: bytes) -> bool:
    """Whether it has the shape; the day itself is judged when it is read."""
    return _RFC3339.fullmatch(stamp) is not None


@dataclass
class Traditional:
    """Reads stamps without year and zone, in the order of their file."""

    year: int
    zone: ZoneInfo
    _last: datetime | None = field(default=None, init=False)
    _known: dict[bytes, bytes] = field(default_factory=dict, init=False)
    repeated: int = field(default=0, init=False)
    """Stamps of an hour that the clocks repeat, which the file's order alone tells apart."""

    def iso(self, stamp: bytes) -> bytes | None:
        """The instant in ISO 8601; ``None`` for what is no stamp."""
        known = self._known.get(stamp)
        if known is not None:
            return known
        month = _MONTHS.get(stamp[:3])
        try:
            if month is None or len(stamp) != TRADITIONAL:
                return None
            hour, minute, second = (int(part) for part in stamp[7:].split(b":"))
            local = datetime(self.year, month, int(stamp[4:6]), hour, minute, second)
            local = self._in_order(local)
        except ValueError:
            return None
        if len(self._known) > 100_000:
            self._known.clear()
        known = self._known[stamp] = self._instant(local).isoformat().encode()
        return known

    def _in_order(self, local: datetime) -> datetime:
        """The stamp in the year that fits the lines before it."""
        if self._last is not None:
            if self._last - local > _HALF_A_YEAR:
                self.year += 1
                self._known.clear()
                local = local.replace(year=self.year)
            elif local - self._last > _HALF_A_YEAR:
                return local.replace(year=self.year - 1)  # a late line of the year before
        return local

    def _instant(self, local: datetime) -> datetime:
        first = local.replace(tzinfo=self.zone)
        second = first.replace(fold=1)
        chosen = first
        if first.utcoffset() > second.utcoffset():  # type: ignore[operator]  # a zone has one
            self.repeated += 1
            back = self._last is not None and local < self._last
            chosen = second if back else first
        self._last = local
        return chosen.astimezone(UTC)
