"""Single rows of a run's large files, found by statistics and small indexes, never by a scan.

A row of the snapshot or of the outcomes is found by its bucket and mailbox: both files are sorted
by them, so one row group is read. An address leads to its bucket through ``text_index``, made
once for a snapshot (about three seconds for nine million) and kept beside it, or beside the run.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import bad_input
from ristoro.kernel.keys import bucket_of
from ristoro.remedies.folder import text_index
from ristoro.remedies.folder.text_index import TextIndex
from ristoro.remedies.language.types import Scalar

LIMITS = frames.Limits(threads=1, memory_mib=300)
KEPT = 256
"""Answers remembered: the files do not change, and one mailbox is asked about several times."""


class Rows:
    """The large files of one run, kept open; safe to ask from several threads."""

    def __init__(self, snapshot: Snapshot, outcomes: Path, facts: Path | None) -> None:
        self._snapshot, self._outcomes, self._facts = snapshot, outcomes, facts
        self._lock = threading.Lock()
        self._indexes: dict[str, TextIndex] = {}
        self._lately: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self._open = ExitStack()
        reads = [snapshot.path, outcomes, *([facts] if facts else [])]
        connected = frames.connect(LIMITS, reads=reads, remember_footers=True)
        self._con = self._open.enter_context(connected)

    def __del__(self) -> None:
        if hasattr(self, "_open"):
            self._open.close()

    def mailbox(self, mailbox: str | int) -> dict[str, Any]:
        """The snapshot's row of an address or a mailbox_id; ``BadInput`` where there is none."""
        if isinstance(mailbox, int):
            found = self._rows([bucket_of(mailbox)], "mailbox_id", mailbox)
        else:
            found = self.where("address", mailbox)
        if not found:
            raise bad_input(
                "no-mailbox",
                f"there is no mailbox {mailbox} in the snapshot of this run",
                "it is searched as it is written",
                "check the spelling, or name its mailbox_id",
            )
        return found[0]

    def where(self, column: str, text: str) -> list[dict[str, Any]]:
        """Every row of the snapshot with a text in ``address`` or ``holder_id``, in its order."""
        buckets = self._index(column).buckets(text)
        return self._rows(buckets, column, text) if buckets else []

    def outcomes(self, bucket: int, mailbox_id: int) -> list[dict[str, Any]]:
        """What was decided for a mailbox, a row for each remedy."""
        return self._asked(
            "SELECT * FROM read_parquet($1) WHERE bucket = $2 AND mailbox_id = $3"
            " ORDER BY remedy_no",
            [str(self._outcomes), bucket, mailbox_id],
        )

    def inputs(self, mailbox_id: int) -> dict[str, Scalar]:
        """What the facts state of a mailbox, by ``input …``."""
        if self._facts is None:
            return {}
        found = self._asked(
            "SELECT * FROM read_parquet($1) WHERE mailbox_id = $2", [str(self._facts), mailbox_id]
        )
        stated = found[0] if found else {}
        return {
            f"input {name}": _scalar(value)
            for name, value in stated.items()
            if name != "mailbox_id" and value is not None
        }

    def _rows(self, buckets: Sequence[int], column: str, value: str | int) -> list[dict[str, Any]]:
        among = ", ".join(str(bucket) for bucket in buckets)
        columns = ", ".join(SNAPSHOT.names)
        return self._asked(
            f"SELECT {columns} FROM read_parquet($1)"  # noqa: S608 - our own names and numbers
            f" WHERE bucket IN ({among}) AND {column} = $2 ORDER BY bucket, mailbox_id",
            [str(self._snapshot.path.resolve()), value],
        )

    def _asked(self, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        asked = (query, *values)
        with self._lock:
            found = self._lately.pop(asked, None)
            if found is None:
                answer = self._con.execute(query, list(values))
                names = [one[0] for one in answer.description]
                found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
            self._lately[asked] = found
            if len(self._lately) > KEPT:
                self._lately.pop(next(iter(self._lately)))
            return [dict(row) for row in found]

    # Indexes

    def indexed(self, column: str) -> bool:
        """Whether an index of the column is there already; else the next question makes it."""
        return column in self._indexes or any(path.exists() for path in self._places(column))

    def make_index(self, column: str) -> None:
        """Make the index of a column before it is asked for, where there is none."""
        self._index(column)

    def _index(self, column: str) -> TextIndex:
        with self._lock:
            if column not in self._indexes:
                self._indexes[column] = self._found(column) or self._made(column)
            return self._indexes[column]

    def _places(self, column: str) -> list[Path]:
        folders = (self._snapshot.path.resolve().parent, self._outcomes.parent)
        return [text_index.path_of(folder, self._snapshot.digest, column) for folder in folders]

    def _found(self, column: str) -> TextIndex | None:
        tried = (text_index.load(path, self._snapshot.digest) for path in self._places(column))
        return next((index for index in tried if index is not None), None)

    def _made(self, column: str) -> TextIndex:
        index = text_index.build(self._snapshot.path, column)
        for path in self._places(column):
            try:
                text_index.save(index, path, self._snapshot.digest)
            except OSError:
                continue  # a folder that takes no file: the next one, or memory alone
            break
        return index


def _scalar(value: Any) -> Scalar:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value
    found: Scalar = value
    return found
