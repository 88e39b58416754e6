"""Files that are read more than once, and must be the same each time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from ristoro.kernel.errors import Place, bad_input


def open_file(path: Path) -> BinaryIO:
    """Open for reading; ``BadInput`` where that cannot be."""
    try:
        return path.open("rb")
    except OSError as error:
        raise bad_input(
            "unreadable",
            "the file cannot be opened",
            error.strerror or str(error),
            "check the path, and that it is yours to read",
            Place(str(path)),
        ) from error


class Unchanged:
    """What a file looked like when it was first seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_file(path) as file:
            self._seen = _look(file)

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self._seen[0]

    def check(self) -> None:
        """``BadInput`` where the file has been written to, or replaced, since."""
        with open_file(self._path) as file:
            if _look(file) != self._seen:
                raise bad_input(
                    "changed",
                    "the file has changed while it was read",
                    "what was read is neither the old file nor the new one",
                    "wait until its export has ended, and import it again",
                    Place(str(self._path)),
                )


def _look(file: BinaryIO) -> tuple[int, int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns, status.st_ino
