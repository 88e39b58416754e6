"""Columns: DuckDB with its doors closed, Parquet in and out, and the digest of a table.

The SQL of a stage stands in numbered ``.sql`` files beside it; values are bound, never formatted
in. A table's digest depends on the values and their order alone: not on threads, row groups,
compression or the library that wrote the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_A_BATCH = 122_880
"""Rows of one Parquet row group, DuckDB's own default: the unit of work and of memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a column job may use; memory in MiB."""

    threads: int = 2
    memory_mib: int = 400


@contextmanager
def connect(
    limits: Limits = Limits(),
    *,
    reads: Sequence[Path] = (),
    writes: Sequence[Path] = (),
    scratch: Path | None = None,
    remember_footers: bool = False,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that can open only the folders named, and whose settings are locked.

    ``reads`` and ``writes`` are files or folders; ``scratch`` is where it may spill.
    ``remember_footers`` spares reading a Parquet file's footer again while its time stays.
    """
    con = duckdb.connect(
        config={
            "threads": limits.threads,
            "memory_limit": f"{limits.memory_mib}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        con.execute("SET TimeZone = 'UTC'")
        if remember_footers:
            con.execute("SET parquet_metadata_cache = true")
        con.execute("SET temp_directory = ?", [str(scratch) if scratch else ""])
        folders = {str(p if p.is_dir() else p.parent) for p in map(_absolute, (*reads, *writes))}
        if scratch:
            folders.add(str(_absolute(scratch)))
        con.execute("SET allowed_directories = ?", [sorted(folders)])
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con
    finally:
        con.close()


def _absolute(path: Path) -> Path:
    return path.resolve()


def digest_of_file(path: Path) -> str:
    """The SHA-256, in hex, of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_parquet(path: Path, columns: Sequence[str]) -> str:
    """``digest_of_table`` of a Parquet file's columns, a row group at a time."""
    with pq.ParquetFile(path) as file:
        return digest_of_table(
            file.iter_batches(batch_size=ROWS_A_BATCH, columns=list(columns)), columns
        )


def digest_of_table(batches: Iterable[pa.RecordBatch], columns: Sequence[str]) -> str:
    """The ``TableDigest`` of batches that lie ready."""
    digest = TableDigest(columns)
    for batch in batches:
        digest.add(batch)
    return digest.hexdigest()


class TableDigest:
    """The SHA-256 of a table in its given order: every column hashed as one stream of values.

    Integers, days and instants enter as little-endian int64, truth values as 0 or 1, texts as
    their UTF-8 lengths and then their bytes, and whether each is null as a byte of its own.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._hashers = {name: _ColumnHasher(name) for name in columns}
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in the next rows; other columns than those digested may stand beside them."""
        self._rows += batch.num_rows
        for name, hasher in self._hashers.items():
            hasher.add(batch.column(batch.schema.get_field_index(name)))

    def hexdigest(self) -> str:
        whole = hashlib.sha256(f"ristoro-table-1 {self._rows}\n".encode())
        for hasher in self._hashers.values():
            whole.update(hasher.digest())
        return whole.hexdigest()


class _ColumnHasher:
    def __init__(self, name: str) -> None:
        self._name = name
        self._nulls = hashlib.sha256()
        self._values = hashlib.sha256()
        self._bytes = hashlib.sha256()

    def add(self, column: pa.Array) -> None:
        if pa.types.is_dictionary(column.type):
            if column.null_count == 0 and pa.types.is_string(column.type.value_type):
                self._add_words(column)
                return
            column = column.dictionary_decode()
        known = b"\x01" * len(column)
        if column.null_count:
            known = pc.is_valid(column).to_numpy(zero_copy_only=False).tobytes()
        self._nulls.update(known)
        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            filled = pc.fill_null(pc.cast(column, pa.large_binary()), b"")
            self._values.update(_int64_bytes(pc.binary_length(filled)))
            offsets = np.frombuffer(filled.buffers()[1], dtype="<i8")
            first, last = offsets[filled.offset], offsets[filled.offset + len(filled)]
            if last > first:
                self._bytes.update(memoryview(filled.buffers()[2])[first:last])
            return
        if pa.types.is_date(kind):
            column = pc.cast(column, pa.date32()).cast(pa.int32())
        elif pa.types.is_timestamp(kind):
            column = pc.cast(column, pa.timestamp("us", tz=kind.tz)).cast(pa.int64())
        elif pa.types.is_boolean(kind):
            column = pc.cast(column, pa.uint8())
        elif not pa.types.is_integer(kind):
            raise TypeError(f"column {self._name} is {kind}, which has no canonical bytes")
        self._values.update(_int64_bytes(pc.fill_null(column, 0)))

    def _add_words(self, column: pa.DictionaryArray) -> None:
        """As ``add`` does of texts without nulls, each distinct text measured once."""
        rows = len(column)
        words = [word.as_py().encode() for word in column.dictionary]
        at = column.indices.to_numpy()
        lengths = np.array([len(word) for word in words], dtype="<i8")
        self._nulls.update(b"\x01" * rows)
        self._values.update(memoryview(lengths[at]).cast("B"))
        first = int(at[0]) if rows else 0
        if rows and (at == first).all():
            self._bytes.update(words[first] * rows)
        elif lengths.any():
            texts = pc.take(pa.array(words, pa.large_binary()), column.indices)
            self._bytes.update(memoryview(texts.buffers()[2])[: int(lengths[at].sum())])

    def digest(self) -> bytes:
        whole = hashlib.sha256(self._name.encode() + b"\0")
        for part in (self._nulls, self._values, self._bytes):
            whole.update(part.digest())
        return whole.digest()


def _int64_bytes(column: pa.Array) -> memoryview:
    numbers = pc.cast(column, pa.int64()).to_numpy(zero_copy_only=False)
    return memoryview(numbers.astype("<i8", copy=False)).cast("B")
