"""Columns into the database's tables: one transaction of bulk inserts, on either database.

ADBC speaks PostgreSQL's binary COPY and SQLite's prepared inserts below one interface, so there is
one path for both; it uses a connection of its own beside Django's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from psycopg.conninfo import make_conninfo

BUSY_MILLISECONDS = 30_000

ROWS_A_MESSAGE = 4_000
"""What is encoded and sent as one: the server takes it in while the next is being encoded."""

_CONNINFO = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "options")


class Bulk:
    """A transaction of bulk inserts; ``commit`` ends it and begins the next."""

    def __init__(self, adbc: Any, days_are_texts: bool) -> None:
        self._adbc = adbc
        self._days_are_texts = days_are_texts

    def append(self, table: str, rows: pa.Table) -> int:
        """Insert rows whose column names are the table's; how many there were."""
        if self._days_are_texts:
            rows = _days_as_texts(rows)
        batches = rows.to_reader(max_chunksize=ROWS_A_MESSAGE)
        with self._adbc.cursor() as cursor:
            cursor.adbc_ingest(table, batches, mode="append")
        return int(rows.num_rows)

    def commit(self) -> None:
        """Make what was appended last."""
        self._adbc.commit()

    def rollback(self) -> None:
        """Undo what was appended since the last ``commit``."""
        self._adbc.rollback()


@contextmanager
def bulk() -> Iterator[Bulk]:
    """Bulk inserts into Django's default database; what is not committed is undone.

    On SQLite nothing may use Django's connection meanwhile, and it is closed here: ADBC brings an
    SQLite library of its own, and where two libraries of one process have a file open, closing it
    in one drops the locks of the other and takes its log away (sqlite.org, "How To Corrupt An
    SQLite Database File", 2.2.1). What was written after would be lost in silence.
    """
    if connection.vendor == "postgresql":
        params = connection.get_connection_params()
        known = {name: params[name] for name in _CONNINFO if params.get(name)}
        adbc = adbc_driver_postgresql.dbapi.connect(make_conninfo(**known))
    else:
        connection.close()
        adbc = adbc_driver_sqlite.dbapi.connect(str(connection.settings_dict["NAME"]))
        with adbc.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    try:
        yield Bulk(adbc, days_are_texts=connection.vendor == "sqlite")
    finally:
        adbc.close()


def _days_as_texts(rows: pa.Table) -> pa.Table:
    """Days as ``2023-01-31``, which is how Django keeps them where a database has no such type."""
    for number, field in enumerate(rows.schema):
        if pa.types.is_date(field.type):
            texts = pc.cast(rows.column(number), pa.string())
            rows = rows.set_column(number, field.name, texts)
    return rows
