"""What a version changes against another: on the picture, by window, and by component's minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.console.outages import when
from ristoro.faces.console.outages.drawing import Plot, Shown, component_name, draw_difference
from ristoro.faces.console.outages.showing import Look, framed
from ristoro.faces.said import Lazy
from ristoro.kernel import clock
from ristoro.kernel.spans import Span
from ristoro.outages import picture
from ristoro.outages.difference import ADDED, CHANGED, MOVED, REMOVED, RowChange, difference
from ristoro.outages.drafts.draft import DraftWindow
from ristoro.outages.drafts.judge import Judged

KINDS: dict[str, Lazy] = {
    ADDED: _("window added"),
    REMOVED: _("window removed"),
    MOVED: _("window moved"),
    CHANGED: _("window changed"),
}
HEAD: dict[str, Lazy] = {
    "name": _("name"),
    "title_it": _("Italian title"),
    "title_en": _("English title"),
    "zone": _("time zone"),
    "stores": _("stores"),
    "sources": _("sources"),
    "exclusions": _("excluded times"),
}
ALL = "all"


@dataclass(frozen=True, slots=True)
class Changed:
    """A window that differs, as it was and as it becomes."""

    kind: str
    words: Lazy
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """Components of a brand whose time differs alike."""

    brand: str
    components: str
    before: str
    after: str
    more: str
    """With its sign."""
    stores: int
    of: int


def reviewed(before: Judged, after: Judged, in_utc: bool, now: datetime) -> dict[str, Any]:
    """The difference between two texts, for a template."""
    until = clock.micros(now)
    found = difference(before, after, until)
    assert after.outage is not None
    old = picture.rows(before.stores, before.written, until)
    new = picture.rows(after.stores, after.written, until)
    one, other = picture.view(before.written, until), picture.view(after.written, until)
    span = Span(min(one.start, other.start), max(one.end, other.end))
    plot = Plot(span, after.outage.zone, in_utc)
    drawn = draw_difference(plot, found.rows, old, new)
    counts = {row.brand: 0 for row in (*new, *old)}
    for row in (*old, *new):
        counts[row.brand] = len(row.stores)
    changed = [
        Changed(
            change.kind,
            KINDS[change.kind],
            _said(before.draft.windows, change.before),
            _said(after.draft.windows, change.after),
        )
        for change in found.windows
    ]
    return {
        "pic": framed(Look(plot, Shown(), until), drawn, counts),
        "changed": changed,
        "minutes": _minutes(found.rows),
        "same": [
            f"{component_name(row.component)} ({row.brand})"
            for row in found.rows
            if not row.differs
        ],
        "head": [HEAD[name] for name in found.head],
        "differs": found.differs,
        "compared": True,
    }


def window_words(window: DraftWindow) -> str:
    """A window in one line, as it is written."""
    scope = gettext("every component") if window.components == ALL else window.components or "–"
    where = ", ".join(part for part in (window.brands, window.stores) if part)
    condition = window.condition or "down"
    parts = [
        scope,
        where or gettext("all stores"),
        f"{window.start or '–'} – {window.end or gettext('still going')}".replace("T", " "),
        gettext("down") if condition == "down" else gettext("degraded"),
    ]
    if window.error_rate:
        parts[-1] += f" {window.error_rate}"
    if window.planned == "true":
        parts.append(gettext("planned"))
    if window.reopening:
        parts.append(gettext("%(count)s reopenings") % {"count": len(window.reopening)})
    return " · ".join(parts)


def _said(windows: Sequence[DraftWindow], number: int | None) -> str:
    return "" if number is None else window_words(windows[number])


def _minutes(rows: Sequence[RowChange]) -> list[Minutes]:
    together: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        if row.differs:
            key = (row.brand, row.worst, len(row.stores), row.of)
            together.setdefault(key, []).append(component_name(row.component))
    return [
        Minutes(
            brand,
            ", ".join(components),
            when.minutes(worst[0]),
            when.minutes(worst[1]),
            _signed(worst[1] - worst[0]),
            stores,
            of,
        )
        for (brand, worst, stores, of), components in together.items()
    ]


def _signed(length: int) -> str:
    sign = "+" if length > 0 else "−" if length < 0 else ""
    return f"{sign}{when.minutes(abs(length))}"
