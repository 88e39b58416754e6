"""Typed rows as CSV that an import reads as the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ristoro.estate.columns import SNAPSHOT, WAYS
from ristoro.estate.freeze import sync_folder

_DAY = 86_400
_CSV_COLUMNS = [name for name in SNAPSHOT.names if name != "bucket"]


def write_csv(
    batches: Iterator[pa.RecordBatch], out: Path, progress: Callable[[int], None]
) -> None:
    """Write rows that need no quotes, whose instants are whole seconds; whole or not at all."""
    words = pa.array(
        [
            "+".join(way for bit, way in enumerate(WAYS) if mask >> bit & 1) or "none"
            for mask in range(1 << len(WAYS))
        ]
    )
    beside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write((",".join(_CSV_COLUMNS) + "\n").encode())
            for batch in batches:
                file.write(_csv(batch, words))
                progress(batch.num_rows)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(out)
        sync_folder(out.parent)
    finally:
        beside.unlink(missing_ok=True)


def _csv(batch: pa.RecordBatch, ways: pa.Array) -> pa.Buffer:
    columns = []
    for name in _CSV_COLUMNS:
        column = batch.column(name)
        if name == "ways":
            column = ways.take(column)
        elif pa.types.is_timestamp(column.type):
            column = _iso(column)
        columns.append(column)
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    pyarrow.csv.write_csv(pa.RecordBatch.from_arrays(columns, _CSV_COLUMNS), sink, options)
    return sink.getvalue()


_CLOCK = pa.array(
    [f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}Z" for s in range(_DAY)], pa.string()
)


def _iso(column: pa.Array) -> pa.Array:
    """Instants of whole seconds as ``2023-01-23T00:00:00Z``."""
    seconds = pc.divide(column.cast(pa.int64()), 1_000_000)
    days = pc.divide(seconds, _DAY)
    return pc.binary_join_element_wise(
        days.cast(pa.int32()).cast(pa.date32()).cast(pa.string()),
        _CLOCK.take(pc.subtract(seconds, pc.multiply(days, _DAY))),
        "",
    )
