"""Rows of log facts as typed columns, written to Parquet in parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.edges.mail_logs import dovecot
from ristoro.edges.mail_logs.columns import TABLES, Fate
from ristoro.edges.mail_logs.events import NEVER, Kind, Numbers, Octets
from ristoro.edges.mail_logs.lives import Rows
from ristoro.edges.mail_logs.pools import Lot, Pool
from ristoro.edges.mail_logs.texts import sessions_of, texts_of

ROWS_A_PART = 100_000
FATES = (
    Fate.SENT, Fate.BOUNCED, Fate.EXPIRED, Fate.DELETED, Fate.HELD, Fate.DEFERRED, Fate.OPEN,
    Fate.UNFILLED, Fate.UNTOLD,
)  # fmt: skip
"""The fates by their numbers in ``lives``."""
KINDS = {
    Kind.DEPOSIT: "deposits",
    Kind.SIGN_IN: "sign_ins",
    Kind.DOOR: "doors",
    Kind.EDGE: "edges",
}
_WORDS = {
    "fate": tuple(fate.value for fate in FATES),
    "ended": tuple(one.value for one in dovecot.ENDED),
    "edge": tuple(one.value for one in dovecot.EDGES),
}


class Tables:
    """The tables of one import."""

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._files = pa.array(files, pa.string())
        self.hosts: dict[bytes, int] = {}
        self._tables = {
            name: _Table(folder / f"{name}.parquet", schema) for name, schema in TABLES.items()
        }

    def add(self, pool: Pool) -> None:
        """Whatever of these events is a row of its own."""
        for kind, name in KINDS.items():
            lot = pool.lots.get(kind)
            if lot is not None and len(lot):
                self._add(name, lot, pool.buffer)

    def add_histories(self, rows: Rows | None) -> None:
        if rows is None:
            return
        buffer = rows.pool.buffer
        texts = {**rows.texts, "session": sessions_of(buffer, rows.texts["reason"])}
        self._add("histories", Lot({**rows.numbers, "host": rows.host}, texts), buffer)

    def close(self) -> dict[str, int]:
        """Write what is left; the rows of each table."""
        return {name: table.close() for name, table in self._tables.items()}

    def abandon(self) -> None:
        """Close the files as they are, for nobody will read them."""
        for table in self._tables.values():
            table.writer.close()

    def _add(self, name: str, lot: Lot, buffer: Octets) -> None:
        """Rows as columns; many are taken in parts, for a column of text has its bounds."""
        for start in range(0, len(lot), ROWS_A_PART):
            part = lot.take(slice(start, start + ROWS_A_PART))
            columns = [self._column(field, part, buffer) for field in TABLES[name]]
            self._tables[name].add(pa.Table.from_arrays(columns, names=TABLES[name].names))

    def _column(self, field: pa.Field, lot: Lot, buffer: Octets) -> pa.Array:
        name = field.name
        if name == "host":
            names = [host.decode("utf-8", "backslashreplace") for host in self.hosts]
            return _coded(lot.numbers[name], pa.array(names, pa.string()))
        if name in ("file", "last_file"):
            return _coded(lot.numbers[name], self._files)
        if name in _WORDS:
            return _coded(lot.numbers[name], pa.array(_WORDS[name], pa.string()))
        if name == "service":
            return _coded(np.zeros(len(lot), np.int64), pa.array(["dovecot"], pa.string()))
        if name in lot.texts:
            return texts_of(buffer, lot.texts[name])
        return _numbers(lot.numbers[name], field.type)


def _coded(numbers: Numbers, words: pa.Array) -> pa.Array:
    """Words by their numbers, each kept once; a file has them as any other text."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), words)


def _numbers(values: Numbers, kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        missing = values == NEVER
        return pa.array(values, pa.int64(), mask=missing).cast(kind)
    if pa.types.is_boolean(kind):
        return pa.array(values.astype(np.bool_))
    return pa.array(values, pa.int64(), mask=values < 0).cast(kind)


_CODED = ("host", "file", "last_file", "service", *_WORDS)
_OFTEN = (
    *_CODED, "client", "sender", "recipient", "original_recipient", "mailbox", "relay", "dsn",
    "first_reason", "folder", "way", "remote",
)  # fmt: skip
"""The columns whose values come again and again."""


def _kept(field: pa.Field) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if field.name in _CODED else field.type


def _is_instant(field: pa.Field) -> bool:
    return bool(pa.types.is_timestamp(field.type))


class _Table:
    """One table: parts gathered until they are worth a row group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = pa.schema([(field.name, _kept(field)) for field in schema])
        self.writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            store_schema=False,  # else readers would be given codes where the shape says text
            use_dictionary=[name for name in _OFTEN if name in schema.names],
            write_statistics=[field.name for field in schema if _is_instant(field)],
        )
        self._waiting: list[pa.Table] = []
        self._count = 0
        self._rows = 0

    def add(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        self._count += rows.num_rows
        if self._count >= ROWS_A_PART:
            self._flush()

    def close(self) -> int:
        self._flush()
        self.writer.close()
        return self._rows

    def _flush(self) -> None:
        if self._waiting:
            rows = pa.concat_tables(self._waiting).unify_dictionaries()
            self.writer.write_table(rows.cast(self._schema))
        self._rows += self._count
        self._waiting, self._count = [], 0
