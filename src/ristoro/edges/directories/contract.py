"""What Ristoro asks of a directory of accounts: its rows once, in order, as raw columns.

A directory knows nothing of mailboxes. It says where each row stands, and which rows it could not
read; what the columns mean, and whether they are right, is the estate's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ROWS_A_BLOCK = 20_000
"""About how many rows a block has: the unit of work and of memory."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row: of ``value`` in the source's column ``field``, on ``line``."""

    line: int
    field: str
    value: str
    code: str
    reason: str
    todo: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows, the line (or, without lines, the row from 1) of each, and what was unreadable.

    An empty field is null. A row named in ``faults`` is not among ``rows``. ``done`` is how much
    of ``Directory.size`` has been read with this block.
    """

    rows: pa.RecordBatch
    lines: npt.NDArray[np.int64]
    faults: tuple[Fault, ...] = ()
    done: int = 0


class Directory(Protocol):
    """A source of accounts. Opening it checks what can be checked without reading the rows."""

    @property
    def name(self) -> str:
        """What messages call it: a path, or a database without its password."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it has."""

    @property
    def size(self) -> int | None:
        """All that there is to read, in the unit of ``Block.done``; ``None`` if not known."""

    @property
    def as_of(self) -> datetime | None:
        """The instant that the source says its rows are of."""

    def source_digest(self) -> str | None:
        """The SHA-256 of its bytes; ``None`` for a database, which has no bytes of its own."""

    def blocks(self, columns: Sequence[str]) -> Iterator[Block]:
        """The rows, with these of its columns.

        ``BadInput`` where nothing after some line can be told apart, or the source has changed
        since it was opened.
        """
