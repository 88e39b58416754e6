"""An import of mail logs: a folder of its tables, named by its digest and never changed.

``sources.json`` says of every file its name, octets and SHA-256, so that whoever has the file can
tell that a fact is of it; of every table its rows and SHA-256; who imported it and when; and what
was stated of stamps that have no year and zone. The digest is over all of it but who and when, so
the same files read the same way are the same folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro.edges.mail_logs.columns import TABLES, UNKNOWN
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import BadInput, Missing, Place, Problem, bad_input
from ristoro.kernel.frames import digest_of_file
from ristoro.kernel.keys import digest_of

EVIDENCE = "evidence"
SOURCES = "sources.json"
FORMAT = 1
NAMES = (*TABLES, "unknown")
SCHEMAS = {**TABLES, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read; ``name`` is what the column ``file`` of the tables says.

    ``lines`` counts those of the text, unpacked; ``octets`` and ``sha256`` are of the file as it
    lay there.
    """

    name: str
    octets: int
    sha256: str
    lines: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """One table of the folder."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Folder:
    """An import of mail logs; ``table(name)`` is its Parquet file of ``columns.TABLES``."""

    path: Path
    digest: str
    sources: tuple[Source, ...]
    tables: Mapping[str, Kept]
    counts: Mapping[str, Any]
    year: int | None
    zone: str | None
    host: str | None
    imported_by: str
    imported_at: datetime

    def table(self, name: str) -> Path:
        """Where a table lies: ``histories``, ``deposits``, ``sign_ins``, ``doors``, ``edges`` or
        ``unknown``."""
        if name not in NAMES:
            raise KeyError(name)
        return self.path / f"{name}.parquet"

    def source(self, file: str) -> Source:
        """The source that a row's ``file`` names."""
        return next(one for one in self.sources if one.name == file)

    @property
    def first_at(self) -> datetime | None:
        """The earliest stamp of all its sources: before it the folder knows nothing."""
        return min((one.first_at for one in self.sources if one.first_at), default=None)

    @property
    def last_at(self) -> datetime | None:
        return max((one.last_at for one in self.sources if one.last_at), default=None)

    def changed(self) -> list[str]:
        """The names of tables that are no longer what was written, by their SHA-256."""
        return [name for name, kept in self.tables.items() if not self._holds(name, kept)]

    def _holds(self, name: str, kept: Kept) -> bool:
        path = self.table(name)
        return path.is_file() and digest_of_file(path) == kept.sha256


def digest_told(told: Mapping[str, Any]) -> str:
    """The digest of what ``sources.json`` tells, but for who imported it and when."""
    kept = {key: value for key, value in told.items() if key not in ("digest", "imported")}
    return digest_of(kept)


def open_folder(path: Path) -> Folder:
    """An import by its folder; ``BadInput`` where its record is not what its name says."""
    place = Place(str(path / SOURCES))
    try:
        told = json.loads((path / SOURCES).read_bytes())
    except FileNotFoundError as error:
        raise Missing(
            Problem(
                "evidence",
                f"{path.name} is no import of mail logs",
                f"it has no {SOURCES}",
                "name a folder that `ristoro evidence import` has made",
                place,
            )
        ) from error
    except ValueError as error:
        raise _spoilt(place, str(error)) from error
    try:
        if told["format"] != FORMAT or told["digest"] != digest_told(told):
            raise _spoilt(place, "its text does not give its digest")
        return Folder(
            path=path,
            digest=told["digest"],
            sources=tuple(_source(one) for one in told["sources"]),
            tables={name: Kept(**kept) for name, kept in told["tables"].items()},
            counts=told["counts"],
            year=told["stated"]["year"],
            zone=told["stated"]["zone"],
            host=told["stated"].get("host"),
            imported_by=told["imported"]["by"],
            imported_at=parse_instant(told["imported"]["at"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _spoilt(place, f"it lacks or misstates {error}") from error


def all_folders(home: Path) -> list[Folder]:
    """Every import of an installation, the first made first."""
    return sorted(_folders(home), key=lambda one: (one.imported_at, one.digest))


def _folders(home: Path) -> Iterator[Folder]:
    place = home / EVIDENCE
    if place.is_dir():
        for path in place.iterdir():
            if not path.name.startswith(".") and (path / SOURCES).is_file():
                yield open_folder(path)


def _source(told: Mapping[str, Any]) -> Source:
    first, last = told["first_at"], told["last_at"]
    return Source(
        name=told["name"],
        octets=told["octets"],
        sha256=told["sha256"],
        lines=told["lines"],
        first_at=parse_instant(first) if first else None,
        last_at=parse_instant(last) if last else None,
    )


def _spoilt(place: Place, why: str) -> BadInput:
    return bad_input(
        "evidence-changed",
        "the record of this import is not as it was written",
        why,
        "import the logs again into a new folder, and keep this one as it is",
        place,
    )
