"""Opening a directory: which kind it is follows from its name, never from a look inside."""

from __future__ import annotations

from pathlib import Path

from ristoro.edges.directories.contract import Directory
from ristoro.edges.directories.csv import CsvDirectory
from ristoro.edges.directories.parquet import ParquetDirectory
from ristoro.edges.directories.sql import SqlDirectory
from ristoro.kernel.errors import Place, bad_input

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")


def open_directory(source: str, query: str | None = None) -> Directory:
    """A file by its suffix, or a database by its ``scheme://``, for which ``query`` is needed."""
    if "://" in source:
        if query is None:
            raise bad_input(
                "no-query",
                "a database was named, and nothing that says what to read from it",
                "accounts may stand in any of its tables",
                "name the table with --table, or a mapping that has `table:` or `query:`",
            )
        return SqlDirectory(source, query)
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        return CsvDirectory(path)
    if suffix in PARQUET_SUFFIXES:
        return ParquetDirectory(path)
    raise bad_input(
        "unknown-format",
        f"a file named {path.name!r} is of no format read here",
        "the suffix says the format",
        f"name it {', '.join((*CSV_SUFFIXES, *PARQUET_SUFFIXES))}, "
        "or write sqlite:///path for a database",
        Place(source),
    )
