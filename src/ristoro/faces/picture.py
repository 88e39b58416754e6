"""The outage of one mailbox as a picture: a bar for each component, time from left to right.

Only whole units of the picture's own grid, so that the same exposure is always the same picture.
What it shows is said in words beside it, for whoever does not see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ristoro.faces import days
from ristoro.faces.components import COMPONENTS, STATES
from ristoro.faces.said import Lazy
from ristoro.fulfilment.held import Exposure

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """Some time in which a component did not work; ``left`` and ``width`` in the grid."""

    left: int
    width: int
    down: bool
    state: Lazy
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One component, its bars, and how long it did not work in all; empty where it did."""

    name: Lazy
    bars: tuple[Bar, ...]
    lasting: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of ``WIDTH``, from the first day to the last; ``ticks`` is where days begin."""

    first: date
    last: date
    ticks: tuple[int, ...]
    rows: tuple[Row, ...]


def of(exposure: Exposure) -> Picture:
    """The picture of an exposure, what kept working included."""
    whole = max((exposure.end - exposure.start) // timedelta(microseconds=1), 1)

    def left(at: datetime) -> int:
        return (at - exposure.start) // timedelta(microseconds=1) * WIDTH // whole

    rows = []
    for failed in exposure.failed:
        bars = tuple(
            Bar(
                left=left(stretch.start),
                width=max(left(stretch.end) - left(stretch.start), 4),
                down=stretch.condition == "down",
                state=STATES[stretch.condition],
                start=stretch.start,
                end=stretch.end,
            )
            for stretch in failed.stretches
        )
        lasting = days.lasting(failed.lasting) if bars else ""
        rows.append(Row(COMPONENTS[failed.component], bars, lasting))
    last = exposure.end - timedelta(microseconds=1)
    return Picture(exposure.start.date(), last.date(), tuple(_ticks(exposure, left)), tuple(rows))


def _ticks(exposure: Exposure, left: Callable[[datetime], int]) -> list[int]:
    first, last = exposure.start.date(), exposure.end.date()
    found = []
    for number in range(1, (last - first).days + 1):
        day = first + timedelta(days=number)
        at = datetime.combine(day, datetime.min.time(), exposure.start.tzinfo)
        if exposure.start < at < exposure.end:
            found.append(left(at))
    return found
