"""A decision proved: its files read whole, decided again from its inputs, drawn again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro.kernel.clock import instant, parse_instant
from ristoro.kernel.errors import BadInput, Missing
from ristoro.kernel.keys import canonical_json
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder import preview, whole_files
from ristoro.remedies.folder.run_folder import open_run

CHECKED = "checked.json"

INPUTS, FILES, DECIDED_AGAIN, TOTALS, DRAWN_AGAIN = (
    "inputs", "files", "decided-again", "totals", "drawn-again",
)  # fmt: skip
CHECKS = (INPUTS, FILES, DECIDED_AGAIN, TOTALS, DRAWN_AGAIN)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared, whether it held, and what was found."""

    name: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The last time that a decision was proved."""

    at: datetime
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.checks)


def prove(
    folder: Path, at: datetime, progress: Callable[[int], None] = lambda mailboxes: None
) -> Checked:
    """Check a decision by every way there is, and remember it beside the outcomes."""
    found = Checked(at, tuple(_checks(folder, at, progress)))
    told = {"at": at.isoformat(), "checks": [asdict(one) for one in found.checks]}
    preview.put(folder / CHECKED, told)
    return found


def read(folder: Path) -> Checked | None:
    """The last proof; ``None`` where there was none."""
    try:
        kept = json.loads((folder / CHECKED).read_bytes())
        checks = tuple(Check(**one) for one in kept["checks"])
        return Checked(parse_instant(kept["at"]), checks)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checks(folder: Path, at: datetime, progress: Callable[[int], None]) -> Iterator[Check]:
    try:
        run = open_run(folder)
    except (BadInput, Missing) as error:
        yield Check(INPUTS, False, str(error))
        return
    yield Check(INPUTS, True, ", ".join(_digests(run.record)))
    outcomes, digest = folder / decide.OUTCOMES, str(run.record["outcomes_digest"])
    try:
        whole_files.prove(run.snapshot, outcomes, digest, at)
    except (BadInput, Missing) as error:
        yield Check(FILES, False, str(error))
        return
    yield Check(FILES, True, digest)
    with tempfile.TemporaryDirectory(prefix=".again-", dir=folder.parent) as name:
        try:
            made = _decided(folder, run.record, Path(name) / "run", progress)
        except (BadInput, Missing) as error:
            yield Check(DECIDED_AGAIN, False, str(error))
            return
    yield Check(DECIDED_AGAIN, made.digest == digest, made.digest)
    kept = json.loads((folder / decide.TOTALS).read_bytes())
    yield Check(TOTALS, made.totals == kept, str(kept.get("approval_total", "")))
    drawn = folder / preview.PREVIEW
    if drawn.exists():
        again = canonical_json(preview.make(folder)) + b"\n"
        yield Check(DRAWN_AGAIN, again == drawn.read_bytes(), preview.PREVIEW)


def _decided(
    folder: Path, record: Any, out: Path, progress: Callable[[int], None]
) -> decide.Decision:
    until, facts = record.get("until_us"), record.get("facts")
    return decide.decide(
        Path(record["snapshot"]),
        folder / decide.OUTAGE,
        folder / decide.POLICY,
        out,
        facts=folder / str(facts) if facts else None,
        until=None if until is None else instant(until),
        progress=progress,
    )


def _digests(record: Any) -> list[str]:
    return [f"{name} {record[f'{name}_digest']}" for name in ("snapshot", "outage", "policy")]
