"""Freezing: rows in any order become one snapshot file, sorted, in bounded memory.

Rows are spilled in chunks, each cut into ``PARTS`` parts by bucket; then the same part of every
chunk is read, sorted and written, part after part. A part of nine million rows is 70,000 rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.snapshot import (
    AS_OF,
    DIGEST,
    SOURCE_DIGEST,
    Snapshot,
    as_of_text,
    digest_of_rows,
)
from ristoro.kernel.frames import ROWS_A_BATCH, digest_of_table
from ristoro.kernel.keys import BUCKETS, bucket_of

LINE = "line"
"""The column beside a snapshot's own that says on which line, or which row, of its source."""

NUMBERED = SNAPSHOT.append(pa.field(LINE, pa.int64(), nullable=False))

PARTS = 128
ROWS_A_CHUNK = 65_536
LEAST_GROUP = ROWS_A_BATCH // 2
"""A row group has at least so many rows (the last one apart), and at most ``ROWS_A_BATCH``."""


_DICTIONARIES = [
    field.name
    for field in SNAPSHOT
    if field.name not in ("mailbox_id", "address", "holder_id", "used_bytes")
    and field.type != pa.timestamp("us")
]
"""The columns in which few values repeat; the others are smaller and faster as they are."""


def buckets_of(mailbox_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """``keys.bucket_of`` of each."""
    buckets: npt.NDArray[np.int64] = bucket_of(mailbox_ids)  # type: ignore[arg-type, assignment]
    return buckets.astype(np.int16)


class Spill:
    """Rows of the schema ``NUMBERED`` set aside on disk until their order can be made."""

    def __init__(self, folder: Path) -> None:
        """``folder`` exists, is empty, and belongs to the caller, who removes it."""
        self._folder = folder
        self._waiting: list[pa.RecordBatch] = []
        self._rows_waiting = 0
        self._files: list[Path] = []
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take rows; what their columns share with other rows is let go at the next chunk."""
        if not batch.num_rows:
            return
        self._waiting.append(batch)
        self._rows_waiting += batch.num_rows
        self.rows += batch.num_rows
        if self._rows_waiting >= ROWS_A_CHUNK:
            self._write_chunk()

    def _write_chunk(self) -> None:
        rows = pa.concat_batches(self._waiting)
        self._waiting, self._rows_waiting = [], 0
        part = rows.column("bucket").to_numpy() // (BUCKETS // PARTS)
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], np.arange(PARTS), side="right")
        rows = rows.take(pa.array(order))
        path = self._folder / f"{len(self._files):06}.arrow"
        options = ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, NUMBERED, options=options) as w:
            start = 0
            for end in ends.tolist():
                # one batch for each part, empty ones too: the batch's number is the part's
                w.write_batch(rows.slice(start, end - start))
                start = end
        self._files.append(path)

    def parts(self) -> Iterator[pa.Table]:
        """All rows, part after part, each part sorted by bucket and mailbox_id, then line."""
        if self._waiting:
            self._write_chunk()
        readers = [ipc.open_file(pa.OSFile(str(path))) for path in self._files]
        for part in range(PARTS):
            batches = [reader.get_batch(part) for reader in readers]
            table = pa.Table.from_batches(batches, NUMBERED)
            del batches
            yield sorted_by_mailbox(table)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in no particular order."""
        if self._waiting:
            self._write_chunk()
        for path in self._files:
            reader = ipc.open_file(pa.OSFile(str(path)))
            for part in range(reader.num_record_batches):
                yield reader.get_batch(part)


def sorted_by_mailbox(table: pa.Table) -> pa.Table:
    """The table sorted by bucket, mailbox_id and line."""
    keys = (LINE, "mailbox_id", "bucket")
    order = np.lexsort([table.column(key).to_numpy() for key in keys])
    return table.take(order)


def write_snapshot(
    tables: Iterable[pa.Table],
    path: Path,
    *,
    as_of: datetime,
    source_digest: str,
    progress: Callable[[int], None] = lambda rows: None,
) -> Snapshot:
    """Write sorted tables as a snapshot at ``path``, which appears complete and synced, or not.

    The file is written beside ``path`` and renamed; what stood there is replaced.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        snapshot = write_in_place(
            tables, beside, as_of=as_of, source_digest=source_digest, progress=progress
        )
        beside.replace(path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)
    return Snapshot(path, snapshot.as_of, snapshot.digest, source_digest, snapshot.rows)


def write_in_place(
    tables: Iterable[pa.Table],
    path: Path,
    *,
    as_of: datetime,
    source_digest: str | None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Snapshot:
    """Write sorted tables as a snapshot at ``path`` and sync it.

    Where the source has no digest of its own (a database), that of its rows stands for it.
    """
    rows = 0
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file, SNAPSHOT, compression="zstd", compression_level=1, use_dictionary=_DICTIONARIES
        ) as writer:

            def written() -> Iterator[pa.RecordBatch]:
                nonlocal rows
                for group in _row_groups(tables):
                    writer.write_table(group, row_group_size=ROWS_A_BATCH)
                    rows += group.num_rows
                    progress(group.num_rows)
                    yield from group.to_batches()

            table_digest = digest_of_table(written(), SNAPSHOT.names)
            source_digest = source_digest or table_digest
            digest = digest_of_rows(table_digest, as_of)
            writer.add_key_value_metadata(
                {AS_OF: as_of_text(as_of), SOURCE_DIGEST: source_digest, DIGEST: digest}
            )
        file.flush()
        os.fsync(file.fileno())
    return Snapshot(path, as_of, digest, source_digest, rows)


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The tables' snapshot columns, small tables put together, in row groups of some size."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        if table.num_rows:
            waiting.append(table.select(SNAPSHOT.names).cast(SNAPSHOT))
            rows += table.num_rows
        if rows >= LEAST_GROUP:
            yield pa.concat_tables(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.concat_tables(waiting)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
