"""Log files as blocks of whole lines: plain or packed, rotated, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.kernel.errors import Place, bad_input

Octets = bytes | memoryview
BLOCK = 1 << 23
AFTER = 1 << 10
"""Octets behind a block and its room that whoever reads it may set to nothing."""
_HEAD = 4096

_ROTATED = re.compile(r"(?P<stem>.+?)(?:[.-](?P<number>\d+))?(?:\.(?:gz|xz|zst|bz2))?")
_WRONG = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, pa.ArrowException)


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of logs, and which rotation of which log it is."""

    path: Path
    log: str
    rotation: int

    @property
    def octets(self) -> int:
        return self.path.stat().st_size


def in_order(paths: Sequence[Path]) -> list[list[LogFile]]:
    """The files by log, each log's oldest first: ``mail.log.2.gz``, ``mail.log.1``, ``mail.log``.

    A date in place of a number (``mail.log-20230123``) goes up with time. ``BadInput`` where two
    files are the same rotation, as one and its packed copy are.
    """
    logs: dict[str, dict[int, LogFile]] = {}
    for path in sorted(paths):
        found = _ROTATED.fullmatch(path.name)
        assert found is not None  # anything has a stem
        number = int(found["number"] or 0)
        log = str(path.parent / found["stem"])
        rotation = number if number > 10_000 else (1 << 60) - number
        before = logs.setdefault(log, {}).get(rotation)
        if before is not None:
            raise bad_input(
                "same-rotation",
                f"{before.path.name} and {path.name} are the same part of one log",
                "what both hold would be told twice",
                "give one of the two",
                Place(str(path)),
            )
        logs[log][rotation] = LogFile(path, log, rotation)
    return [[files[key] for key in sorted(files)] for _, files in sorted(logs.items())]


def once(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files without those that are another one's copy, and the copies.

    ``BadInput`` where two files begin alike and are not the same, as an earlier copy of a log that
    grew: what both hold would be told twice.
    """
    kept: dict[bytes, tuple[Path, str]] = {}
    copies: list[Path] = []
    for path in dict.fromkeys(path.resolve() for path in paths):
        with opened(path, lambda octets: None) as source, _Readable(path):
            head = source.read(_HEAD)
        before = kept.get(head)
        if before is None or not head:
            kept[head or str(path).encode()] = (path, "")
            continue
        first, digest = before[0], before[1] or _digest(before[0])
        kept[head] = (first, digest)
        if _digest(path) != digest:
            raise bad_input(
                "two-copies",
                f"{first.name} and {path.name} begin alike and are not the same",
                "one is an older copy of the other, or it packed, and what both hold would be "
                "told twice",
                "give the one that holds more",
                Place(str(path)),
            )
        copies.append(path)
    return [path for path, _ in kept.values()], copies


def _digest(path: Path) -> str:
    with _Readable(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Readable:
    """Turns what a file or its packing raises into a refusal that names it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, _WRONG):
            raise bad_input(
                "unreadable-log",
                f"{self._path.name} cannot be read to its end",
                str(error) or type(error).__name__,
                "copy it again from the host that wrote it",
                Place(str(self._path)),
            ) from error


class Unpacked:
    """A file's text, unpacked where its first octets say that it is packed."""

    def __init__(self, path: Path, told: Callable[[Octets], None]) -> None:
        self._raw = path.open("rb")
        self._told = _Told(self._raw, told)
        magic = self._raw.read(6)
        self._raw.seek(0)
        source: Any = self._told
        if magic.startswith(b"\x1f\x8b"):
            source = gzip.GzipFile(fileobj=source)
        elif magic == b"\xfd7zXZ\0":
            source = lzma.LZMAFile(source)  # noqa: SIM115 - what it reads is closed
        elif magic.startswith(b"BZh"):
            source = bz2.BZ2File(source)
        elif magic.startswith(b"\x28\xb5\x2f\xfd"):
            source = pa.CompressedInputStream(pa.PythonFile(source, "r"), "zstd")
        self._source = source
        self._is_plain = source is self._told

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._raw.close()

    def read(self, size: int) -> bytes:
        """The next octets, at most ``size``; none at the end."""
        return bytes(self._source.read(size))

    def readinto(self, space: memoryview) -> int:
        """Fill a space with the next octets; how many there were, and none at the end."""
        if self._is_plain:
            return self._told.readinto(space)
        found = bytes(self._source.read(len(space)))
        space[: len(found)] = found
        return len(found)

    def rest(self) -> None:
        """Read what the unpacking has left, so that all of the file is told."""
        while self._told.read(BLOCK):
            pass


def opened(path: Path, told: Callable[[Octets], None]) -> Unpacked:
    """A file to read; ``told`` gets its own octets, packed as they are."""
    try:
        return Unpacked(path, told)
    except OSError as error:
        raise bad_input(
            "unreadable-log",
            f"{path} cannot be opened",
            error.strerror or str(error),
            "name a file that is there and may be read",
            Place(str(path)),
        ) from error


def blocks(
    path: Path, told: Callable[[Octets], None], size: Callable[[], int]
) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """The file's text in blocks of whole lines, of about ``size`` octets.

    A block is the first octets of an array that has half as much room behind them, and ``AFTER``
    more. A line that is too long comes cut, so that whoever reads it knows it for none.
    """
    with opened(path, told) as source, _Readable(path):
        rest, skipping = b"", False
        while True:
            wanted = size()
            array = np.empty(len(rest) + wanted * 3 // 2 + LONGEST + AFTER, np.uint8)
            octets = array.data
            octets[: len(rest)] = rest
            filled = len(rest) + source.readinto(octets[len(rest) : len(rest) + wanted])
            if filled == len(rest):
                break
            if skipping:
                _, newline, left = octets[:filled].tobytes().partition(b"\n")
                skipping = not newline
                filled = len(left)
                octets[:filled] = left
            end = _last_end(octets[:filled])
            rest = octets[end:filled].tobytes()
            if len(rest) > LONGEST:
                array[end + LONGEST] = 10
                rest, skipping, end = b"", True, end + LONGEST + 1
            if end:
                yield array, end
        if rest:
            array[: len(rest) + 1] = np.frombuffer(rest + b"\n", np.uint8)
            yield array, len(rest) + 1
        source.rest()


def _last_end(octets: memoryview) -> int:
    """How many octets whole lines are."""
    near = max(0, len(octets) - LONGEST)
    found = octets[near:].tobytes().rfind(b"\n")
    return near + found + 1 if found >= 0 else octets[:near].tobytes().rfind(b"\n") + 1


class _Told:
    """A file whose octets are told of as they are read."""

    closed = False

    def __init__(self, file: BufferedReader, told: Callable[[Octets], None]) -> None:
        self._file = file
        self._tell = told

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self._tell(found)
        return found

    def readinto(self, space: memoryview) -> int:
        count: int = self._file.readinto(space)
        self._tell(space[:count])
        return count

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """The file is closed by whoever opened it."""
