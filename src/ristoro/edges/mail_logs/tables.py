"""Rows of log facts as typed columns, written to Parquet in parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ristoro.edges.mail_logs import dovecot
from ristoro.edges.mail_logs.columns import TABLES, Fate
from ristoro.edges.mail_logs.events import NEVER, Kind, Lot, Numbers, Octets, Pool, texts_of
from ristoro.edges.mail_logs.lives import Rows

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
                self._tables[name].add(self._rows(name, lot, pool.buffer))

    def add_histories(self, rows: Rows | None) -> None:
        if rows is None:
            return
        lot = Lot({**rows.numbers, "host": rows.host, "row": rows.host}, dict(rows.texts))
        table = self._rows("histories", lot, rows.pool.buffer, {"session"})
        schema = TABLES["histories"]
        session = _sessions(table.column("reason"))
        at = schema.get_field_index("session")
        self._tables["histories"].add(table.add_column(at, "session", session))

    def close(self) -> dict[str, int]:
        """Write what is left; the rows of each table."""
        return {name: table.close() for name, table in self._tables.items()}

    def abandon(self) -> None:
        """Close the files as they are, for nobody will read them."""
        for table in self._tables.values():
            table.writer.close()

    def _rows(
        self, name: str, lot: Lot, buffer: Octets, without: set[str] | None = None
    ) -> pa.Table:
        fields = [field for field in TABLES[name] if field.name not in (without or ())]
        return pa.Table.from_arrays(
            [self._column(field, lot, buffer) for field in fields],
            names=[field.name for field in fields],
        )

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


def _sessions(reason: pa.ChunkedArray) -> pa.Array:
    """The store's session of each answer ``250 2.0.0 <address> SESSION Saved``, null in others."""
    answers = reason.combine_chunks() if isinstance(reason, pa.ChunkedArray) else reason
    found = pc.extract_regex(answers, r"^250 2\.\d\.\d <[^>]*> (?P<session>[^ ]+) Saved$")
    return found.field("session") if found.null_count == 0 else pc.struct_field(found, "session")


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
