"""What the pages of outages have in common: the picture, its table, and what to look at twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from ristoro.faces.console.outages import when
from ristoro.faces.console.outages.drawing import (
    DrawnRow,
    Plot,
    Shown,
    component_name,
    draw,
    key_of,
    store_words,
)
from ristoro.kernel import clock
from ristoro.kernel.spans import Span
from ristoro.outages import picture
from ristoro.outages.drafts.judge import Judged
from ristoro.outages.picture import Remark, Row
from ristoro.outages.reports import report

MOST_REMARKS = 12
MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class BrandRows:
    """A brand on the picture."""

    name: str
    count: int
    rows: tuple[DrawnRow, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A draft or an outage drawn: for templates."""

    span: Span
    zone: str
    editable: bool
    lines: Sequence[Any]
    strip: Sequence[Any]
    most: int
    brands: tuple[BrandRows, ...]
    open_rows: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a picture."""

    plot: Plot
    shown: Shown
    until: int
    """Up to when a window that is still going is drawn."""
    editable: bool = False
    query: str = ""


def drawing(judged: Judged, rows: Sequence[Row], look: Look) -> Drawing:
    """The picture of what a text says so far."""
    expanded = look.shown.open_rows
    with_inner = [
        (row, picture.expanded(row, judged.written, look.until) if key_of(row) in expanded else ())
        for row in rows
    ]
    drawn = draw(look.plot, with_inner, look.shown)
    return framed(look, drawn, {b: len(names) for b, names in judged.stores.items()})


def framed(look: Look, drawn: Sequence[DrawnRow], stores: Mapping[str, int]) -> Drawing:
    """Drawn rows with what is around them: the axis, and the reports of faults above."""
    hours = reports_within(look.plot.span)
    brands = tuple(
        BrandRows(brand, count, rows)
        for brand, count in stores.items()
        if (rows := tuple(row for row in drawn if row.brand == brand))
    )
    return Drawing(
        span=look.plot.span,
        zone=str(look.plot.told),
        editable=look.editable,
        lines=look.plot.lines(),
        strip=look.plot.strip(hours),
        most=max((count for _, count in hours), default=0),
        brands=brands,
        open_rows=tuple(sorted(look.shown.open_rows)),
        query=look.query,
    )


def reports_within(span: Span) -> list[tuple[int, int]]:
    """How many holders reported a fault, by hour."""
    found = report.per_hour(clock.instant(span.start), clock.instant(span.end))
    return [(clock.micros(hour), count) for hour, count in found]


@dataclass(frozen=True, slots=True)
class TableLine:
    """One stretch of time of the rows of a brand that fared alike, in words."""

    brand: str
    components: str
    stores: str
    start: str
    end: str
    state: str
    minutes: str


def table(rows: Sequence[Row], told: tzinfo, until: int | None) -> tuple[list[TableLine], int]:
    """The picture as lines, and how many are left out; ``until`` for what is still going."""
    together: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        for group in row.fared:
            stores = () if len(group.stores) == len(row.stores) else group.stores
            spans = [
                *((span, gettext("down")) for span in group.down),
                *((span, gettext("degraded")) for span in group.degraded),
            ]
            for span, state in sorted(spans):
                same = together.setdefault((row.brand, stores, span, state), [])
                same.append(component_name(row.component))
    lines = [
        TableLine(
            brand,
            ", ".join(components),
            store_words(stores) if stores else gettext("all stores"),
            when.said(span.start, told),
            gettext("still going") if span.end == until else when.said(span.end, told),
            state,
            when.minutes(span.length),
        )
        for (brand, stores, span, state), components in [*together.items()][:MOST_LINES]
    ]
    return lines, max(0, len(together) - MOST_LINES)


def remarks(rows: Sequence[Row], span: Span, told: ZoneInfo | tzinfo) -> tuple[list[str], int]:
    """What to look at twice, in sentences, and how many more there are.

    The same said of several components is one sentence.
    """
    found = [*picture.undeclared(reports_within(span), rows), *picture.remarks(rows)]
    together: dict[tuple[Any, ...], list[Remark]] = {}
    for one in found:
        key = (one.kind, one.brand, one.stores, one.span, one.reports)
        together.setdefault(key, []).append(one)
    sentences = [_sentence(same, told) for same in together.values()]
    return sentences[:MOST_REMARKS], max(0, len(sentences) - MOST_REMARKS)


def _sentence(same: Sequence[Remark], told: tzinfo) -> str:
    one = same[0]
    values = {
        "components": ", ".join(component_name(each.component) for each in same if each.component),
        "brand": one.brand,
        "stores": store_words(one.stores),
        "span": when.span_said(one.span.start, one.span.end, told) if one.span.length else "",
        "count": one.reports,
    }
    sentences = {
        "gap": gettext("Gap: %(components)s of %(brand)s, %(stores)s, from %(span)s."),
        "overlap": gettext("Twice: %(components)s of %(brand)s, %(stores)s, from %(span)s."),
        "stores": gettext("Left out: %(components)s of %(brand)s, %(stores)s; others failed."),
        "row": gettext("Nothing declared: %(components)s of %(brand)s; other components failed."),
        "hour": gettext("%(count)s reports of faults from %(span)s, when nothing is declared."),
    }
    return sentences[one.kind] % values
