"""Files to and from the bank, each under the SHA-256 of its bytes, for nobody else to read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from ristoro.kernel import clock

_ASIDE = ".coming-"
_ABANDONED = timedelta(hours=12)
_PIECE = 1 << 16


def keep(folder: Path, write: Callable[[BinaryIO], None], check: Callable[[Path], None]) -> str:
    """Write a file aside, check it, and give it the name of its digest; the digest.

    Whatever ``write`` or ``check`` raises leaves nothing. The same bytes are the same file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(prefix=_ASIDE, dir=folder)  # made with mode 0600
    path = Path(aside)
    try:
        with os.fdopen(number, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        check(path)
        with path.open("rb") as again:
            digest = hashlib.file_digest(again, "sha256").hexdigest()
        path.replace(folder / named(digest))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest


def is_whole(folder: Path, digest: str) -> bool:
    """Whether the file is there, and every byte of it is as it was when it was kept."""
    path = folder / named(digest)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def named(digest: str) -> str:
    """The name of the file with that digest."""
    return f"{digest}.xml"


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def sweep(folder: Path, known: Iterable[str], at: datetime) -> None:
    """Remove what a process that was ended left behind: files that no row names, of long ago."""
    names = {named(digest) for digest in known}
    for path in folder.glob("*") if folder.is_dir() else ():
        old = at - clock.instant(path.stat().st_mtime_ns // 1000) > _ABANDONED
        if path.name not in names and old and path.is_file():
            path.unlink(missing_ok=True)
