"""An outage as a picture: a row for each component of each brand, the windows as bars on it.

Pure, in instants and stores; how it is drawn is for the faces. What a person should look at twice
is pointed out here: gaps, overlaps, stores and components that no window speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant, micros, start_of_day
from ristoro.kernel.spans import DAY, MINUTE, Span, Spans
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.measure import DOWN
from ristoro.outages.outage import Window

HOUR = 60 * MINUTE
STRANGE_GAP = DAY
"""A pause shorter than this inside one store's outage is pointed out."""

Written = Sequence[Sequence[Window]]


class Band(NamedTuple):
    """So many stores of a bar, failing until ``end``."""

    end: int
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One written window on one row; ``number`` counts the windows of the text from 0."""

    number: int
    window: Window
    start: int
    end: int
    going: bool
    """Whether no end is declared: ``end`` is until when it is drawn."""
    bands: tuple[Band, ...]
    """The last to reopen first."""
    lane: int

    @property
    def stores(self) -> tuple[str, ...]:
        return tuple(sorted(store for band in self.bands for store in band.stores))


class Mark(NamedTuple):
    """A span that these stores share."""

    start: int
    end: int
    stores: tuple[str, ...]


class Fared(NamedTuple):
    """Stores of a row on which the component fared alike."""

    stores: tuple[str, ...]
    down: Spans
    degraded: Spans


@dataclass(frozen=True, slots=True)
class Row:
    """One component of one brand."""

    component: str
    brand: str
    stores: tuple[str, ...]
    bars: tuple[Bar, ...]
    fared: tuple[Fared, ...]
    """Every store of the row, those that fared alike together; the longest out first."""
    gaps: tuple[Mark, ...]
    overlaps: tuple[Mark, ...]

    @property
    def lanes(self) -> int:
        return max((bar.lane for bar in self.bars), default=0) + 1

    @property
    def untouched(self) -> tuple[str, ...]:
        """Stores of which no window speaks."""
        return next((one.stores for one in self.fared if not one.down and not one.degraded), ())


def rows(stores: Mapping[str, Sequence[str]], written: Written, until: int) -> tuple[Row, ...]:
    """Every component of every brand; a window still going is drawn up to ``until``."""
    by_row: dict[tuple[str, str], dict[int, list[Window]]] = {}
    for number, windows in enumerate(written):
        for window in windows:
            row = by_row.setdefault((window.component, window.brand), {})
            row.setdefault(number, []).append(window)
    return tuple(
        _row(component, brand, tuple(names), by_row.get((component, brand), {}), until)
        for brand, names in stores.items()
        for component in COMPONENTS
    )


def expanded(row: Row, written: Written, until: int) -> tuple[Row, ...]:
    """A row's groups of stores that fared alike, each as a row of its own."""
    found = []
    for group in row.fared:
        chosen = frozenset(group.stores)
        windows = {
            bar.number: [
                w
                for w in written[bar.number]
                if (w.component, w.brand) == (row.component, row.brand) and w.store in chosen
            ]
            for bar in row.bars
        }
        touching = {number: each for number, each in windows.items() if each}
        found.append(_row(row.component, row.brand, group.stores, touching, until))
    return tuple(found)


def _row(
    component: str,
    brand: str,
    stores: tuple[str, ...],
    windows: Mapping[int, Sequence[Window]],
    until: int,
) -> Row:
    of_store: dict[str, list[tuple[Window, Span]]] = {store: [] for store in stores}
    for window in (window for each in windows.values() for window in each):
        of_store.setdefault(window.store, []).append((window, drawn_span(window, until)))
    alike: dict[tuple[tuple[int, int, bool], ...], list[str]] = {}
    for store, spans in of_store.items():
        key = tuple(sorted((s.start, s.end, DOWN.fails(w)) for w, s in spans))
        alike.setdefault(key, []).append(store)
    fared, gaps, overlaps = [], [], []
    for key, names in alike.items():
        whole = Spans.of((start, end) for start, end, _ in key)
        down = Spans.of((start, end) for start, end, fails in key if fails)
        fared.append(Fared(tuple(names), down, whole - down))
        gaps += [
            Mark(a.end, b.start, tuple(names))
            for a, b in pairwise(whole)
            if b.start - a.end < STRANGE_GAP
        ]
        overlaps += [Mark(s.start, s.end, tuple(names)) for s in _twice(key)]
    fared.sort(key=lambda one: (-(one.down.total + one.degraded.total), one.stores))
    return Row(
        component, brand, stores, _bars(windows, until), tuple(fared), _joined(gaps),
        _joined(overlaps),
    )  # fmt: skip


def drawn_span(window: Window, until: int) -> Span:
    """The span of a window; one still going lasts until then, and a minute at least."""
    end = max(until, window.start + MINUTE) if window.end is None else window.end
    return Span(window.start, end)


def _twice(spans: Iterable[tuple[int, int, bool]]) -> Spans:
    """The instants that more than one of the spans holds."""
    seen, twice = Spans(), Spans()
    for start, end, _ in spans:
        one = Spans.of([(start, end)])
        twice, seen = twice | (seen & one), seen | one
    return twice


def _joined(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks of the same span as one, with all their stores."""
    stores: dict[tuple[int, int], list[str]] = {}
    for mark in marks:
        stores.setdefault((mark.start, mark.end), []).extend(mark.stores)
    return tuple(Mark(*span, tuple(names)) for span, names in sorted(stores.items()))


def _bars(windows: Mapping[int, Sequence[Window]], until: int) -> tuple[Bar, ...]:
    """The bars of a row; those that would cover each other in lanes of their own."""
    bars: list[Bar] = []
    free: list[int] = []
    order = sorted(windows.items(), key=lambda item: (item[1][0].start, item[0]))
    for number, each in order:
        ends: dict[int, list[str]] = {}
        for window in each:
            ends.setdefault(drawn_span(window, until).end, []).append(window.store)
        start, end = each[0].start, max(ends)
        lane = next((n for n, since in enumerate(free) if since <= start), len(free))
        free[lane : lane + 1] = [end]
        bands = tuple(Band(at, tuple(names)) for at, names in sorted(ends.items(), reverse=True))
        going = any(window.end is None for window in each)
        bars.append(Bar(number, each[0], start, end, going, bands, lane))
    return tuple(bars)


# What to look at twice


class Remark(NamedTuple):
    """Something that may be meant or forgotten.

    ``kind``: ``gap``, ``overlap``, ``stores`` (none of these is in a window of the row, others
    are), ``row`` (no window of this brand's component, others fail), ``hour`` (so many reports of
    faults in an hour in which nothing is declared).
    """

    kind: str
    component: str = ""
    brand: str = ""
    stores: tuple[str, ...] = ()
    span: Span = Span(0, 0)
    reports: int = 0


def remarks(found: Sequence[Row]) -> tuple[Remark, ...]:
    """What the rows leave open, row by row."""
    touched = {row.brand for row in found if row.bars}
    said: list[Remark] = []
    for row in found:
        of = (row.component, row.brand)
        if not row.bars:
            said += [Remark("row", *of)] if row.brand in touched else []
            continue
        if row.untouched:
            said.append(Remark("stores", *of, row.untouched))
        said += [Remark("gap", *of, m.stores, Span(m.start, m.end)) for m in row.gaps]
        said += [Remark("overlap", *of, m.stores, Span(m.start, m.end)) for m in row.overlaps]
    return tuple(said)


LEAST_REPORTS = 3


def undeclared(hours: Sequence[tuple[int, int]], found: Sequence[Row]) -> tuple[Remark, ...]:
    """Stretches of hours with at least three reports each, and a tenth of the most, that no
    window touches."""
    declared = Spans.of((bar.start, bar.end) for row in found for bar in row.bars)
    least = max(LEAST_REPORTS, max((count for _, count in hours), default=0) // 10)
    counts = {
        start: count
        for start, count in hours
        if count >= least and not declared.clip(start, start + HOUR)
    }
    together = Spans.of((start, start + HOUR) for start in counts)
    return tuple(
        Remark(
            "hour",
            span=span,
            reports=sum(counts[at] for at in counts if span.start <= at < span.end),
        )
        for span in together
    )


# The axis


class Tick(NamedTuple):
    """A line across the picture; ``day`` where a local day begins there."""

    at: int
    day: date | None


_STEPS = (HOUR // 12, HOUR // 4, HOUR, 3 * HOUR, 6 * HOUR)


def ticks(start: int, end: int, zone: ZoneInfo, most: int = 24) -> tuple[Tick, ...]:
    """Local midnights, and hours between them where there is room; days and not hours where not.

    Days that are too many are thinned to every second, seventh or thirtieth.
    """
    days = []
    day = instant(start).astimezone(zone).date()
    while (at := micros(start_of_day(day, zone))) < end:
        if at >= start:
            days.append(Tick(at, day))
        day += timedelta(days=1)
    for every in (1, 2, 7, 30, 365):
        if len(days) <= most * every:
            days = days[::every]
            break
    step = next((step for step in _STEPS if (end - start) // step + len(days) <= most), None)
    if step is None:
        return tuple(days)
    midnights = {tick.at for tick in days}
    hours = _hours(start, end, step, zone)
    return tuple(sorted([*days, *(Tick(at, None) for at in hours if at not in midnights)]))


def _hours(start: int, end: int, step: int, zone: ZoneInfo) -> Iterable[int]:
    """Instants whose local time of day is a multiple of the step."""
    day = instant(start).astimezone(zone).date()
    while (midnight := micros(start_of_day(day, zone))) < end:
        following = micros(start_of_day(day + timedelta(days=1), zone))
        yield from (at for at in range(midnight, following, step) if start <= at < end)
        day += timedelta(days=1)


def view(written: Written, until: int) -> Span:
    """What to show of an outage: all of it with a little before and after; of nothing, a day."""
    spans = [drawn_span(window, until) for each in written for window in each]
    if not spans:
        return Span(_hour(until - DAY), _hour(until + HOUR) + HOUR)
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    margin = max((end - start) // 20, HOUR // 2)
    return Span(_hour(start - margin), _hour(end + margin) + HOUR)


def _hour(at: int) -> int:
    return at // HOUR * HOUR
