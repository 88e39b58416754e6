"""Files that people send: written to disk as they come, named for what is in them, thrown away.

A file comes in aside, under a name that nobody asks for. Once it is whole it is named for its
SHA-256, with a note beside it of what it was called, by whom it was sent and when; the same bytes
sent again are the same upload. What was cut off is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.edges.directories.opening import CSV_SUFFIXES, PARQUET_SUFFIXES
from ristoro.errands import estates
from ristoro.errands.places import below, uploads
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem, bad_input
from ristoro.kernel.keys import canonical_json
from ristoro.staff.models import Role
from ristoro.staff.people import Person, require
from ristoro.workers.models import Errand, ErrandState

MOST_BYTES = 8 << 30
"""Of one file: nine million mailboxes are about three gigabytes of CSV."""

LEFT_FREE = 1 << 30
"""What an upload leaves free on the disk, for what is made of it and for everything else."""

SUFFIXES = (*CSV_SUFFIXES, *PARQUET_SUFFIXES)
LONGEST_NAME = 120
ABANDONED = timedelta(hours=12)
_COMING = ".coming-"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies in the folder of uploads."""

    name: str
    """In the folder: its SHA-256, and the suffix that says its format."""
    original: str
    """What its sender called it."""
    size: int
    sha256: str
    person: str
    at: datetime


class Coming:
    """A file that is coming in; it is kept whole, or dropped."""

    def __init__(self, original: str, most: int = MOST_BYTES) -> None:
        """``BadInput`` for a file of a format that is not read."""
        self.original = _plain(original)
        self._suffix = Path(self.original).suffix.lower()
        if self._suffix not in SUFFIXES:
            raise bad_input(
                "unknown-format",
                f"a file named {self.original!r} is of no format read here",
                "the suffix says the format",
                f"send one named {', '.join(SUFFIXES)}; a packed one unpacked",
                Place(self.original),
            )
        self._most = most
        self._size = 0
        self._digest = hashlib.sha256()
        uploads().mkdir(parents=True, exist_ok=True)
        number, path = tempfile.mkstemp(prefix=_COMING, dir=uploads())
        self._path = Path(path)
        self._file = os.fdopen(number, "wb")

    def write(self, piece: bytes) -> None:
        """Take the next bytes. ``BadInput`` once there are too many, or no room for them."""
        self._size += len(piece)
        if self._size > self._most:
            raise self._refused(
                "too-large",
                f"it has more than {self._most} bytes",
                "no estate needs as many",
                "check that this is the file you meant, or import it by `ristoro estate import`",
            )
        try:
            if _free(self._path.parent) < LEFT_FREE:
                raise self._no_room("the disk is nearly full")
            self._file.write(piece)
        except OSError as error:
            raise self._no_room(error.strerror or str(error)) from error
        self._digest.update(piece)

    def keep(self, person: Person, at: datetime) -> Upload:
        """Name the whole file for its bytes, write down where it comes from, and journal it."""
        if not self._size:
            raise self._refused(
                "empty", "the file is empty", "there is no row in it", "export it again"
            )
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        digest = self._digest.hexdigest()
        upload = Upload(
            f"{digest}{self._suffix}", self.original, self._size, digest, person.name, at
        )
        known = find_or_none(upload.name)
        if known is not None:
            self.drop()
            return known
        with transaction.atomic():
            require(person, Role.OPERATOR)
            self._path.replace(uploads() / upload.name)
            _note(upload.name).write_bytes(
                canonical_json({**asdict(upload), "at": at.isoformat()}) + b"\n"
            )
            data = {"sha256": digest, "name": upload.original, "bytes": upload.size}
            append(person.name, names.UPLOAD_RECEIVED, f"upload {upload.name}", data, at)
        return upload

    def drop(self) -> None:
        """Remove what came so far; nothing where it was kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _no_room(self, why: str) -> BadInput:
        return self._refused(
            "no-room",
            "there is no room for the file",
            why,
            f"make room on the disk: {LEFT_FREE >> 30} GiB must stay free",
        )

    def _refused(self, code: str, what: str, why: str, todo: str) -> BadInput:
        return bad_input(code, what, why, todo, Place(self.original))


def listed(most: int) -> list[Upload]:
    """The uploads that are there, newest first."""
    found = [_read(path) for path in uploads().glob("*.json")]
    whole = [one for one in found if (uploads() / one.name).exists()]
    return sorted(whole, key=lambda one: one.at, reverse=True)[:most]


def sweep(at: datetime) -> None:
    """Remove what was cut off long ago by a process that ended without a word."""
    for path in uploads().glob(f"{_COMING}*"):
        with suppress(FileNotFoundError):
            if at - clock.instant(path.stat().st_mtime_ns // 1000) > ABANDONED:
                path.unlink()


def find(name: str) -> Upload:
    """The upload of that name; ``Missing`` where there is none."""
    below(uploads(), name)
    return _read(below(uploads(), _note(name).name))


def find_or_none(name: str) -> Upload | None:
    """The upload of that name, where there is one."""
    there = (uploads() / name).exists() and _note(name).exists()
    return find(name) if there else None


def errands_of(upload: Upload, most: int = 20) -> list[Errand]:
    """The imports that were asked for of it, the last one first."""
    asked = Errand.objects.filter(kind=estates.KIND, params__upload=upload.name)
    return list(asked.order_by("-pk")[:most])


def last_imports(sent: Sequence[Upload]) -> dict[str, Errand]:
    """The last import that was asked for of each of them, by name."""
    wanted = [one.name for one in sent]
    asked = Errand.objects.filter(kind=estates.KIND, params__upload__in=wanted)
    return {str(one.params["upload"]): one for one in asked.order_by("pk")}


def discard(name: str, person: Person, at: datetime) -> None:
    """Throw an upload away, with the list of its bad rows; what was imported from it stays.

    ``NotAllowed`` while an import reads it.
    """
    require(person, Role.OPERATOR)
    upload = find(name)
    unended = (ErrandState.WAITING, ErrandState.GOING)
    if any(one.state in unended for one in errands_of(upload)):
        raise NotAllowed(
            Problem(
                "upload-in-use",
                f"{upload.original!r} is being imported",
                "an import reads the file more than once",
                "wait until it has ended, or cancel it",
            )
        )
    with transaction.atomic():
        data = {"sha256": upload.sha256, "name": upload.original}
        append(person.name, names.UPLOAD_DISCARDED, f"upload {upload.name}", data, at)
    _note(name).unlink(missing_ok=True)
    estates.bad_file_of(name).unlink(missing_ok=True)
    (uploads() / name).unlink(missing_ok=True)


def _note(name: str) -> Path:
    return uploads() / f"{Path(name).name}.json"


def _read(path: Path) -> Upload:
    data: dict[str, Any] = json.loads(path.read_bytes())
    return Upload(**{**data, "at": clock.parse_instant(data["at"])})


def _plain(original: str) -> str:
    """A sender's name for a file, as one line of at most so many characters; its suffix stays."""
    last = original.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-LONGEST_NAME:] or "?"


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
