"""The declared outages: a folder for each, a file for each version, none of them ever edited.

``<folder>/<name>/v1.yaml`` is the text as it was declared, comments and all, and ``v1.digest``
the digest of what it meant then. Each version names the digest of the one before, so a text that
was changed afterwards is found by reading.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ristoro.kernel.documents import Value, read_bytes, read_raw
from ristoro.kernel.errors import BadInput, Missing, Place, Problem, bad_input, nearest
from ristoro.outages.declare import outage_from
from ristoro.outages.outage import Outage


@dataclass(frozen=True, slots=True)
class Declared:
    """An outage that is in the folder now."""

    outage: Outage
    path: Path
    """The file that keeps it."""
    already: bool
    """Whether it was there before, meaning the same."""


def declare(path: Path, folder: Path) -> Declared:
    """Take a file into the folder of declared outages; again with the same meaning: a no-op.

    1. The file is read whole; a wrong one is refused.
    2. A version that is there already must mean the same.
    3. A new one is the next after the last, and corrects that last one.
    4. It is written whole or not at all; of two at once the second is judged after the first.

    ``BadInput`` where any of that fails, and where a version in the folder was edited.
    """
    return declare_text(read_raw(path), str(path), folder)


def declare_text(raw: bytes, name: str, folder: Path) -> Declared:
    """``declare`` for a text that is in no file; ``name`` is the file named in messages."""
    root = read_bytes(raw, name)
    outage = outage_from(root)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        return _declare(raw, root, outage, folder)


def _declare(raw: bytes, root: Value, outage: Outage, folder: Path) -> Declared:
    before = versions(folder, outage.name)
    home = folder / outage.name
    path = path_of(folder, outage.name, outage.version)
    if outage.version <= len(before):
        if before[outage.version - 1] != outage:
            raise _edited(outage, len(before), root.mapping()["version"].place)
        return Declared(outage, path, already=True)
    if outage.version > len(before) + 1:
        raise _gap(outage, len(before), root.mapping()["version"].place)
    if before and outage.corrects != before[-1].digest:
        raise _corrects_other(outage, before[-1], root.mapping()["corrects"].place)
    home.mkdir(exist_ok=True)
    _write(path.with_suffix(".digest"), f"{outage.digest}\n".encode())
    _write(path, raw)
    return Declared(outage, path, already=False)


def names(folder: Path) -> tuple[str, ...]:
    """The names of the outages declared, in order."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/v1.yaml")))


def versions(folder: Path, name: str) -> tuple[Outage, ...]:
    """Every version of an outage, the first first; none where it was never declared.

    ``BadInput`` where one is missing from the row, or is not what was declared.
    """
    return tuple(kept(folder, name, number) for number in range(1, count(folder, name) + 1))


def count(folder: Path, name: str) -> int:
    """How many versions of an outage there are; 0 where it was never declared."""
    return len(list((folder / name).glob("v*.yaml")))


def path_of(folder: Path, name: str, number: int) -> Path:
    """The file that keeps a version."""
    return folder / name / f"v{number}.yaml"


def kept(folder: Path, name: str, number: int) -> Outage:
    """One version, which must be there; ``BadInput`` where it is not what was declared."""
    path = path_of(folder, name, number)
    outage = _meant(read_raw(path), str(path))
    recorded = read_raw(path.with_suffix(".digest")).decode("ascii", "replace").strip()
    if (outage.name, outage.version, outage.digest) != (name, number, recorded):
        raise bad_input(
            "version-changed",
            f"version {number} of {name} is not what was declared",
            f"it means {outage.digest[:12]} now, and {recorded[:12]} was declared",
            "put back the text that was declared; a correction is a new version",
            Place(str(path)),
        )
    return outage


@lru_cache(maxsize=256)
def _meant(raw: bytes, name: str) -> Outage:
    """What a text means: a version is read often and never changes."""
    return outage_from(read_bytes(raw, name))


def version(folder: Path, name: str, number: int | None = None) -> Outage:
    """One version of an outage, the last where no number is given; ``Missing`` if there is none."""
    found = versions(folder, name)
    if not found or (number is not None and not 1 <= number <= len(found)):
        known = names(folder)
        close = nearest(name, known)
        why = (
            f"it has {len(found)} versions" if found else f"declared: {', '.join(known) or 'none'}"
        )
        raise Missing(
            Problem(
                "no-such-outage",
                f"there is no outage {name!r}" if not found else f"{name} has no version {number}",
                why,
                f"did you mean {close!r}?" if close and not found else "declare it first",
                Place(str(folder)),
            )
        )
    return found[-1 if number is None else number - 1]


def _edited(outage: Outage, last: int, place: Place) -> BadInput:
    return bad_input(
        "version-edited",
        f"version {outage.version} of {outage.name} was declared before, and meant otherwise",
        "runs refer to it, so a version is never edited",
        f"declare the change as version {last + 1}, with `corrects:` and `reason:`",
        place,
    )


def _gap(outage: Outage, last: int, place: Place) -> BadInput:
    return bad_input(
        "version-gap",
        f"version {outage.version} of {outage.name} cannot be declared yet",
        f"the last version declared is {last}" if last else "no version of it is declared",
        f"write `version: {last + 1}`, or declare the versions between first",
        place,
    )


def _corrects_other(outage: Outage, last: Outage, place: Place) -> BadInput:
    return bad_input(
        "corrects-other",
        f"version {outage.version} of {outage.name} corrects what is not version {last.version}",
        "each version corrects the one before it, which whoever writes it must have seen",
        f"look at version {last.version}, then write `corrects: {last.digest}`",
        place,
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One declaration at a time: a digest and its text are two files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, raw: bytes) -> None:
    """Put a whole file in place; what was cut off before its text was there is replaced."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
