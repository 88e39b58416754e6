"""The declared outages: a folder for each, a file for each version, none of them ever edited.

``<folder>/<name>/v1.yaml`` is the text as it was declared, comments and all, and ``v1.digest``
the digest of what it meant then. Each version names the digest of the one before, so a text that
was changed afterwards is found by reading.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ristoro.kernel.documents import read_bytes, read_raw
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
    4. It is written whole or not at all; of two at once one wins and the other is judged again.

    ``BadInput`` where any of that fails, and where a version in the folder was edited.
    """
    raw = read_raw(path)
    root = read_bytes(raw, str(path))
    outage = outage_from(root)
    before = versions(folder, outage.name)
    home = folder / outage.name
    kept = home / f"v{outage.version}.yaml"
    if outage.version <= len(before):
        if before[outage.version - 1] != outage:
            raise _edited(outage, len(before), root.mapping()["version"].place)
        return Declared(outage, kept, already=True)
    if outage.version > len(before) + 1:
        raise _gap(outage, len(before), root.mapping()["version"].place)
    if before and outage.corrects != before[-1].digest:
        raise _corrects_other(outage, before[-1], root.mapping()["corrects"].place)
    home.mkdir(parents=True, exist_ok=True)
    _write(home / f"v{outage.version}.digest", f"{outage.digest}\n".encode(), replace=True)
    if not _write(kept, raw, replace=False):
        return declare(path, folder)
    return Declared(outage, kept, already=False)


def names(folder: Path) -> tuple[str, ...]:
    """The names of the outages declared, in order."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/v1.yaml")))


def versions(folder: Path, name: str) -> tuple[Outage, ...]:
    """Every version of an outage, the first first; none where it was never declared.

    ``BadInput`` where one is missing from the row, or is not what was declared.
    """
    found: list[Outage] = []
    count = len(list((folder / name).glob("v*.yaml")))
    for number in range(1, count + 1):
        path = folder / name / f"v{number}.yaml"
        raw = read_raw(path)
        outage = outage_from(read_bytes(raw, str(path)))
        recorded = read_raw(path.with_suffix(".digest")).decode("ascii", "replace").strip()
        if (outage.name, outage.version, outage.digest) != (name, number, recorded):
            raise bad_input(
                "version-changed",
                f"version {number} of {name} is not what was declared",
                f"it means {outage.digest[:12]} now, and {recorded[:12]} was declared",
                "put back the text that was declared; a correction is a new version",
                Place(str(path)),
            )
        found.append(outage)
    return tuple(found)


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


def _write(path: Path, raw: bytes, *, replace: bool) -> bool:
    """Put a whole file in place; ``False`` where one is there that may not be replaced."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(unfinished, path)
        else:
            os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
