"""Published windows of lost and delayed mail, held against themselves and against the evidence.

What was said of mail is the windows of ``inbound``. Time of which they say nothing, between them
or while every way in was shut, is found for each group of stores that fared alike; the imports
then tell what came in it, as far as they cover it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import combinations
from operator import and_
from pathlib import Path
from typing import Any

import duckdb

from ristoro.claims.evidence.coverage import sources_of, spans_of
from ristoro.claims.evidence.found import Came, stamp
from ristoro.claims.evidence.sorting import step
from ristoro.edges.mail_logs.folder import Folder
from ristoro.kernel import frames
from ristoro.kernel.clock import instant
from ristoro.kernel.spans import Span, Spans
from ristoro.outages.columns import INBOUND
from ristoro.outages.outage import Window

Stores = tuple[tuple[str, str], ...]
"""Stores with their brands, the brand first."""

SHUT = ("webmail", "imap", "pop3")
"""Ways in of which all are down where a store is shut: an app alone says nothing of mail."""


class Flaw(StrEnum):
    """What is wrong with what was published."""

    HOLE = "hole"
    """Between two windows: what became of mail that came then was not said."""
    BEFORE = "before"
    """The store was shut before the first window of mail."""
    AFTER = "after"
    """The store was shut after the last window of mail."""
    UNSAID = "unsaid"
    """The store was shut, and nothing was said of mail at all."""
    CONFLICT = "conflict"
    """Two windows say different things of the same time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the imports tell of the messages that came in a span."""

    covered: Spans
    """The part of the span of which some file tells; what lies outside is not provable."""
    came: Mapping[Came, int]

    @property
    def messages(self) -> int:
        return sum(self.came.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "covered": [{"from": stamp(a), "to": stamp(b)} for a, b in self.covered],
            "came": {came.value: number for came, number in sorted(self.came.items())},
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """One flaw, and the stores that share it."""

    flaw: Flaw
    span: Span
    stores: Stores
    before: str
    """The source of the window before it; empty where there is none."""
    after: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Said:
    """One published window of mail, with what the imports tell of it."""

    span: Span
    condition: str
    source: str
    stores: Stores
    seen: Seen

    @property
    def contradicted(self) -> bool:
        """Whether mail was delivered at once while it is said that none was."""
        return self.condition == "down" and bool(self.seen.came.get(Came.DELIVERED))


@dataclass(frozen=True, slots=True)
class Gaps:
    """Everything that stands against the published windows."""

    said: tuple[Said, ...]
    gaps: tuple[Gap, ...]
    covered: Spans
    """All the time of which the imports tell."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, instants in ISO 8601 UTC."""
        return {
            "format": "ristoro-gaps-1",
            "covered": [{"from": stamp(a), "to": stamp(b)} for a, b in self.covered],
            "windows": [
                {
                    "from": stamp(one.span.start),
                    "to": stamp(one.span.end),
                    "condition": one.condition,
                    "source": one.source,
                    "stores": [store for _, store in one.stores],
                    "contradicted": one.contradicted,
                    "evidence": one.seen.as_json(),
                }
                for one in self.said
            ],
            "gaps": [
                {
                    "flaw": one.flaw.value,
                    "from": stamp(one.span.start),
                    "to": stamp(one.span.end),
                    "stores": [store for _, store in one.stores],
                    "window_before": one.before,
                    "window_after": one.after,
                    "evidence": one.seen.as_json(),
                }
                for one in self.gaps
            ],
        }


def gaps(windows: Sequence[Window], folders: Sequence[Folder], until: int) -> Gaps:
    """What was published of mail, what was not, and what the imports tell of both.

    A window that is still going counts up to ``until``.
    """
    published = _published(windows, until)
    flaws = _flaws(windows, until)
    told = spans_of([one for folder in folders for one in sources_of(folder, {})])
    spans = dict.fromkeys((*(key[0] for key in published), *(key[1] for key in flaws)))
    seen = _seen(tuple(spans), told, folders)
    return Gaps(
        said=tuple(
            Said(span, condition, source, tuple(sorted(stores)), seen[span])
            for (span, condition, source), stores in sorted(published.items())
        ),
        gaps=tuple(
            Gap(flaw, span, tuple(sorted(stores)), before, after, seen[span])
            for (flaw, span, before, after), stores in sorted(
                flaws.items(), key=lambda item: (item[0][1], item[0][0], item[1])
            )
        ),
        covered=told,
    )


_Published = dict[tuple[Span, str, str], list[tuple[str, str]]]
_Flaws = dict[tuple[Flaw, Span, str, str], list[tuple[str, str]]]


def _published(windows: Iterable[Window], until: int) -> _Published:
    found: _Published = {}
    for one in windows:
        if one.component == INBOUND:
            key = (_span(one, until), one.condition, one.source)
            stores = found.setdefault(key, [])
            if (one.brand, one.store) not in stores:
                stores.append((one.brand, one.store))
    return found


def _flaws(windows: Sequence[Window], until: int) -> _Flaws:
    of_store: dict[tuple[str, str], list[Window]] = {}
    for window in windows:
        of_store.setdefault((window.brand, window.store), []).append(window)
    found: _Flaws = {}
    for store, each in of_store.items():
        mail = sorted((one for one in each if one.component == INBOUND), key=_order)
        for flaw in dict.fromkeys(_of_store(mail, _shut(each, until), until)):
            found.setdefault(flaw, []).append(store)
    return found


def _of_store(
    mail: Sequence[Window], shut: Spans, until: int
) -> Iterable[tuple[Flaw, Span, str, str]]:
    said = Spans.of(_span(one, until) for one in mail)
    hull = said.hull
    if hull is None:
        yield from ((Flaw.UNSAID, one, "", "") for one in shut)
        return
    first, last = mail[0], max(mail, key=lambda one: _span(one, until).end)
    for one in (shut - said).clip(min(hull.start, *(s.start for s in (*shut, hull))), hull.start):
        yield Flaw.BEFORE, one, "", first.source
    for one in said.complement(*hull):
        before = next(w for w in mail if _span(w, until).end == one.start)
        after = next(w for w in mail if w.start >= one.end)
        yield Flaw.HOLE, one, before.source, after.source
    for one in (shut - said).clip(hull.end, max(hull.end, *(s.end for s in (*shut, hull)))):
        yield Flaw.AFTER, one, last.source, ""
    for left, right in combinations(mail, 2):  # a long one may conflict with many after it
        both = Span(right.start, min(_span(left, until).end, _span(right, until).end))
        if both.length and left.condition != right.condition:
            yield Flaw.CONFLICT, both, left.source, right.source


def _shut(windows: Sequence[Window], until: int) -> Spans:
    """When all of the ways by which mail is read were down; without a window of one, never."""
    ways = [
        Spans.of(_span(w, until) for w in windows if w.component == way and w.condition == "down")
        for way in SHUT
    ]
    return reduce(and_, ways)


def _span(window: Window, until: int) -> Span:
    end = max(until, window.start + 1) if window.end is None else window.end
    return Span(window.start, end)


def _order(window: Window) -> tuple[int, int]:
    return window.start, window.end if window.end is not None else 2**62


def _seen(spans: Sequence[Span], told: Spans, folders: Sequence[Folder]) -> dict[Span, Seen]:
    """What came in each span, as the imports that tell of some of it say."""
    unlike = {one.digest: one for one in folders}.values()
    covers = [(one, spans_of(tuple(sources_of(one, {})))) for one in unlike]
    if not covers:
        return {span: Seen(Spans(), {}) for span in spans}
    with (
        tempfile.TemporaryDirectory(prefix="ristoro-gaps-") as scratch,
        frames.connect(reads=[one.path for one in unlike], scratch=Path(scratch)) as con,
    ):
        con.execute(step("10_words.sql"))
        return {
            span: Seen(
                told.clip(*span), _came(con, span, [at for at in covers if at[1].clip(*span)])
            )
            for span in spans
        }


def _came(
    con: duckdb.DuckDBPyConnection, span: Span, covers: Sequence[tuple[Folder, Spans]]
) -> dict[Came, int]:
    if not covers:
        return {}
    again = any(one & other for (_, one), (_, other) in combinations(covers, 2))
    rows = con.execute(
        step("22_in_span_once.sql" if again else "21_in_span.sql"),
        {
            "histories": [str(folder.table("histories")) for folder, _ in covers],
            "since": instant(span.start),
            "until": instant(span.end),
        },
    ).fetchall()
    return {Came(word): messages for word, messages in rows}
