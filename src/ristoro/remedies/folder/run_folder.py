"""A decided run read back from its folder, its inputs proven to be those that were decided on.

What is proven, and when: the texts of policy and outage by their bytes at every call; facts by
their digest, remembered by the file's size, time and inode; the snapshot by its label, and by its
values where ``whole_files`` has read them all. What was read once is kept in memory under those
bytes, so a second question costs no parsing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.kernel.errors import BadInput, Place, bad_input
from ristoro.outages.declare import read_outage_text
from ristoro.remedies.deciding import decide
from ristoro.remedies.deciding.setting import Setting, setting
from ristoro.remedies.folder import whole_files
from ristoro.remedies.folder.rows import Rows
from ristoro.remedies.folder.whole_files import Stamp, stamp
from ristoro.remedies.language.calendars import working_days
from ristoro.remedies.language.check import load_bytes
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.terms import reads

KEPT = 8
"""Runs kept in memory, each with its open files."""


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """A run's inputs, each proven to be the one that was decided on."""

    folder: Path
    snapshot: Snapshot
    checked: Checked
    bound: Setting
    facts: Path | None
    policy_text: str
    """The policy as it is written, to show its lines."""
    names: tuple[str, ...]
    """Every leaf that the policy's terms read."""
    rows: Rows
    record: Mapping[str, Any]
    """What ``run.json`` says."""

    @property
    def policy_name(self) -> str:
        """The file in which the policy's lines are numbered."""
        return decide.POLICY


def read_record(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says, its inputs not opened; ``BadInput`` where the folder is no run."""
    return _record(folder, _bytes(folder, decide.RUN))


def open_run(folder: Path) -> RunFolder:
    """The run in a folder; ``BadInput`` where a file is missing or is not what was decided on."""
    written = _bytes(folder, decide.RUN)
    record = _record(folder, written)
    facts = folder / decide.FACTS if record.get("facts") else None
    return _opened(
        folder.resolve(),
        written,
        _bytes(folder, decide.POLICY),
        _bytes(folder, decide.OUTAGE),
        stamp(Path(record["snapshot"])),
        stamp(facts) if facts else None,
        stamp(folder / decide.OUTCOMES),
    )


@lru_cache(maxsize=KEPT)
def _opened(
    folder: Path,
    written: bytes,
    policy: bytes,
    outage: bytes,
    snapshot_stamp: Stamp | None,
    facts_stamp: Stamp | None,
    outcomes_stamp: Stamp | None,
) -> RunFolder:
    """The run as these bytes and these files have it; the stamps are only part of the key."""
    record = _record(folder, written)
    checked = load_bytes(policy, str(folder / decide.POLICY))
    declared = read_outage_text(outage, str(folder / decide.OUTAGE))
    snapshot = open_snapshot(Path(record["snapshot"]))
    facts = folder / decide.FACTS if record.get("facts") else None
    found = {
        "policy": (checked.policy.digest, record["policy_digest"]),
        "outage": (declared.digest, record["outage_digest"]),
        "snapshot": (snapshot.digest, record["snapshot_digest"]),
    }
    if checked.policy.calendar is not None and "calendar_digest" in record:
        now_days = str(working_days(checked.policy.calendar).digest())
        found["calendar"] = (now_days, record["calendar_digest"])
    if facts:
        found["facts"] = (whole_files.digest_of(facts, folder), record["facts_digest"])
    for name, (now, then) in found.items():
        if now != then:
            raise bad_input(
                "run-changed",
                f"the {name} of this run is not the one that was decided on",
                f"its digest is {now}, and was {then}",
                "bring the old file back, or decide again",
                Place(str(folder)),
            )
    today = date.fromisoformat(record["today"])
    bound = setting(checked.policy, declared, today, record["until_us"])
    names = tuple(dict.fromkeys(reads(*checked.terms())))
    rows = Rows(snapshot, folder / decide.OUTCOMES, facts)
    text = policy.decode("utf-8-sig")
    return RunFolder(folder, snapshot, checked, bound, facts, text, names, rows, record)


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise _no_run(folder, f"{name}: {error.strerror or error}") from error


def _record(folder: Path, written: bytes) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except ValueError as error:
        raise _no_run(folder, str(error)) from error
    needed = ("snapshot", "snapshot_digest", "outage_digest", "policy_digest", "today", "until_us")
    if not isinstance(found, dict) or any(name not in found for name in needed):
        _refuse(folder)
    return found


def _refuse(folder: Path) -> NoReturn:
    raise _no_run(folder, f"{decide.RUN} lacks a field")


def _no_run(folder: Path, why: str) -> BadInput:
    return bad_input(
        "not-a-run", f"{folder} holds no decided run", why, "name the folder given to `--out`",
        Place(str(folder / decide.RUN)),
    )  # fmt: skip
