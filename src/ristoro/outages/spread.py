"""Exposure over a whole estate, set-wise: span algebra on few classes, one join with many rows.

The steps are the numbered files in ``sql/``. They read the relation ``snapshot``, which has the
columns of ``estate.columns.SNAPSHOT``; whoever has the connection names it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.kernel import frames
from ristoro.kernel.clock import instant
from ristoro.kernel.keys import BUCKETS
from ristoro.outages import measure
from ristoro.outages.columns import COMPONENTS, EXPOSURE
from ristoro.outages.measure import KEYS, ExposureClass, Figures
from ristoro.outages.outage import Outage

BUCKETS_AT_ONCE = 128
_IDS = ("mailbox_id", "bucket")
_COLUMNS = [name for name in EXPOSURE.names if name not in _IDS]


def classes(
    con: duckdb.DuckDBPyConnection,
    outage: Outage,
    *,
    until: int | None = None,
    used_since: int | None = None,
) -> tuple[ExposureClass, ...]:
    """The exposure classes that occur in ``snapshot``, in one order for ever.

    It leaves behind the view ``lives``: ``mailbox_id``, ``bucket`` and the six columns of
    ``ExposureClass`` under the same names, none of them null, to join a table of classes with.
    With ``used_since`` the ways in used at or after that instant are told apart (and their
    columns read); without it ``used`` is 0. ``ValueError`` for an outage still going where
    ``until`` is ``None``.
    """
    hull = measure.hull(outage, until)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bounds AS SELECT CAST($1 AS BIGINT) AS hull_start,"
        " CAST($2 AS BIGINT) AS hull_end, CAST($3 AS TIMESTAMP) AS used_since",
        [hull.start, hull.end, None if used_since is None else _naive(used_since)],
    )
    con.execute(_step("01_lives.sql" if used_since is None else "01_lives_used.sql"))
    rows = con.execute(_step("02_classes.sql")).fetchall()
    return tuple(ExposureClass(*row) for row in rows)


def counted_classes(
    con: duckdb.DuckDBPyConnection, outage: Outage, *, until: int | None = None
) -> Iterator[tuple[ExposureClass, int]]:
    """The exposure classes of ``snapshot``, each with the number of its mailboxes."""
    found = classes(con, outage, until=until)
    con.register("numbered_classes", _numbered(found))
    counted = dict(con.execute(_step("04_counted.sql")).fetchall())
    for number, one in enumerate(found):
        yield one, counted[number]


def write_exposure(
    estate: Path,
    outage: Outage,
    out: Path,
    *,
    until: int | None = None,
    limits: frames.Limits = frames.Limits(),
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write ``columns.EXPOSURE`` of a snapshot to ``out``; the number of rows.

    The file appears whole or not at all. ``progress`` is told the mailboxes done since it was last.
    """
    unfinished = out.with_name(f".{out.name}.part")
    written = 0
    try:
        with (
            frames.connect(limits, reads=[estate]) as con,
            pq.ParquetWriter(unfinished, EXPOSURE, compression="zstd") as writer,
        ):
            con.read_parquet(str(estate.resolve())).create_view("snapshot")
            found = classes(con, outage, until=until)
            con.register("numbered_classes", _numbered(found))
            touched = _Touched.by(outage, found, until)
            for members in _members(con):
                rows = touched.of(members)
                writer.write_batch(rows)
                written += rows.num_rows
                progress(members.num_rows)
        os.replace(unfinished, out)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def _members(con: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
    for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
        relation = con.sql(_step("03_members.sql"), params=[first, first + BUCKETS_AT_ONCE])
        yield from relation.to_arrow_reader(frames.ROWS_A_BATCH)


def _numbered(found: Sequence[ExposureClass]) -> pa.Table:
    columns = list(zip(*(cls[: len(KEYS)] for cls in found), strict=True)) or [()] * len(KEYS)
    kinds = [pa.string(), pa.string(), *[pa.int64()] * 4]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    numbers = pa.array(range(len(found)), pa.int64())
    return pa.table([*arrays, numbers], names=[*KEYS, "class_no"])


@dataclass(frozen=True, slots=True)
class _Touched:
    """The rows of all classes, one after another: class ``n`` has ``counts[n]`` of them."""

    rows: pa.Table
    counts: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    @classmethod
    def by(cls, outage: Outage, found: Sequence[ExposureClass], until: int | None) -> _Touched:
        columns: dict[str, list[object]] = {name: [] for name in _COLUMNS}
        counts = np.zeros(len(found), np.int64)
        for number, one in enumerate(found):
            for component in measure.components_of(one, COMPONENTS):
                figures = measure.figures(outage, one, component, until)
                if figures is not None:
                    counts[number] += 1
                    columns["component"].append(component)
                    for name, value in zip(Figures._fields, figures, strict=True):
                        columns[name].append(value)
        arrays = [pa.array(columns[name], EXPOSURE.field(name).type) for name in _COLUMNS]
        return cls(pa.table(arrays, names=_COLUMNS), counts, np.cumsum(counts) - counts)

    def of(self, members: pa.RecordBatch) -> pa.RecordBatch:
        """A row for each member and each row of its class, in the order of the members."""
        number = members.column("class_no").to_numpy()
        counts = self.counts[number]
        first = np.cumsum(counts) - counts
        within = np.arange(counts.sum()) - np.repeat(first, counts)
        chosen = self.rows.take(pa.array(np.repeat(self.starts[number], counts) + within))
        ids = (np.repeat(members.column(name).to_numpy(), counts) for name in _IDS)
        columns = [*map(pa.array, ids), *(column.combine_chunks() for column in chosen.columns)]
        return pa.RecordBatch.from_arrays(columns, schema=EXPOSURE)


def _naive(microseconds: int) -> datetime:
    """UTC without its zone, which is how columns hold instants."""
    return instant(microseconds).replace(tzinfo=None)


def _step(name: str) -> str:
    return files("ristoro.outages").joinpath("sql", name).read_text(encoding="utf-8")
