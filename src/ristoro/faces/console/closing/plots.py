"""Plots of the report, drawn in whole units of a grid of their own; pages and papers paint them.

What a plot shows stands in the table that goes with it, for whoever does not see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 28
"""The margins in which the axes' words stand."""

ROW = 26
LABELS = 310
MOST_TICKS = 8
WIDEST = 84
"""No column is wider, however few there are."""

LONGEST_LABEL = 46


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; ``series`` is the number of its colour."""

    x: int
    y: int
    width: int
    height: int
    series: int


@dataclass(frozen=True, slots=True)
class Word:
    """Some words; ``anchor`` is ``start``, ``middle`` or ``end``, as SVG has it."""

    x: int
    y: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """A thin line across, from ``x`` to ``to``."""

    x: int
    to: int
    y: int


@dataclass(frozen=True, slots=True)
class Legend:
    """What a colour means."""

    series: int
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of ``WIDTH`` by ``height``."""

    height: int
    bars: tuple[Bar, ...]
    words: tuple[Word, ...]
    lines: tuple[Line, ...]
    legend: tuple[Legend, ...]

    @property
    def width(self) -> int:
        return WIDTH


@dataclass(frozen=True, slots=True)
class Stack:
    """What stands at one place on the axis: a label, and a height for each series."""

    label: str
    heights: tuple[int, ...]


def stacks(
    columns: Sequence[Stack], series: Sequence[str], number: Mapping[int, str] | None = None
) -> Plot:
    """Columns from left to right, the series one on the other; ``number`` spells the axis."""
    spelled = number or {}
    top = _round_up(max((sum(one.heights) for one in columns), default=0))
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    count = max(len(columns), 1)
    bars, words = [], []
    every = -(-count // MOST_TICKS)
    for at, one in enumerate(columns):
        x, end = LEFT + across * at // count, LEFT + across * (at + 1) // count
        gap = max(min((end - x) // 5, 6), (end - x - WIDEST) // 2, 0 if end - x < 3 else 1)
        floor = HEIGHT - BOTTOM
        for number_of, height in enumerate(one.heights):
            tall = up * height // top if top else 0
            tall = max(tall, 1) if height else 0
            if tall:
                floor -= tall
                bars.append(Bar(x + gap, floor, max(end - x - 2 * gap, 1), tall, number_of))
        if at % every == 0:
            words.append(Word((x + end) // 2, HEIGHT - 8, one.label, "middle"))
    lines = []
    for quarter in (0, 2, 4):
        y = HEIGHT - BOTTOM - up * quarter // 4
        value = top * quarter // 4
        lines.append(Line(LEFT, WIDTH - RIGHT, y))
        words.append(Word(LEFT - 8, y + 4, spelled.get(value, str(value)), "end"))
    legend = tuple(Legend(at, text) for at, text in enumerate(series))
    return Plot(HEIGHT, tuple(bars), tuple(words), tuple(lines), legend if len(legend) > 1 else ())


def axis(columns: Sequence[Stack]) -> tuple[int, ...]:
    """The values that stand beside the axis, to be spelled."""
    top = _round_up(max((sum(one.heights) for one in columns), default=0))
    return tuple(top * quarter // 4 for quarter in (0, 2, 4))


def ranks(rows: Sequence[tuple[str, int, str]]) -> Plot:
    """Rows one below the other: a label, a length, and the length in words at the bar's end."""
    top = max((value for _, value, _ in rows), default=0)
    across = WIDTH - LABELS - 110
    bars, words = [], []
    for at, (label, value, spelled) in enumerate(rows):
        y = TOP + ROW * at
        wide = across * value // top if top else 0
        wide = max(wide, 1) if value else 0
        words.append(Word(LABELS - 10, y + 15, _short(label), "end"))
        if wide:
            bars.append(Bar(LABELS, y + 3, wide, ROW - 8, 0))
        words.append(Word(LABELS + wide + 8, y + 15, spelled, "start"))
    return Plot(2 * TOP + ROW * len(rows), tuple(bars), tuple(words), (), ())


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


def _round_up(value: int) -> int:
    """The least of 4, 8, 12, 16, 20 … 40, 80 … not below the value: its quarters are whole."""
    step = 1
    while True:
        for many in (4, 8, 12, 16, 20, 24, 32, 40):
            if value <= many * step:
                return many * step
        step *= 10
