"""Whether large files are still those of a run: read whole when asked, and remembered.

Reading nine million rows to answer for one would take seconds. So a file that was proven whole is
remembered beside the run by its size, its time of change and its inode, and is not read again
while these three stay. That guards against accidents; whoever can write the files can also write
what is remembered, so ``prove`` reads them again whenever a person asks for it.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.columns import OUTCOMES

REMEMBERED = "proven.json"

Stamp = tuple[str, int, int, int]
"""Of a file: its path, size in bytes, time of change in nanoseconds, inode."""


@dataclass(frozen=True, slots=True)
class Proof:
    """When each large file of a run was last read whole and found right; ``None`` for never
    since it was last changed."""

    snapshot: datetime | None
    outcomes: datetime | None


def stamp(path: Path) -> Stamp | None:
    """What changes when a file is changed by accident; ``None`` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (str(path.resolve()), found.st_size, found.st_mtime_ns, found.st_ino)


def digest_of(path: Path, folder: Path) -> str:
    """The SHA-256 of a file's bytes, from memory where the file has stayed as it was."""
    now = stamp(path)
    kept = _read(folder).get(path.name, {})
    if now is not None and kept.get("stamp") == list(now) and "sha256" in kept:
        return str(kept["sha256"])
    digest = frames.digest_of_file(path)
    _write(folder, path.name, {"stamp": list(now or ()), "sha256": digest})
    return digest


def prove(snapshot: Snapshot, outcomes: Path, digest: str, at: datetime) -> Proof:
    """Read both files whole; ``BadInput`` where one is not what the run says it is."""
    folder = outcomes.parent
    snapshot.check()
    _write(folder, "snapshot", {"stamp": list(stamp(snapshot.path) or ()), "at": at.isoformat()})
    found = frames.digest_of_parquet(outcomes, OUTCOMES.names)
    if found != digest:
        raise bad_input(
            "run-changed",
            "the outcomes of this run are not those that were decided",
            f"their digest is {found}, and was {digest}",
            "bring the old file back, or decide again",
            Place(str(outcomes)),
        )
    _write(folder, outcomes.name, {"stamp": list(stamp(outcomes) or ()), "at": at.isoformat()})
    return proof(snapshot, outcomes)


def proof(snapshot: Snapshot, outcomes: Path) -> Proof:
    """What is remembered of earlier proofs, as far as the files have stayed as they were."""
    kept = _read(outcomes.parent)

    def since(name: str, path: Path) -> datetime | None:
        one = kept.get(name, {})
        same = one.get("stamp") == list(stamp(path) or ())
        return datetime.fromisoformat(one["at"]) if same and "at" in one else None

    return Proof(since("snapshot", snapshot.path), since(outcomes.name, outcomes))


def _read(folder: Path) -> dict[str, Any]:
    """What is remembered; a file that cannot be read is as good as none."""
    try:
        found = json.loads((folder / REMEMBERED).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(folder: Path, name: str, value: dict[str, Any]) -> None:
    """Remember one file; a folder that takes no file costs only the reading next time."""
    text = json.dumps(_read(folder) | {name: value}, indent=2) + "\n"
    try:
        handle, unfinished = tempfile.mkstemp(prefix=".proven.", dir=folder)
    except OSError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(unfinished, folder / REMEMBERED)
