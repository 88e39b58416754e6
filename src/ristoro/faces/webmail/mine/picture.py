"""The outage of one mailbox as a picture: a bar for each component, time from left to right.

Only whole units of the picture's own grid, so that the same exposure is always the same picture.
What it shows is said in words beside it, for whoever does not see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ristoro.faces.components import COMPONENTS, STATES
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.mine import days
from ristoro.fulfilment.held import Exposure

WIDTH = 360
ROW = 30
BAR = 12
TOP = 22
MOST_TICKS = 8


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
    """One component: its name above its bars, and how long it did not work in all."""

    top: int
    name: Lazy
    bars: tuple[Bar, ...]
    lasting: str

    @property
    def words(self) -> int:
        """Where its name stands."""
        return self.top - 4


@dataclass(frozen=True, slots=True)
class Tick:
    """The start of a day."""

    left: int
    day: date


@dataclass(frozen=True, slots=True)
class Picture:
    """A grid of ``WIDTH`` by ``height``."""

    height: int
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


def of(exposure: Exposure) -> Picture:
    """The picture of an exposure, what kept working included."""
    whole = max((exposure.end - exposure.start) // timedelta(microseconds=1), 1)

    def left(at: datetime) -> int:
        return (at - exposure.start) // timedelta(microseconds=1) * WIDTH // whole

    rows = []
    for number, failed in enumerate(exposure.failed):
        bars = tuple(
            Bar(
                left=left(stretch.start),
                width=max(left(stretch.end) - left(stretch.start), 2),
                down=stretch.condition == "down",
                state=STATES[stretch.condition],
                start=stretch.start,
                end=stretch.end,
            )
            for stretch in failed.stretches
        )
        lasting = days.lasting(failed.lasting) if bars else ""
        top = TOP + number * ROW + ROW // 2
        rows.append(Row(top, COMPONENTS[failed.component], bars, lasting))
    return Picture(TOP + len(rows) * ROW + 4, tuple(_ticks(exposure, left)), tuple(rows))


def _ticks(exposure: Exposure, left: Callable[[datetime], int]) -> list[Tick]:
    first, last = exposure.start.date(), exposure.end.date()
    days = (last - first).days + 1
    step = -(-days // MOST_TICKS)
    found = []
    for number in range(0, days, step):
        day = first + timedelta(days=number)
        at = datetime.combine(day, datetime.min.time(), exposure.start.tzinfo)
        if exposure.start <= at < exposure.end:
            found.append(Tick(left(at), day))
    return found
