"""Plots of the report, each with what it shows in a sentence, and the same in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ristoro.faces.console.closing import plots
from ristoro.faces.console.closing.plots import Plot, Stack
from ristoro.faces.said import lang, number
from ristoro.fulfilment import course as courses
from ristoro.fulfilment.course import Step

MONTHS = {
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Words in rows below a head; the columns from ``figures`` on are numbers, to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, what it shows in a sentence, and the same in figures."""

    title: str
    description: str
    plot: Plot
    table: Table


def drawn(*figures: Figure | None) -> tuple[Figure, ...]:
    return tuple(one for one in figures if one is not None)


def steps_over_time(
    title: str, steps: Sequence[Step], by_hour: bool, series: dict[str, str]
) -> Figure | None:
    """Columns over time; ``None`` where nothing happened."""
    if not steps:
        return None
    codes = [code for code in series if any(step.counts.get(code) for step in steps)]
    columns = [
        Stack(_when(step.start, by_hour), tuple(step.counts.get(code, 0) for code in codes))
        for step in courses.filled(steps, by_hour)
    ]
    spelled = {value: number(value) for value in plots.axis(columns)}
    rows = tuple(
        (
            _when(step.start, by_hour, full=True),
            *(number(step.counts.get(code, 0)) for code in codes),
        )
        for step in steps
    )
    whole = [
        f"{series[code]}: {number(sum(step.counts.get(code, 0) for step in steps))}"
        for code in codes
    ]
    head = (_("Hour from") if by_hour else _("Day"), *(series[code] for code in codes))
    return Figure(
        title,
        "; ".join(whole),
        plots.stacks(columns, [series[code] for code in codes], spelled),
        Table(_in_figures(title), head, rows),
    )


def ranked(title: str, rows: Sequence[tuple[str, int]], name: str) -> Figure | None:
    if not any(count for _label, count in rows):
        return None
    spelled = tuple((label, number(count)) for label, count in rows)
    return Figure(
        title,
        "; ".join(f"{label}: {count}" for label, count in spelled),
        plots.ranks([(label, count, number(count)) for label, count in rows]),
        Table(_in_figures(title), (name, _("How many")), spelled),
    )


def _in_figures(title: str) -> str:
    return _("%(title)s, in figures") % {"title": title}


def _when(start: datetime, by_hour: bool, full: bool = False) -> str:
    day = f"{start.day} {MONTHS[lang()].split()[start.month - 1]}"
    if full:
        day = f"{day} {start.year}"
    return f"{day}, {start:%H:%M}" if by_hour else day
