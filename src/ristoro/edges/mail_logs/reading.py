"""Log files as lines: plain or gzip, rotated, of any length, in parts that memory holds."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ristoro.kernel.errors import Place, bad_input

PART = 1 << 22
LONGEST_LINE = 1 << 16
"""Octets: rsyslog cuts at 8 KiB and Postfix at 2; what is longer is no line of theirs."""

_ROTATED = re.compile(r"(?P<stem>.+?)(?:[.-](?P<number>\d+))?(?P<packed>\.gz)?")


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of logs, and which rotation of which log it is."""

    path: Path
    log: str
    rotation: int

    @property
    def packed(self) -> bool:
        return self.path.suffix == ".gz"


def in_order(paths: Sequence[Path]) -> list[list[LogFile]]:
    """The files by log, each log's oldest first: ``mail.log.2.gz``, ``mail.log.1``, ``mail.log``.

    A date in place of a number (``mail.log-20230123``) goes up with time.
    """
    logs: dict[str, list[LogFile]] = {}
    for path in paths:
        found = _ROTATED.fullmatch(path.name)
        assert found is not None  # anything has a stem
        number = int(found["number"] or 0)
        dated = number > 10_000
        log = str(path.parent / found["stem"])
        rotation = number if dated else (1 << 60) - number
        logs.setdefault(log, []).append(LogFile(path, log, rotation))
    return [sorted(files, key=lambda one: one.rotation) for _, files in sorted(logs.items())]


def parts(
    file: LogFile, digest: hashlib._Hash, read: Callable[[int], None]
) -> Iterator[list[bytes]]:
    """The file's lines, some thousands at a time; the digest and ``read`` get its own octets.

    A line that is too long comes cut, so that whoever reads it knows it for none.
    """
    try:
        with file.path.open("rb") as raw:
            told = _Told(raw, digest, read)
            source: IO[bytes] = gzip.GzipFile(fileobj=told) if file.packed else told  # type: ignore[assignment]
            yield from _lines(source)
    except (OSError, EOFError) as error:
        raise bad_input(
            "unreadable-log",
            f"{file.path.name} cannot be read to its end",
            str(error),
            "copy it again from the host that wrote it",
            Place(str(file.path)),
        ) from error


def _lines(source: IO[bytes]) -> Iterator[list[bytes]]:
    rest = b""
    skipping = False
    while part := source.read(PART):
        lines = (rest + part).split(b"\n")
        rest = lines.pop()
        if skipping and lines:
            del lines[0]
            skipping = False
        if len(rest) > LONGEST_LINE:
            if not skipping:
                lines.append(rest[:LONGEST_LINE])
            skipping, rest = True, b""
        yield lines
    if rest and not skipping:
        yield [rest]


class _Told:
    """A file whose octets are told of as they are read."""

    def __init__(
        self, file: IO[bytes], digest: hashlib._Hash, read: Callable[[int], None]
    ) -> None:
        self._file = file
        self._digest = digest
        self._read = read

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self._digest.update(found)
        self._read(len(found))
        return found


def of_journald(line: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Stamp, host and ``program: text`` of one line of ``journalctl --output json``."""
    try:
        told = json.loads(line)
        micros = int(told["__REALTIME_TIMESTAMP"])
        message = told["MESSAGE"]
        program = str(told.get("SYSLOG_IDENTIFIER", ""))
        # Whatever is not UTF-8 is told as a list of octets.
        text = bytes(message) if isinstance(message, list) else str(message).encode()
        stamp = datetime.fromtimestamp(micros // 1_000_000, UTC).replace(
            microsecond=micros % 1_000_000
        )
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
    host = str(told.get("_HOSTNAME", ""))
    return stamp.isoformat().encode(), host.encode(), program.encode() + b": " + text
