"""Rows of log facts gathered into columns, and written part by part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_A_PART = 100_000


class Table:
    """One table of facts: rows of octets in, Parquet with typed columns out."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self.rows = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """One row, in the order of the schema: stamps in ISO 8601, texts and numbers in octets."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_A_PART:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [
            column_of(values, field) for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(self._rows)
        self._rows.clear()


def column_of(values: Sequence[Any], field: pa.Field) -> pa.Array:
    """A column of a type from what lines gave; an impossible stamp, as of a 31 June, is null."""
    if pa.types.is_timestamp(field.type):
        texts = pa.array(values, pa.binary()).cast(pa.string())
        try:
            return texts.cast(field.type)
        except pa.ArrowInvalid:
            return pa.array([_instant(value) for value in values], field.type)
    if pa.types.is_string(field.type):
        return _texts(values)
    return pa.array(values, field.type)


def _texts(values: Sequence[Any]) -> pa.Array:
    if isinstance(values[0], str):
        return pa.array(values, pa.string())
    try:
        return pa.array(values, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:  # some line is not UTF-8
        return pa.array(
            [None if v is None else v.decode("utf-8", "backslashreplace") for v in values],
            pa.string(),
        )


def _instant(stamp: bytes | None) -> datetime | None:
    if stamp is None:
        return None
    try:
        return datetime.fromisoformat(stamp.decode("ascii")).astimezone(UTC)
    except ValueError:
        return None
