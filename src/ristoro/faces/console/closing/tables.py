"""The report's figures as CSV: exact, in the smallest units, with names instead of sentences."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from ristoro.faces.console.closing.content import MOMENTS
from ristoro.fulfilment.closing import Kept
from ristoro.fulfilment.course import Step
from ristoro.fulfilment.models import GrantState
from ristoro.journal.models import Entry
from ristoro.kernel import sheets
from ristoro.kernel.sheets import Cell
from ristoro.remedies.models import Run

Rows = Iterator[tuple[Cell, ...]]
Make = Callable[[Run, Kept], Rows]


def _remedies(run: Run, kept: Kept) -> Rows:
    del run
    for line in kept.statement.lines:
        about = (line.remedy_no, line.remedy, line.kind.name.lower(), line.unit, line.currency)
        yield (*about, "owed", line.owed.grants, line.owed.amount)
        for state in GrantState:
            found = line.of(state)
            yield (*about, state.name.lower(), found.grants, found.amount)


def _owed(run: Run, kept: Kept) -> Rows:
    del kept
    for remedy in run.totals.get("remedies", []):
        for line in remedy["owed"]:
            yield (
                remedy["remedy"], line["rule"], line["brand"], line["plan"], line["kind"],
                line["consent"], line["unit"], line["currency"], line["count"], line["amount"],
            )  # fmt: skip


def _brands(run: Run, kept: Kept) -> Rows:
    del run
    for one in kept.course.brands:
        yield (
            one.remedy_no, one.kind, one.currency, one.brand, one.state, one.grants, one.amount,
        )  # fmt: skip


def _zeros(run: Run, kept: Kept) -> Rows:
    del run
    for one in kept.statement.zeros:
        yield (one.remedy_no, one.remedy, one.reason, one.mailboxes)


def _exceptions(run: Run, kept: Kept) -> Rows:
    del run
    for line in kept.statement.lines:
        for code, found in sorted(line.refused_by.items()):
            yield ("grants", line.remedy_no, code, found.grants)
    for code, count in sorted(kept.statement.notices_refused_by.items()):
        yield ("notices", None, code, count)


def _course(run: Run, kept: Kept) -> Rows:
    del run
    course = kept.course
    series: tuple[tuple[str, tuple[Step, ...]], ...] = (
        ("grants", course.grants), ("notices", course.letters), ("answers", course.answers),
    )  # fmt: skip
    for name, steps in series:
        for step in steps:
            for what, count in step.counts.items():
                yield (name, "hour" if course.by_hour else "day", step.start, what, count)


def _waits(run: Run, kept: Kept) -> Rows:
    del run
    yield from kept.course.waits.items()


def _channels(run: Run, kept: Kept) -> Rows:
    del run
    yield from kept.course.channels.items()


def _reconciliation(run: Run, kept: Kept) -> Rows:
    del run
    read = kept.statement.read_back
    if read is not None:
        yield ("read-back", "at", read.at.isoformat(), None)
        for name in ("made", "read", "agreed", "differed", "unreadable"):
            yield ("read-back", name, getattr(read, name), None)
    for kind in kept.mismatches:
        yield ("mismatches", kind.code, kind.count, kind.count - kind.open)
    for wrong in kept.statement.discrepancies:
        yield ("discrepancy", wrong.code, wrong.expected, wrong.found)
    for left in kept.obstacles:
        yield ("left", left.code, left.count, None)


def _timeline(run: Run, kept: Kept) -> Rows:
    del kept
    found = Entry.objects.filter(subject=f"run {run.pk}", name__in=MOMENTS).order_by("number")
    for one in found.iterator():
        yield (one.number, one.at, one.actor, one.name, one.hash)


TABLES: Mapping[str, tuple[tuple[str, ...], Make]] = {
    "remedies": (
        ("remedy_no", "remedy", "kind", "unit", "currency", "state", "grants", "amount"), _remedies,
    ),
    "owed": (
        (
            "remedy", "rule", "brand", "plan", "kind", "consent", "unit", "currency", "mailboxes",
            "amount",
        ),
        _owed,
    ),
    "brands": (("remedy_no", "kind", "currency", "brand", "state", "grants", "amount"), _brands),
    "zeros": (("remedy_no", "remedy", "reason", "mailboxes"), _zeros),
    "exceptions": (("of", "remedy_no", "code", "count"), _exceptions),
    "course": (("series", "step", "start", "what", "count"), _course),
    "waits": (("less_than", "grants"), _waits),
    "channels": (("channel", "answers"), _channels),
    "reconciliation": (("part", "what", "count", "second"), _reconciliation),
    "timeline": (("number", "at", "actor", "name", "hash"), _timeline),
}  # fmt: skip
"""By name: the head, and what makes the rows."""


def bundle(run: Run, kept: Kept) -> bytes:
    """Every table in one ZIP archive; the same report gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (head, make) in TABLES.items():
            entry = zipfile.ZipInfo(f"{run.name}-{name}.csv", _stamp(kept.at))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, b"".join(sheets.lines(head, make(run, kept))))
    return packed.getvalue()


def _stamp(at: datetime) -> tuple[int, int, int, int, int, int]:
    return (at.year, at.month, at.day, at.hour, at.minute, at.second)
