"""The picture as a page draws it: every place on it in percent and pixels, in whole thousandths.

A row is one SVG as wide as the page leaves room, so that words stay as they are at any width, and
a bar is an SVG in it: whoever moves a bar changes two numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.console.outages import when
from ristoro.faces.said import Lazy, lang
from ristoro.kernel.spans import Span
from ristoro.outages.difference import RowChange
from ristoro.outages.drafts.acts import named_stores
from ristoro.outages.outage import Window
from ristoro.outages.picture import Bar, Mark, Row, ticks
from ristoro.outages.timeline import ranges

LANE, BETWEEN, GHOST, STRIP = 22, 4, 10, 40
MANY_STORES = 3


@dataclass(frozen=True, slots=True)
class Rect:
    """Somewhere on an SVG."""

    kind: str
    x: str
    width: str
    y: int
    height: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A window on a row, with its steps as rectangles of its own width."""

    number: int
    kind: str
    x: str
    width: str
    y: int
    start: int
    end: int
    going: bool
    bands: tuple[Rect, ...]
    words: str
    title: str
    faulty: bool
    chosen: bool
    first: bool
    """Whether no row above has a bar of the same window."""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A component of a brand, or some stores of it."""

    key: str
    component: str
    brand: str
    name: str
    stores: str
    """As they are written; empty for all of the brand."""
    count: int
    height: int
    bars: tuple[DrawnBar, ...]
    ghosts: tuple[Rect, ...]
    marks: tuple[Rect, ...]
    expandable: bool
    is_open: bool
    inner: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line down the picture, with its words: two for a day."""

    x: str
    kind: str
    upper: str
    lower: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What stretch of time the picture shows, and in which zone it is told."""

    span: Span
    zone: ZoneInfo
    in_utc: bool = False

    @property
    def told(self) -> tzinfo:
        return UTC if self.in_utc else self.zone

    def x(self, at: int) -> str:
        """The place of an instant."""
        return percent((at - self.span.start) * 100_000 // self.span.length)

    def shown(self, start: int, end: int) -> Span:
        """What of a span is drawn: a tenth beyond either side, and no more."""
        beyond = self.span.length // 10
        return Span(max(start, self.span.start - beyond), min(end, self.span.end + beyond))

    def place(self, start: int, end: int) -> tuple[str, str]:
        """Where a span begins, and how wide it is; never too narrow to be seen."""
        span, whole = self.shown(start, end), self.span.length
        return self.x(span.start), percent(max(150, span.length * 100_000 // whole))

    def shows(self, start: int, end: int) -> bool:
        """Whether any of a span is drawn."""
        return self.shown(start, end).length > 0

    def lines(self) -> tuple[Line, ...]:
        """Days and hours, in the zone that is told."""
        zone = ZoneInfo("UTC") if self.in_utc else self.zone
        found = ticks(self.span.start, self.span.end, zone)
        days = sum(tick.day is not None for tick in found)
        drawn: list[Line] = []
        nth = 0
        for tick in found:
            if tick.day is None:
                clock = f"{when.local(tick.at, zone):%H:%M}"
                drawn.append(Line(self.x(tick.at), "hour", "", clock))
            else:
                upper, lower = when.tick_day(tick.day)
                thin = " odd" if days > 6 and nth % 2 else ""
                drawn.append(Line(self.x(tick.at), f"day{thin}", upper, lower))
                nth += 1
        return tuple(drawn)

    def strip(self, hours: Sequence[tuple[int, int]]) -> tuple[Rect, ...]:
        """Reports of faults, an hour a column."""
        most = max((count for _, count in hours), default=1)
        hour = 3_600_000_000
        return tuple(
            Rect(
                "reports",
                *self.place(start, start + hour),
                STRIP - max(2, count * STRIP // most),
                max(2, count * STRIP // most),
                gettext("%(at)s: %(count)s reports")
                % {"at": when.said(start, self.told), "count": count},
            )
            for start, count in hours
            if self.shows(start, start + hour)
        )


def percent(thousandths: int) -> str:
    """``12.345%``."""
    sign = "-" if thousandths < 0 else ""
    whole, rest = divmod(abs(thousandths), 1000)
    return f"{sign}{whole}.{rest:03d}%"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a draft is pointed out while it is drawn."""

    faulty: frozenset[int] = frozenset()
    chosen: int | None = None
    open_rows: frozenset[str] = frozenset()


SHORT: Mapping[str, Lazy] = {
    "webmail": "Webmail",
    "imap": "IMAP",
    "pop3": "POP3",
    "submission": _("Sending (SMTP)"),
    "inbound": _("Incoming mail"),
    "ios": "iOS",
    "android": "Android",
}


def component_name(component: str) -> str:
    """What people who run a mail service call a component."""
    return str(SHORT[component])


def key_of(row: Row) -> str:
    """``libero.imap``."""
    return f"{row.brand}.{row.component}"


def draw(plot: Plot, rows: Iterable[tuple[Row, Sequence[Row]]], shown: Shown) -> list[DrawnRow]:
    """Rows, each with those of its stores where it is open."""
    seen: set[int] = set()
    drawn: list[DrawnRow] = []
    for row, inner in rows:
        drawn.append(_row(plot, row, row.stores, shown, seen))
        drawn += [_row(plot, one, row.stores, shown, seen, n) for n, one in enumerate(inner, 1)]
    return drawn


def _row(
    plot: Plot, row: Row, brand: Sequence[str], shown: Shown, seen: set[int], nth: int = 0
) -> DrawnRow:
    key = key_of(row)
    bars = []
    for bar in row.bars:
        if plot.shows(bar.start, bar.end):
            bars.append(_bar(plot, bar, row, shown, seen))
            seen.add(bar.number)
    height = row.lanes * (LANE + BETWEEN) + BETWEEN
    marks = [
        *(_mark(plot, "gap", mark, height) for mark in row.gaps),
        *(_mark(plot, "overlap", mark, height) for mark in row.overlaps),
    ]
    return DrawnRow(
        key=f"{key}.{nth}" if nth else key,
        component=row.component,
        brand=row.brand,
        name=store_words(row.stores) if nth else component_name(row.component),
        stores=named_stores(row.stores, brand),
        count=len(row.stores),
        height=height,
        bars=tuple(bars),
        ghosts=(),
        marks=tuple(marks),
        expandable=not nth and len(row.fared) > 1,
        is_open=not nth and key in shown.open_rows,
        inner=bool(nth),
    )


def _bar(plot: Plot, bar: Bar, row: Row, shown: Shown, seen: set[int]) -> DrawnBar:
    x, width = plot.place(bar.start, bar.end)
    return DrawnBar(
        number=bar.number,
        kind=kind_of(bar.window),
        x=x,
        width=width,
        y=BETWEEN + bar.lane * (LANE + BETWEEN),
        start=bar.start,
        end=bar.end,
        going=bar.going,
        bands=_bands(plot, bar),
        words=_words(bar, row),
        title=_title(plot, bar, row),
        faulty=bar.number in shown.faulty,
        chosen=bar.number == shown.chosen,
        first=bar.number not in seen,
    )


def _bands(plot: Plot, bar: Bar) -> tuple[Rect, ...]:
    """The stores that stay longest at the bottom; each as wide as it lasts."""
    total = sum(len(band.stores) for band in bar.bands)
    start, end = plot.shown(bar.start, bar.end)
    length = max(1, end - start)
    rects, below = [], 0
    for band in bar.bands:
        bottom, below = below * LANE // total, below + len(band.stores)
        top = below * LANE // total
        share = max(0, min(100_000, (band.end - start) * 100_000 // length))
        height = max(1, top - bottom)
        rects.append(Rect("band", "0%", percent(share), LANE - bottom - height, height))
    return tuple(rects)


def kind_of(window: Window) -> str:
    """The classes that a window is drawn with."""
    return f"{window.condition} planned" if window.planned else window.condition


def state_words(window: Window) -> str:
    """``down``, ``degraded, 12.5 % of requests``, ``planned``."""
    words = gettext("down") if window.condition == "down" else gettext("degraded")
    if window.condition == "degraded" and window.error_permille is not None:
        whole, tenth = divmod(window.error_permille, 10)
        words += f" {whole}{',' if lang() == 'it' else '.'}{tenth} %"
    return f"{words}, {gettext('planned')}" if window.planned else words


def store_words(stores: Sequence[str]) -> str:
    """Ranges, or how many there are where ranges would be long."""
    written = ranges(stores)
    if written.count(",") >= MANY_STORES:
        return gettext("%(count)s stores") % {"count": len(stores)}
    return written


def _words(bar: Bar, row: Row) -> str:
    """What stands in a bar: what is not the usual case, and how long it is."""
    parts = []
    if len(bar.stores) < len(row.stores):
        parts.append(store_words(bar.stores))
    if kind_of(bar.window) != "down":
        parts.append(state_words(bar.window))
    parts.append(gettext("still going") if bar.going else when.lasting(bar.end - bar.start))
    return " · ".join(parts)


def _title(plot: Plot, bar: Bar, row: Row) -> str:
    """Everything a bar says, in a sentence."""
    end = gettext("still going") if bar.going else when.said(bar.end, plot.told)
    said = gettext("Window %(number)s: %(component)s, %(stores)s, %(state)s, %(from)s to %(to)s")
    return said % {
        "number": bar.number + 1,
        "component": component_name(row.component),
        "stores": store_words(bar.stores),
        "state": state_words(bar.window),
        "from": when.said(bar.start, plot.told),
        "to": end,
    }


def _mark(plot: Plot, kind: str, mark: Mark, height: int) -> Rect:
    words = {
        "gap": gettext("Gap"),
        "overlap": gettext("Declared twice"),
        "more": gettext("Time added"),
        "less": gettext("Time taken away"),
        "other": gettext("Down in one, degraded in the other"),
    }
    title = f"{words[kind]}: {when.span_said(mark.start, mark.end, plot.told)}, "
    title += store_words(mark.stores)
    return Rect(kind, *plot.place(mark.start, mark.end), 0, height, title)


def draw_difference(
    plot: Plot, changes: Sequence[RowChange], before: Sequence[Row], after: Sequence[Row]
) -> list[DrawnRow]:
    """The rows that differ: what was as a thin line above what becomes, and the difference."""
    was = {key_of(row): row for row in before}
    now = {key_of(row): row for row in after}
    drawn = []
    for change in changes:
        key = f"{change.brand}.{change.component}"
        shown = now.get(key) or was[key]
        if not change.differs:
            continue
        old = [] if key not in was else _ghosts(plot, was[key])
        one = _row(plot, shown, shown.stores, Shown(), set())
        height = one.height + GHOST
        marks = [
            _mark(plot, kind, mark, height)
            for kind in ("more", "less", "other")
            for mark in getattr(change, kind)
            if plot.shows(mark.start, mark.end)
        ]
        bars = one.bars if key in now else ()
        drawn.append(
            replace(
                one,
                height=height,
                bars=tuple(replace(bar, y=bar.y + GHOST) for bar in bars),
                ghosts=tuple(old),
                marks=tuple(marks),
                expandable=False,
            )
        )
    return drawn


def _ghosts(plot: Plot, row: Row) -> list[Rect]:
    return [
        Rect(
            f"ghost {kind_of(bar.window)}",
            *plot.place(bar.start, bar.end),
            2,
            GHOST - 4,
            gettext("before"),
        )
        for bar in row.bars
        if plot.shows(bar.start, bar.end)
    ]
