"""Writes ``outcomes.parquet`` in canonical order, a batch at a time, and digests it on the way.

Writing and digesting run behind the deciding, each on a thread of its own.

Queries give numbers; the texts of a row are constants of its verdict, written as dictionaries.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ristoro.kernel.frames import ROWS_A_BATCH, TableDigest
from ristoro.remedies.columns import OUTCOMES
from ristoro.remedies.deciding.verdicts import Verdict

TEXTS = ("remedy", "rule", "reason", "lane", "kind", "unit", "currency", "consent", "trail")


@dataclass(frozen=True, slots=True)
class Decided:
    """What a query decided of one remedy for a range of buckets: numbers and days."""

    remedy_no: int
    rows: pa.Table


def write_outcomes(
    decided: Iterable[Decided], verdicts: Sequence[Sequence[Verdict]], path: Path
) -> str:
    """Write the file and give its digest; the parts come in order of remedy, then bucket."""
    books = [_texts(one) for one in verdicts]
    options = {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": [name for name in OUTCOMES.names if name != "mailbox_id"],
        # sorted within a bucket, so its differences are short
        "column_encoding": {"mailbox_id": "DELTA_BINARY_PACKED"},
        "write_statistics": ["remedy_no", "bucket", "mailbox_id"],
        "store_schema": False,
    }
    digest = TableDigest(OUTCOMES.names)
    with (
        pq.ParquetWriter(path, _SCHEMA, **options) as writer,
        Behind("write", writer.write_batch) as written,
        Behind("digest", digest.add) as digested,
    ):
        for part in decided:
            for batch in in_order(part.rows.combine_chunks()).to_batches(ROWS_A_BATCH):
                full = _full(batch, part.remedy_no, books[part.remedy_no])
                written.put(full)
                digested.put(full)
    return digest.hexdigest()


class Behind:
    """One thread that does one thing with each batch, in order, while the next are decided.

    At most ``AT_ONCE`` batches wait; then ``put`` does. What the work raises, ``put`` or the end
    of the ``with`` raises.
    """

    AT_ONCE = 4

    def __init__(self, name: str, work: Callable[[pa.RecordBatch], None]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._work = work
        self._waiting: deque[Future[None]] = deque()

    def put(self, batch: pa.RecordBatch) -> None:
        while len(self._waiting) >= self.AT_ONCE:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._work, batch))

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=kind is not None)
        if kind is None:
            for future in self._waiting:
                future.result()


def in_order(rows: pa.Table) -> pa.Table:
    """By bucket and mailbox: as they come, or sorted where a join did not keep the order."""
    if rows.num_rows < 2:
        return rows
    bucket = rows.column("bucket").to_numpy()
    mailbox = rows.column("mailbox_id").to_numpy()
    same = bucket[1:] == bucket[:-1]
    right = (bucket[1:] > bucket[:-1]) | (same & (mailbox[1:] > mailbox[:-1]))
    if right.all():
        return rows
    return rows.take(pa.array(np.lexsort((mailbox, bucket)))).combine_chunks()


_SCHEMA = pa.schema(
    [
        pa.field(field.name, pa.dictionary(pa.int16(), pa.string()), nullable=False)
        if field.name in TEXTS
        else field
        for field in OUTCOMES
    ]
)


Book = tuple[pa.Array, npt.NDArray[np.int16]]


def _texts(verdicts: Sequence[Verdict]) -> dict[str, Book]:
    """For each text column: its few values, and which of them each verdict has."""
    books = {}
    for name in TEXTS:
        texts = [getattr(verdict.outcome, name) for verdict in verdicts]
        values = list(dict.fromkeys(texts))
        numbers = np.array([values.index(text) for text in texts], np.int16)
        books[name] = (pa.array(values, pa.string()), numbers)
    return books


def _full(batch: pa.RecordBatch, remedy_no: int, books: dict[str, Book]) -> pa.RecordBatch:
    verdict = batch.column("verdict").to_numpy()
    base, amount = batch.column("base"), batch.column("amount")
    columns: list[pa.Array] = []
    for field in _SCHEMA:
        if field.name in books:
            values, numbers = books[field.name]
            columns.append(pa.DictionaryArray.from_arrays(pa.array(numbers[verdict]), values))
        elif field.name == "remedy_no":
            columns.append(pa.array(np.full(batch.num_rows, remedy_no, np.int16)))
        elif field.name == "target":
            columns.append(pc.add_checked(base, amount))
        else:
            columns.append(batch.column(field.name))
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)
