"""SQLite and PostgreSQL databases as a directory: one query, read only, every value as text.

The databases turn values into text themselves, with UTC and ISO 8601 set, so that one reader
serves both and a column of SQLite may hold what it likes. Rows are numbered from 1 as they come;
one statement sees one state of the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import numpy as np
import pyarrow as pa

from ristoro.edges.directories.contract import ROWS_A_BLOCK, Block
from ristoro.kernel.errors import BadInput, Place, bad_input


class SqlDirectory:
    """What a query finds in a database.

    ``dsn`` is ``sqlite:///path`` or ``postgresql://user@host/name``; ``query`` is the operator's
    own SELECT, and runs where nothing can be written.
    """

    size: int | None = None
    as_of: datetime | None = None

    def __init__(self, dsn: str, query: str) -> None:
        """Connect once, to learn the columns. ``BadInput`` where that fails."""
        self._dsn = dsn
        self._query = query.strip().rstrip(";")
        parts = urlsplit(dsn)
        self._scheme = parts.scheme
        if self._scheme not in ("sqlite", "postgresql", "postgres"):
            raise self._wrong(
                "database",
                f"a database is not reached by {parts.scheme or 'no scheme'!r}",
                "SQLite and PostgreSQL are",
                "write sqlite:///path or postgresql://user@host:5432/name",
            )
        with self._connected() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"SELECT * FROM ({self._query}) AS source LIMIT 0")  # noqa: S608
            self.columns: tuple[str, ...] = tuple(column[0] for column in cursor.description)

    @property
    def name(self) -> str:
        parts = urlsplit(self._dsn)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}{parts.path}"

    def source_digest(self) -> None:
        return None

    def blocks(self, columns: Sequence[str]) -> Iterator[Block]:
        texts = ", ".join(f"CAST({_quoted(name)} AS TEXT) AS {_quoted(name)}" for name in columns)
        query = f"SELECT {texts} FROM ({self._query}) AS source"  # noqa: S608
        schema = pa.schema([pa.field(name, pa.string()) for name in columns])
        done = 0
        with self._connected() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(query)
            batches = (
                _sqlite_batches(cursor, schema)
                if self._scheme == "sqlite"
                else (rows.cast(schema) for rows in cursor.fetch_record_batch())
            )
            for rows in batches:
                lines = np.arange(done + 1, done + rows.num_rows + 1, dtype=np.int64)
                done += rows.num_rows
                yield Block(rows, lines, done=done)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A connection that cannot write; what the database refuses becomes ``BadInput``."""
        try:
            with closing(self._connect()) as connection:
                yield connection
        except (sqlite3.Error, adbc_driver_manager.Error, UnicodeDecodeError) as error:
            raise self._wrong(
                "database",
                "the database could not be read",
                str(error).strip(),
                "check the address, the right to read, and the query of the mapping",
            ) from error

    def _connect(self) -> Any:
        if self._scheme == "sqlite":
            path = quote(unquote(urlsplit(self._dsn).path))
            return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        connection = adbc_driver_postgresql.dbapi.connect(self._dsn)
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute("SET LOCAL DateStyle = 'ISO, YMD'")
        return connection

    def _wrong(self, code: str, what: str, why: str, todo: str) -> BadInput:
        return bad_input(code, what, why, todo, Place(self.name))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sqlite_batches(cursor: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while rows := cursor.fetchmany(ROWS_A_BLOCK):
        columns = zip(*rows, strict=True)
        yield pa.RecordBatch.from_arrays(
            [pa.array(column, pa.string()) for column in columns], schema=schema
        )
