"""A decided run's folder, read as ``decide`` left it, and its outcomes checked by their digest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ristoro.kernel import frames
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.columns import OUTCOMES


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided run's directory, as ``decide`` left it."""

    directory: Path
    snapshot: Path
    snapshot_digest: str
    outage_digest: str
    policy_digest: str
    outcomes_digest: str
    totals: dict[str, Any]

    @property
    def outcomes(self) -> Path:
        return self.directory / "outcomes.parquet"

    @property
    def approval_total(self) -> str:
        """The one text that an approver retypes."""
        return str(self.totals["approval_total"])


def read_decided(directory: Path) -> Decided:
    """Read a run's directory; ``BadInput`` when a file is missing, unreadable or incomplete."""
    directory = directory.resolve()
    run = _read_json(directory / "run.json")
    totals = _read_json(directory / "totals.json")
    if not str(totals.get("approval_total", "")).strip():
        raise incomplete(directory / "totals.json", "approval_total")
    return Decided(
        directory=directory,
        snapshot=Path(_text(run, directory, "snapshot")),
        snapshot_digest=_text(run, directory, "snapshot_digest"),
        outage_digest=_text(run, directory, "outage_digest"),
        policy_digest=_text(run, directory, "policy_digest"),
        outcomes_digest=_read(directory / "digest").strip(),
        totals=totals,
    )


def check_outcomes(path: Path, digest: str) -> None:
    """Return when the file's outcomes have the digest; ``BadInput`` otherwise."""
    try:
        found = frames.digest_of_parquet(path, OUTCOMES.names)
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are ValueErrors
        raise bad_input(
            "unreadable-outcomes",
            "the outcomes cannot be read",
            str(error),
            "put the file back as it was decided, or decide again",
            Place(str(path)),
        ) from error
    if found != digest:
        raise bad_input(
            "changed-outcomes",
            f"the outcomes have the digest {found[:12]}…, not {digest[:12]}…",
            "they are not those that were decided, entered and shown",
            "put the file back as it was decided, or decide and enter the run again",
            Place(str(path)),
        )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input(
            "unreadable-run",
            f"{path.name} cannot be read",
            str(error),
            "name the folder that `ristoro decide` wrote",
            Place(str(path)),
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise bad_input(
            "unreadable-run",
            f"{path.name} is not JSON: {error.msg}",
            "it was changed or cut after `ristoro decide` wrote it",
            "decide again",
            Place(str(path), error.lineno, error.colno),
        ) from error
    if not isinstance(value, dict):
        raise incomplete(path, "{}")
    return value


def _text(run: dict[str, Any], directory: Path, field: str) -> str:
    value = run.get(field)
    if not isinstance(value, str) or not value:
        raise incomplete(directory / "run.json", field)
    return value


def incomplete(path: Path, field: str) -> Exception:
    return bad_input(
        "incomplete-run",
        f"{path.name} lacks {field}",
        "it was changed after `ristoro decide` wrote it, or written by another version",
        "decide again",
        Place(str(path), field=field),
    )
