"""Parquet files as a directory: columns keep their types, rows are numbered from 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.edges.directories.contract import ROWS_A_BLOCK, Block
from ristoro.edges.directories.unchanged import Unchanged, open_file
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Place, bad_input
from ristoro.kernel.frames import digest_of_file

_AS_OF = b"ristoro.as_of"


class ParquetDirectory:
    """A Parquet file; one written by Ristoro says of which instant it is."""

    def __init__(self, path: Path) -> None:
        """Read the footer. ``BadInput`` where there is none that can be read."""
        self._path = path
        self._unchanged = Unchanged(path)
        with open_file(path) as file:
            try:
                with pq.ParquetFile(file) as parquet:
                    names, metadata = parquet.schema_arrow.names, parquet.metadata
            except (pa.ArrowInvalid, OSError) as error:
                raise self._broken(error) from error
        self.columns: tuple[str, ...] = tuple(names)
        self.size: int = metadata.num_rows
        text = (metadata.metadata or {}).get(_AS_OF)
        self.as_of: datetime | None = clock.parse_instant(text.decode()) if text else None

    @property
    def name(self) -> str:
        return str(self._path)

    def source_digest(self) -> str:
        return digest_of_file(self._path)

    def blocks(self, columns: Sequence[str]) -> Iterator[Block]:
        done = 0
        with open_file(self._path) as file:
            try:
                with pq.ParquetFile(file, pre_buffer=False) as parquet:
                    for rows in parquet.iter_batches(ROWS_A_BLOCK, columns=list(columns)):
                        lines = np.arange(done + 1, done + rows.num_rows + 1, dtype=np.int64)
                        done += rows.num_rows
                        yield Block(rows.select(list(columns)), lines, done=done)
            except (pa.ArrowInvalid, OSError) as error:
                raise self._broken(error) from error
        self._unchanged.check()

    def _broken(self, error: Exception) -> BadInput:
        return bad_input(
            "not-parquet",
            "this is not a Parquet file, or a broken one",
            str(error),
            "export it again, or name the file for what it is",
            Place(str(self._path)),
        )
