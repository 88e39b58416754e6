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
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.kernel.errors import Place, bad_input

BLOCK = 1 << 23
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

    def __init__(self, path: Path, told: Callable[[bytes], None]) -> None:
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

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._raw.close()

    def read(self, size: int) -> bytes:
        """The next octets, at most ``size``; none at the end."""
        return bytes(self._source.read(size))

    def rest(self) -> None:
        """Read what the unpacking has left, so that all of the file is told."""
        while self._told.read(BLOCK):
            pass


def opened(path: Path, told: Callable[[bytes], None]) -> Unpacked:
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


def blocks(path: Path, told: Callable[[bytes], None], size: Callable[[], int]) -> Iterator[bytes]:
    """The file's text in blocks of whole lines, of about ``size`` octets.

    A line that is too long comes cut, so that whoever reads it knows it for none.
    """
    with opened(path, told) as source, _Readable(path):
        rest, skipping = b"", False
        while part := source.read(size()):
            if skipping:
                _, newline, part = part.partition(b"\n")
                skipping = not newline
            part = rest + part
            end = part.rfind(b"\n") + 1
            rest = part[end:]
            if len(rest) > LONGEST:
                yield part[: end + LONGEST] + b"\n"
                rest, skipping = b"", True
            elif end:
                yield part[:end]
        if rest:
            yield rest + b"\n"
        source.rest()


class _Told:
    """A file whose octets are told of as they are read."""

    closed = False

    def __init__(self, file: IO[bytes], told: Callable[[bytes], None]) -> None:
        self._file = file
        self._tell = told

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self._tell(found)
        return found

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """The file is closed by whoever opened it."""
