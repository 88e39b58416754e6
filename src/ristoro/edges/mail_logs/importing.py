"""Importing: mail logs become a folder of tables, whole or not at all.

1. Copies among the files are set aside; the rest are put in order, each rotation by its name.
2. They are read into tables in a folder of its own, which the next import removes if this one
   was killed.
3. The record is written; all is synced, and the folder named for its digest.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ristoro.edges.mail_logs import reading
from ristoro.edges.mail_logs.columns import UNKNOWN
from ristoro.edges.mail_logs.folder import (
    EVIDENCE,
    FORMAT,
    NAMES,
    SOURCES,
    Folder,
    digest_told,
    open_folder,
)
from ristoro.edges.mail_logs.scanned import Scanned, Stated
from ristoro.kernel.errors import NotAllowed, Place, Problem, bad_input
from ristoro.kernel.frames import digest_of_file

SCAN = "ristoro.edges.mail_logs.scan"
"""Loaded with the first log that is read: a compiler comes with it, of which pages that only tell
of imports have no need."""
_WORK = ".import-"
_COUNTED = {"histories": "fate", "sign_ins": "ended", "edges": "edge"}


@dataclass(frozen=True, slots=True)
class Imported:
    """The folder that an import has made, or, where ``already``, had made before.

    ``copies`` are files that were another one's copy and were read once.
    """

    folder: Folder
    already: bool
    copies: tuple[Path, ...]


def import_logs(
    paths: Sequence[Path],
    home: Path,
    *,
    by: str,
    now: datetime,
    stated: Stated | None = None,
    progress: Callable[[int], None] = lambda octets: None,
) -> Imported:
    """Read mail logs into a new folder of ``<home>/evidence``.

    ``progress`` is told the octets of the files as they are read. ``BadInput`` where a file cannot
    be read to its end, is told twice, has no year, zone or host and none is stated, or where no
    line of all is understood; ``NotAllowed`` while another import runs.
    """
    kept, copies = reading.once(paths)
    logs = reading.in_order(kept)
    names = names_of([file.path for log in logs for file in log])
    store = home / EVIDENCE
    store.mkdir(parents=True, exist_ok=True)
    with _alone(store):
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=store))
        try:
            scanned: Scanned = import_module(SCAN).scan(logs, names, work, stated, progress)
            if not scanned.understood:
                raise _nothing(scanned, paths)
            _write_unknown(work, scanned, list(names.values()))
            told = _told(work, scanned, stated)
            told["imported"] = {"by": by, "at": now.isoformat()}
            already = (store / told["digest"]).exists()
            if not already:
                _publish(work, store, told)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return Imported(open_folder(store / told["digest"]), already, tuple(copies))


def names_of(paths: Sequence[Path]) -> dict[Path, str]:
    """What each file is called in the tables: its name, with folders where two share one."""
    depth = dict.fromkeys(paths, 1)
    while True:
        names = {path: "/".join(path.parts[-depth[path] :]) for path in paths}
        often = Counter(names.values())
        longer = [
            path for path in paths if often[names[path]] > 1 and depth[path] < len(path.parts)
        ]
        if not longer:
            return names
        for path in longer:
            depth[path] += 1


def _told(work: Path, scanned: Scanned, stated: Stated | None) -> dict[str, Any]:
    """What ``sources.json`` says, but for who and when."""
    rows = {**scanned.rows, "unknown": len(scanned.unknown)}
    counts: dict[str, Any] = {
        "lines": scanned.lines,
        "understood": scanned.understood,
        "unknown": sum(one.lines for one in scanned.unknown.values()),
        "repeated_stamps": scanned.repeated_stamps,
        "left_before": scanned.left_before,
    }
    for table, column in _COUNTED.items():
        words = pq.read_table(work / f"{table}.parquet", columns=[column]).column(column)
        counts[table] = {
            one["values"]: one["counts"]
            for one in sorted(pc.value_counts(words).to_pylist(), key=lambda one: one["values"])
        }
    told: dict[str, Any] = {
        "format": FORMAT,
        "stated": {
            "year": stated.year if stated else None,
            "zone": stated.zone.key if stated and stated.zone else None,
            **({"host": stated.host} if stated and stated.host else {}),
        },
        "sources": [
            {
                **asdict(one),
                "first_at": one.first_at.isoformat() if one.first_at else None,
                "last_at": one.last_at.isoformat() if one.last_at else None,
            }
            for one in scanned.sources
        ],
        "tables": {
            name: {"rows": rows[name], "sha256": digest_of_file(work / f"{name}.parquet")}
            for name in NAMES
        },
        "counts": counts,
    }
    told["digest"] = digest_told(told)
    return told


def _write_unknown(work: Path, scanned: Scanned, files: Sequence[str]) -> None:
    rows = [
        {
            "program": program, "why": why, "lines": one.lines, "sample": one.sample,
            "line": one.line, "file": files[one.file],
        }
        for (program, why), one in sorted(scanned.unknown.items())
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=UNKNOWN), work / "unknown.parquet")


def _publish(work: Path, store: Path, told: dict[str, Any]) -> None:
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    (work / SOURCES).write_text(text, encoding="utf-8")
    for path in (*work.iterdir(), work):
        _sync(path)
    work.chmod(0o755)
    work.rename(store / told["digest"])
    _sync(store)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Hold the store against other imports, and remove what killed ones have left."""
    with (store / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAllowed(
                Problem(
                    "import-running",
                    "another import of logs is running",
                    "two at once would take twice the memory and disk",
                    "wait until it has ended",
                    Place(str(store)),
                )
            ) from error
        for left in store.glob(f"{_WORK}*"):
            shutil.rmtree(left)
        yield


def _nothing(scanned: Scanned, paths: Sequence[Path]) -> Exception:
    samples = [
        Problem(
            "unknown-line",
            f"{one.lines} lines were not understood: {why}",
            f"the first of them is {one.sample[:120]!r}",
            "see whether it is a mail log",
            Place(scanned.sources[0].name if scanned.sources else "", one.line),
        )
        for (_, why), one in list(scanned.unknown.items())[:3]
    ]
    found = bad_input(
        "no-mail-log",
        "no line was understood",
        "they are read as those of Postfix and Dovecot, written by syslog, journald or Dovecot",
        "give mail logs: /var/log/mail.log*, or journalctl --output json",
        Place(", ".join(path.name for path in paths[:3])),
    )
    return type(found)(*found.problems, *samples)
