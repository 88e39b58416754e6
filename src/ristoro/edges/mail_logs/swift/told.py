"""What the compiled readers write: a row of numbers an event, in the order of its kind's shape."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ristoro.edges.mail_logs.events import SHAPES, Kind, Numbers
from ristoro.edges.mail_logs.pools import Lot
from ristoro.edges.mail_logs.swift.compiled import beyond, compiled
from ristoro.edges.mail_logs.texts import Text

SILENT = -1
"""In place of a kind: a line that is known, and tells nothing of ours."""
UNREAD = -2
"""In place of a kind: a line that is not exactly of a shape."""
ROW, HOST = 0, 1
WIDTHS = np.array([2 + len(shape.numbers) + 2 * len(shape.texts) for shape in SHAPES.values()])
"""By kind, the numbers in a row."""


def columns(kind: Kind) -> Iterator[int]:
    """Where the numbers of a kind stand in its rows, then its texts, each in two columns."""
    numbers, texts = SHAPES[kind]
    yield from range(2, 2 + len(numbers))
    yield from range(2 + len(numbers), 2 + len(numbers) + 2 * len(texts), 2)


def room(events: int) -> tuple[Numbers, Numbers]:
    """Room for so many rows of each kind, and by kind where its first is; memory is taken where
    they are written."""
    return np.empty(events * int(WIDTHS.sum()), np.int64), events * (np.cumsum(WIDTHS) - WIDTHS)


@compiled
def row_of(told: Numbers, places: Numbers, kind: int) -> Numbers:
    """The next row of a kind."""
    return beyond(told, places[kind])


@compiled
def put(event: Numbers, column: int, start: int, stop: int) -> None:
    """Write where a text lies; from nothing to ``MISSED`` is none."""
    event[column] = start
    event[column + 1] = stop - start


def lot_of(kind: Kind, rows: Numbers) -> Lot:
    """Rows of one kind, one after another, as a lot."""
    table = np.ascontiguousarray(rows.reshape(-1, WIDTHS[kind]).T)
    shape, places = SHAPES[kind], columns(kind)
    numbers = {"row": table[ROW], "host": table[HOST]}
    numbers |= {name: table[next(places)] for name in shape.numbers}
    texts = {
        name: Text(table[at], table[at + 1]) for name, at in zip(shape.texts, places, strict=True)
    }
    return Lot(numbers, texts)
