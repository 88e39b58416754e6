"""The small tables beside the estate: measures by exposure class, populations, stated facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.kernel.errors import Place, bad_input
from ristoro.outages import spread
from ristoro.outages.measure import ExposureClass
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.deciding.statement import (
    CLASS_KEYS,
    column,
    is_share,
    lives_sql,
    own_classes,
    population_key,
)
from ristoro.remedies.folder.one import used_since
from ristoro.remedies.language.lifted import day_table
from ristoro.remedies.language.policy import Measure, Policy
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar
from ristoro.remedies.language.vocabulary import ATTRIBUTES
from ristoro.remedies.measuring import exposure
from ristoro.remedies.measuring.clocks import clamped, cycle_at, inputs_of, own_rows, started

_COLUMN_KINDS = {Kind.DAY: pa.date32(), Kind.INSTANT: pa.timestamp("us")}
FACT_KINDS = {
    **dict.fromkeys(NUMBERS, pa.int64()),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("us"),
    Kind.TEXT: pa.string(),
    Kind.TRUTH: pa.bool_(),
}
_ALSO: dict[Kind, tuple[pa.DataType, ...]] = {
    Kind.DAY: (),
    Kind.INSTANT: (pa.timestamp("us", "UTC"),),
    Kind.TEXT: (pa.large_string(),),
    Kind.TRUTH: (),
}
"""Types that a facts file may have in place of the one that is kept."""


def lay_out(
    con: duckdb.DuckDBPyConnection,
    bound: Setting,
    names: Sequence[str],
    facts: Path | pa.Table | None,
) -> None:
    """Register ``classes``, ``pool_…``, ``facts``, ``days``, as a policy's terms need them.

    ``snapshot`` must be the whole estate at this point. ``BadInput`` for facts that do not fit.
    """
    policy = bound.policy
    measured = [name for name in names if exposure.measure_read(policy, name)]
    own = own_measures(policy, measured)
    if any(n.startswith("input ") for n in names) or any(inputs_of(m, bound) for m in own):
        con.register("facts", read_facts(facts, policy))
    if policy.looks_up_days:
        con.register("days", day_table(policy.calendar, policy.zone))
    if not measured:
        return
    found = spread.classes(
        con, bound.sight.outage, until=bound.sight.until, used_since=used_since(bound)
    )
    con.register("classes", class_table(bound, measured, found))
    for measure in own:
        rows = con.sql(own_classes_sql(measure, bound)).to_arrow_table()
        con.register(own_classes(measure), own_class_table(bound, measured, measure, rows))
    for name, measure in exposure.populations(policy, measured).items():
        con.register("windows", _windows_table(measure, bound, found))
        con.execute(_pool_sql(name, measure, bound))
        con.unregister("windows")


def own_measures(policy: Policy, names: Sequence[str]) -> list[Measure]:
    """The measures among the names read that go by each mailbox's own clock or cycle."""
    found = (exposure.measure_read(policy, name) for name in names)
    return list(dict.fromkeys(measure for measure in found if measure and measure.own))


def class_table(bound: Setting, names: Sequence[str], found: Sequence[ExposureClass]) -> pa.Table:
    """One row a class: its keys, and a column (two for a percentage) for each name.

    Measures that go by each mailbox's own time are left out: ``own_class_table`` has them.
    """
    common = []
    for name in names:
        measure = exposure.measure_read(bound.policy, name)
        if measure and not measure.own and not measure.population:
            common.append(name)
    return _valued(bound, common, _key_table([cls[: len(CLASS_KEYS)] for cls in found]), found)


def own_classes_sql(measure: Measure, bound: Setting) -> str:
    """The keys, clocks and cycles that occur in ``snapshot``, each set once, like ones together."""
    lives = ", ".join(f"{text} AS {key}" for key, text in lives_sql(bound).items())
    return (
        f"SELECT DISTINCT {lives}, s.clock_{measure.name} AS clock, s.cycle_{measure.name} AS cycle"  # noqa: S608 - checked names
        f" FROM ({own_rows([measure], bound)}) AS s ORDER BY ALL"
    )


def own_class_table(
    bound: Setting, names: Sequence[str], measure: Measure, rows: pa.Table
) -> pa.Table:
    """As ``class_table``, for one measure and the rows of its ``own_classes_sql``."""
    own = [name for name in names if exposure.measure_read(bound.policy, name) is measure]
    found = []
    for row in rows.to_pylist():
        cls = ExposureClass(*(row[key] for key in CLASS_KEYS))._replace(
            cycle=cycle_at(row["cycle"])
        )
        clock = row["clock"]
        at = clock if isinstance(clock, int) else clamped(clock, bound)
        found.append(started(cls, at) if measure.starts is not None else cls)
    return _valued(bound, own, rows, found)


def _key_table(rows: Sequence[tuple[Any, ...]], more: Sequence[str] = ()) -> pa.Table:
    """A table of classes by their keys, and of ``more`` whole numbers."""
    names = [*CLASS_KEYS, *more]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    kinds = [pa.string() if name in ("brand", "store") else pa.int64() for name in names]
    return pa.table([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], names=names)


def _valued(
    bound: Setting, names: Sequence[str], keys: pa.Table, found: Sequence[ExposureClass]
) -> pa.Table:
    """The rows of ``keys``, with the values of the names for the class of each."""
    values = [_values(bound, names, cls) for cls in found]
    columns: dict[str, Any] = {name: keys.column(name) for name in keys.column_names}
    for name in names:
        cells = [row[name] for row in values]
        if is_share(name):
            for suffix, part in (("", "numerator"), ("_of", "denominator")):
                parts = [None if cell is None else getattr(cell, part) for cell in cells]
                columns[column(name) + suffix] = pa.array(parts, pa.int64())
            continue
        kind = _COLUMN_KINDS.get(ATTRIBUTES[name.partition(".")[2]], pa.int64())
        columns[column(name)] = pa.array([_cell(cell) for cell in cells], kind)
    return pa.table(columns)


def _values(bound: Setting, names: Sequence[str], cls: ExposureClass) -> dict[str, Scalar]:
    return exposure.measured(bound.policy, names, bound.sight, lambda measure: cls, bound.every)


def _cell(value: Scalar) -> Any:
    if isinstance(value, Fraction):
        assert value.denominator == 1
        return value.numerator
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _windows_table(measure: Measure, bound: Setting, found: Sequence[ExposureClass]) -> pa.Table:
    """One row a class and window: how much of it was down, and how long it is."""
    rows = [
        (*cls[: len(CLASS_KEYS)], number, taken.spans.total, taken.window.length)
        for cls in found
        for number, taken in enumerate(exposure.windows_of(measure, bound.sight, cls))
    ]
    return _key_table(rows, ("window_no", "down", "length"))


def _pool_sql(name: str, measure: Measure, bound: Setting) -> str:
    """User-minutes by group in the window with most of them down, as a reduced fraction.

    Sums are 128 bits wide until they are reduced; what then does not fit int64 is an error.
    """
    lives = lives_sql(bound)
    join = " AND ".join(f"{lives[key]} = w.{key}" for key in CLASS_KEYS)
    key = population_key(str(measure.population), "s")
    top = column(f"{name}.uptime")
    return f"""CREATE OR REPLACE TEMP TABLE pool_{name} AS
WITH summed AS (
  SELECT {key} AS key, w.window_no,
    SUM(CAST(w.down AS HUGEINT)) AS down, SUM(CAST(w.length AS HUGEINT)) AS whole
  FROM snapshot AS s INNER JOIN windows AS w ON {join}
  GROUP BY ALL
), worst AS (
  SELECT key, whole - down AS up, whole, GREATEST(GCD(whole - down, whole), 1) AS common
  FROM summed
  QUALIFY ROW_NUMBER() OVER (PARTITION BY key ORDER BY down DESC, window_no) = 1
)
SELECT key, CAST(up // common AS BIGINT) AS {top}, CAST(whole // common AS BIGINT) AS {top}_of
FROM worst"""  # noqa: S608 - written from checked names alone


def read_facts(facts: Path | pa.Table | None, policy: Policy) -> pa.Table:
    """The facts as ``mailbox_id`` and a column for each input; a missing column is all null."""
    if facts is None:
        given = pa.table({"mailbox_id": pa.array([], pa.int64())})
    elif isinstance(facts, Path):
        given = _read(facts)
    else:
        given = facts
    where = str(facts) if isinstance(facts, Path) else "facts"
    unknown = [n for n in given.column_names if n != "mailbox_id" and n not in policy.inputs]
    if "mailbox_id" not in given.column_names or unknown:
        raise bad_input(
            "bad-facts",
            f"the column {unknown[0]!r} is no input of {policy.name}" if unknown
            else "there is no column 'mailbox_id'",
            f"the inputs are {', '.join(policy.inputs)}",
            "name the columns after the inputs",
            Place(where),
        )  # fmt: skip
    columns = {"mailbox_id": given.column("mailbox_id").cast(pa.int64())}
    if len(set(columns["mailbox_id"].to_pylist())) != given.num_rows:
        raise bad_input(
            "bad-facts",
            "a mailbox stands twice in the facts",
            "then two things are said of it",
            "keep one row a mailbox",
            Place(where, field="mailbox_id"),
        )
    for name, stated in policy.inputs.items():
        kind = FACT_KINDS[stated.kind]
        if name not in given.column_names:
            columns[name] = pa.chunked_array([pa.nulls(given.num_rows, kind)])
            continue
        columns[name] = _fact(given.column(name), name, stated.kind, where)
    return pa.table(columns)


def _fact(values: pa.ChunkedArray, name: str, kind: Kind, where: str) -> pa.ChunkedArray:
    wanted = FACT_KINDS[kind]
    whole = pa.types.is_integer(values.type) or pa.types.is_null(values.type)
    fits = whole if kind in NUMBERS else values.type in (wanted, pa.null(), *_ALSO[kind])
    below = kind in NUMBERS and fits and any(v is not None and v < 0 for v in values.to_pylist())
    if not fits or below:
        raise bad_input(
            "bad-facts",
            f"the column is {values.type}" if not fits else "a number is below zero",
            f"the input is a {kind.value}, which is kept as {wanted}"
            + (", never below zero" if kind in NUMBERS else ""),
            "write the column so",
            Place(where, field=name),
        )
    return values.cast(wanted)


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise bad_input(
            "unreadable",
            f"cannot read the facts {path}",
            str(error),
            "name a Parquet file with `mailbox_id` and a column for each input",
            Place(str(path)),
        ) from error
