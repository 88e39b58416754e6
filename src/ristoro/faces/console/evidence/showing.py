"""What the pages of evidence show: an outage's rows as a picture, and tables of what disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ristoro.claims.evidence.comparing import Comparison, Disagreement
from ristoro.claims.evidence.gaps import Gaps, Seen, Stores
from ristoro.faces.components import COMPONENTS
from ristoro.faces.console.outages.drawing import Line, Plot
from ristoro.faces.said import Lazy
from ristoro.kernel.clock import instant
from ristoro.kernel.spans import Span, Spans
from ristoro.outages import columns
from ristoro.outages.outage import Outage
from ristoro.outages.timeline import ranges

HOUR = 3_600_000_000
HEIGHT = 40
"""Pixels of a row; windows are drawn in its upper part, what the logs tell in the lower."""
UPPER = 16
MOST = 100
"""Lines of a table."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A piece of a row."""

    kind: str
    x: str
    width: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Row:
    """A component of a brand."""

    name: Lazy
    brand: str
    rects: tuple[Rect, ...]
    faults: int
    goods: int
    heard: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Declared windows above, what the logs tell below, on one line of time."""

    lines: tuple[Line, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Flawed:
    """One flaw of what was published, to be read."""

    flaw: str
    start: datetime
    end: datetime
    stores: str
    before: str
    after: str
    told: tuple[tuple[str, int], ...]
    covered: bool
    partly: bool


@dataclass(frozen=True, slots=True)
class Differing:
    """One line of the table of disagreements."""

    one: Disagreement
    name: Lazy
    first: datetime
    last: datetime
    samples: tuple[tuple[str, int, datetime, str, int, str], ...]


def picture(outage: Outage, made: Comparison | None, held: Gaps, until: int) -> Picture:
    """Every row that is declared or of which the logs tell."""
    end = until if outage.end is None else outage.end
    span = Span(outage.start - 12 * HOUR, end + 12 * HOUR)
    plot = Plot(span, outage.zone)
    hours = {(one.component, one.brand): one for one in made.hours} if made else {}
    most = max((n for one in hours.values() for n in (*one.faults.values(), *one.goods.values())),
               default=1)  # fmt: skip
    rows = []
    for brand in outage.brands:
        for component in columns.COMPONENTS:
            told = hours.get((component, brand))
            declared = list(_declared(outage, component, brand, until, plot))
            if not declared and told is None:
                continue
            rects = list(declared)
            if component == columns.INBOUND:
                rects += [_rect(plot, "hole", *gap.span, 0, UPPER) for gap in held.gaps
                          if any(of == brand for of, _ in gap.stores)]  # fmt: skip
            if told is not None:
                rects += _columns(plot, "good", told.goods, most)
                rects += _columns(plot, "fault", told.faults, most)
            rows.append(
                Row(
                    name=COMPONENTS[component],
                    brand=brand,
                    rects=tuple(rects),
                    faults=sum(told.faults.values()) if told else 0,
                    goods=sum(told.goods.values()) if told else 0,
                    heard=told is not None,
                )
            )
    return Picture(plot.lines(), tuple(rows))


def _declared(outage: Outage, component: str, brand: str, until: int, plot: Plot) -> Iterable[Rect]:
    for condition in ("degraded", "down"):
        spans = Spans.of(
            (one.start, until if one.end is None else one.end)
            for one in outage.windows
            if (one.component, one.brand, one.condition) == (component, brand, condition)
        )
        yield from (_rect(plot, condition, *one, 0, UPPER) for one in spans)


def _columns(plot: Plot, kind: str, counts: Mapping[int, int], most: int) -> Iterable[Rect]:
    """An hour a column, from the row's foot."""
    room = HEIGHT - UPPER - 2
    for hour, number in sorted(counts.items()):
        if plot.shows(hour * HOUR, (hour + 1) * HOUR):
            tall = max(2, number * room // most)
            yield _rect(plot, kind, hour * HOUR, (hour + 1) * HOUR, HEIGHT - tall, tall)


def _rect(plot: Plot, kind: str, start: int, end: int, y: int, height: int) -> Rect:
    x, width = plot.place(start, end)
    return Rect(kind, x, width, y, height)


def flawed(held: Gaps, zone: tzinfo) -> tuple[Flawed, ...]:
    """What was not said, or said twice."""
    return tuple(
        Flawed(
            flaw=one.flaw.value,
            start=_local(one.span.start, zone),
            end=_local(one.span.end, zone),
            stores=stores_of(one.stores),
            before=one.before,
            after=one.after,
            told=_told(one.seen),
            covered=bool(one.seen.covered),
            partly=bool(one.seen.covered) and list(one.seen.covered) != [one.span],
        )
        for one in held.gaps
    )


def _told(seen: Seen) -> tuple[tuple[str, int], ...]:
    return tuple((came.value, number) for came, number in sorted(seen.came.items()))


def stores_of(stores: Stores) -> str:
    """``libero: lib-01..lib-48``."""
    brands: dict[str, list[str]] = {}
    for brand, store in stores:
        brands.setdefault(brand, []).append(store)
    return "; ".join(f"{brand}: {ranges(names)}" for brand, names in brands.items())


def differing(made: Comparison, kind: str, zone: tzinfo) -> tuple[Sequence[Differing], int]:
    """The disagreements of a kind, the largest first, and how many are not shown."""
    every = sorted((one for one in made.disagreements if one.kind == kind), key=lambda d: -d.facts)
    shown = [
        Differing(
            one,
            name_of(one.component),
            _local(one.first, zone),
            _local(one.last, zone),
            tuple(
                (s.what, s.mailbox_id, _local(s.at, zone), s.where.file, s.where.line,
                 s.where.sha256) for s in one.samples
            ),
        )
        for one in every[:MOST]
    ]  # fmt: skip
    return shown, len(every) - len(shown)


def name_of(component: str) -> Lazy:
    """What a component is called."""
    return COMPONENTS.get(component, component)


def _local(at: int, zone: tzinfo) -> datetime:
    return instant(at).astimezone(zone)
