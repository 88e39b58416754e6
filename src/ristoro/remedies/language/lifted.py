"""Terms that SQL looks up in a table of days, each once a row: working days and local dates.

``days`` has a row for every date that is known. A term that needs it becomes a join and a column,
so that nothing but comparisons, whole numbers and equality of dates is left to an engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pyarrow as pa

from ristoro.kernel.clock import start_of_day
from ristoro.remedies.language import calendars, local_days
from ristoro.remedies.language import compile as sql
from ristoro.remedies.language.calendars import Calendar, working_days
from ristoro.remedies.language.terms import Term, is_fixed

OPERATIONS = ("add_working_days", "working_days_between", "day_of", "start_of")


@dataclass(frozen=True, slots=True)
class Lifts:
    """The joins that some terms need on a row ``m``, their columns, and how to read them."""

    joins: tuple[str, ...]
    columns: tuple[str, ...]
    names: sql.Columns


def needs_days(terms: Iterable[Term]) -> bool:
    """Whether any of the terms looks a date up that is not the same for everybody."""
    return any(
        term.op in OPERATIONS and not is_fixed(term)
        for whole in terms
        for term in _inside_out(whole)
    )


def lift(terms: Iterable[Term], names: sql.Columns) -> Lifts:
    """Every term that is looked up, each once, and what it reads before it."""
    joins: list[str] = []
    columns: list[str] = []
    inner, outer = names, names
    for whole in terms:
        for term in _inside_out(whole):
            known = term in inner.lifted or sql.is_constant(term, names)
            if term.op not in OPERATIONS or known:
                continue
            column = f"lifted_{len(columns)}"
            more, text = _looked_up(term, inner, f"d{len(columns)}")
            joins.extend(more)
            columns.append(f"{text} AS {column}")
            inner = replace(inner, lifted={**inner.lifted, term: text})
            outer = replace(outer, lifted={**outer.lifted, term: f"m.{column}"})
    return Lifts(tuple(joins), tuple(columns), outer)


def _looked_up(term: Term, names: sql.Columns, row: str) -> tuple[list[str], str]:
    """The joins of one term, and its value by their rows."""
    first = sql.plain(term.operands[0], names)
    if term.op == "day_of":
        ahead = (
            f"CASE WHEN {row}.changes IS NULL OR {first} < {row}.changes"
            f" THEN {row}.ahead ELSE {row}.ahead_after END"
        )
        moved = f"CAST(MAKE_TIMESTAMP(EPOCH_US({first}) + {ahead}) AS DATE)"
        return [f"LEFT JOIN days AS {row} ON {row}.day = CAST({first} AS DATE)"], moved
    joins = [f"LEFT JOIN days AS {row} ON {row}.day = {first}"]
    if term.op == "start_of":
        return joins, f"{row}.starts"
    if term.op == "working_days_between":
        last = sql.plain(term.operands[1], names)
        joins.append(f"LEFT JOIN days AS {row}_to ON {row}_to.day = {last}")
        return joins, f"({row}_to.upto - {row}.upto)"
    step = sql.number(term.operands[1], names)
    if step.is_constant:
        count = step.times // step.over
        if count == 0:
            return joins, f"CASE WHEN {row}.upto IS NOT NULL THEN {row}.day END"
        base = f"{row}.upto + {count}" if count > 0 else f"{row}.under - {-count - 1}"
        joins.append(f"LEFT JOIN days AS {row}_to ON {row}_to.number = {base}")
        return joins, f"{row}_to.day"
    text = sql.rounded_down(step)
    base = f"CASE WHEN {text} > 0 THEN {row}.upto + {text} ELSE {row}.under + {text} + 1 END"
    joins.append(f"LEFT JOIN days AS {row}_to ON {row}_to.number = {base}")
    same = f"{text} = 0 AND {row}.upto IS NOT NULL"
    return joins, f"(CASE WHEN {same} THEN {row}.day WHEN {text} <> 0 THEN {row}_to.day END)"


@lru_cache(maxsize=8)
def day_table(calendar: Calendar | None, zone: ZoneInfo) -> pa.Table:
    """The table ``days``: a row a date, with its working days and the zone's clock on it.

    ``upto`` and ``under`` count working days to its end and to its beginning, ``number`` is that
    of a working day. ``starts`` is the first instant of the local day. ``ahead`` is how far the
    zone is ahead of UTC (microseconds) on the UTC day until ``changes``, ``ahead_after`` from then.
    """
    zones = local_days.offsets(zone)
    counts = dict(_counts(calendar)) if calendar else {}
    blank = (None, None, None)
    rows = [
        (
            one.day,
            *counts.get(one.day, blank),
            start_of_day(one.day, zone).replace(tzinfo=None),
            one.before,
            one.changes and one.changes.replace(tzinfo=None),
            one.after,
        )
        for one in zones
    ]
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, kind) for c, kind in zip(columns, _DAYS.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=_DAYS)


_DAYS = pa.schema(
    [
        pa.field("day", pa.date32()),
        *(pa.field(name, pa.int64()) for name in ("upto", "under", "number")),
        pa.field("starts", pa.timestamp("us")),
        pa.field("ahead", pa.int64()),
        pa.field("changes", pa.timestamp("us")),
        pa.field("ahead_after", pa.int64()),
    ]
)


def _counts(calendar: Calendar) -> Iterator[tuple[date, tuple[int, int, int | None]]]:
    """Working days to each day's end, to its beginning, and its own number."""
    working = set(working_days(calendar).ordinals)
    upto = 0
    for number in range((calendars.LAST - calendars.FIRST).days + 1):
        day = calendars.FIRST + timedelta(days=number)
        under = upto
        upto += day.toordinal() in working
        yield day, (upto, under, upto if upto > under else None)


def _inside_out(term: Term) -> Iterator[Term]:
    for operand in term.operands:
        yield from _inside_out(operand)
    yield term
