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
from django.db import connection
from psycopg.conninfo import make_conninfo

BUSY_MILLISECONDS = 30_000

_CONNINFO = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "options")


class Bulk:
    """A transaction of bulk inserts; ``commit`` ends it and begins the next."""

    def __init__(self, adbc: Any) -> None:
        self._adbc = adbc

    def append(self, table: str, rows: pa.RecordBatchReader | pa.Table) -> int:
        """Insert rows whose column names are the table's; how many there were."""
        with self._adbc.cursor() as cursor:
            count: int = cursor.adbc_ingest(table, rows, mode="append")
        return count

    def commit(self) -> None:
        """Make what was appended last."""
        self._adbc.commit()

    def rollback(self) -> None:
        """Undo what was appended since the last ``commit``."""
        self._adbc.rollback()


@contextmanager
def bulk() -> Iterator[Bulk]:
    """Bulk inserts into Django's default database; what is not committed is undone."""
    if connection.vendor == "postgresql":
        params = connection.get_connection_params()
        known = {name: params[name] for name in _CONNINFO if params.get(name)}
        adbc = adbc_driver_postgresql.dbapi.connect(make_conninfo(**known))
    else:
        adbc = adbc_driver_sqlite.dbapi.connect(str(connection.settings_dict["NAME"]))
        with adbc.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    try:
        yield Bulk(adbc)
    finally:
        adbc.close()


def days_are_texts() -> bool:
    """Whether this database keeps days as texts (Django's format on SQLite)."""
    return connection.vendor == "sqlite"
