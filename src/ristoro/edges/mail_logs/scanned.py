"""What is stated of logs before they are read, and what reading them gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ristoro.edges.mail_logs.folder import Source
from ristoro.edges.mail_logs.lines import Unknown

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated of stamps without a year and a zone, and of lines that name no host."""

    year: int | None = None
    zone: ZoneInfo | None = None
    host: str | None = None

    def __post_init__(self) -> None:
        if self.host is not None and not _HOST.fullmatch(self.host):
            raise ValueError(f"{self.host!r} is no name of a host")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What reading gave: the files, the rows of each table, and what was not understood."""

    sources: tuple[Source, ...]
    rows: dict[str, int]
    unknown: dict[tuple[str, str], Unknown]
    lines: int
    understood: int
    repeated_stamps: int
    left_before: int
