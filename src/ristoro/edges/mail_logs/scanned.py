"""What is stated of logs before they are read, and what reading them gave."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ristoro.edges.mail_logs.folder import Source
from ristoro.edges.mail_logs.lines import Unknown


@dataclass(frozen=True, slots=True)
class Stated:
    """What was stated of stamps without a year and a zone, and of lines that name no host."""

    year: int | None = None
    zone: ZoneInfo | None = None
    host: str | None = None


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
