"""The frozen preview of a decision: what its folder says, ready for a page, reading no large file.

``preview.json`` is written once, beside the outcomes that it was drawn from, and names their
digest. Everything in it follows from the folder and the snapshot: ``write`` makes the same again.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ristoro.kernel import frames
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.keys import canonical_json, digest_of
from ristoro.kernel.money import Rounding
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder import figures, samples
from ristoro.remedies.folder.figures import Figures, ListValue
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.folder.samples import Sample
from ristoro.remedies.folder.whole_files import Stamp, stamp

PREVIEW = "preview.json"
FORMAT = "ristoro-preview-1"
_INPUTS = ("snapshot", "outage", "policy", "facts")

Amounts = Mapping[tuple[str, str], int]
"""What is owed together, by unit and currency."""


@dataclass(slots=True)
class Sum:
    """Grants, and what they come to in each unit."""

    grants: int = 0
    amounts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any]) -> None:
        self.grants += line["count"]
        key = (line["unit"], line["currency"])
        self.amounts[key] = self.amounts.get(key, 0) + line["amount"]

    def lines(self) -> list[Mapping[str, Any]]:
        """A line of each unit, as totals have them."""
        return [
            {"unit": unit, "currency": currency, "amount": amount}
            for (unit, currency), amount in sorted(self.amounts.items())
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of sums."""

    name: tuple[str, ...]
    sum: Sum
    mailboxes: int | None = None
    """Each counted once; ``None`` where that was not counted."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A decision's folder, read for showing."""

    folder: Path
    record: Mapping[str, Any]
    totals: Mapping[str, Any]
    drawn: Mapping[str, Any] | None
    """What ``preview.json`` says; ``None`` where none was written."""

    @property
    def digest(self) -> str:
        """Of the outcomes."""
        return str(self.record["outcomes_digest"])

    @property
    def samples(self) -> tuple[Sample, ...]:
        told = self.drawn["samples"] if self.drawn else ()
        return tuple(Sample.of(one) for one in told)

    @property
    def figures(self) -> Figures | None:
        return Figures.of(self.drawn["figures"]) if self.drawn else None

    def by_remedy(self) -> list[Row]:
        """By remedy, of which a mailbox gets one grant at most."""
        rows = [_row((one["remedy"],), one["owed"]) for one in self.totals["remedies"]]
        return [replace(row, mailboxes=row.sum.grants) for row in rows]

    def by_brand(self) -> list[Row]:
        """By brand; mailboxes that get several remedies once."""
        return list(self._grouped(lambda line: (line["brand"],)))

    def by_plan(self) -> list[Row]:
        """By brand and plan; mailboxes that get several remedies once."""
        return list(self._grouped(lambda line: (line["brand"], line["plan"])))

    def in_all(self) -> Row:
        return _row((), self._owed())

    def list_values(self) -> list[tuple[str, int, int, int]]:
        """By currency: months given, those of no list price, and the value in minor units.

        The exact value is rounded half up, once.
        """
        found = self.figures
        values = sorted(found.list_values if found else (), key=lambda one: one.currency)
        return [
            _valued(currency, list(group))
            for currency, group in groupby(values, key=lambda one: one.currency)
        ]

    def _owed(self) -> list[Mapping[str, Any]]:
        return [line for remedy in self.totals["remedies"] for line in remedy["owed"]]

    def _grouped(self, key: Any) -> Iterator[Row]:
        found = self.figures
        once: dict[tuple[str, ...], int] = {}
        for one in found.given if found else ():
            name = key({"brand": one.brand, "plan": one.plan})
            once[name] = once.get(name, 0) + one.mailboxes
        for name, lines in groupby(sorted(self._owed(), key=key), key=key):
            yield _row(name, lines, once.get(name))


def identity(record: Mapping[str, Any]) -> str:
    """The digest of a decision: of its inputs and of its outcomes together."""
    inputs = {name: record.get(f"{name}_digest") for name in _INPUTS}
    return digest_of(
        {
            **inputs,
            "outcomes": record["outcomes_digest"],
            "today": record["today"],
            "until_us": record["until_us"],
        }
    )


def make(folder: Path, progress: Callable[[int], None] = lambda buckets: None) -> dict[str, Any]:
    """What ``preview.json`` has to say of a folder: the large files are read, once each."""
    record = read_record(folder)
    outcomes, snapshot = folder / decide.OUTCOMES, Path(record["snapshot"])
    digest = str(record["outcomes_digest"])
    with frames.connect(reads=[outcomes, snapshot]) as con:
        drawn = samples.draw(con, outcomes, snapshot, digest)
        counted = figures.count(con, outcomes, snapshot, progress)
    return {
        "format": FORMAT,
        "outcomes_digest": digest,
        "snapshot_digest": record["snapshot_digest"],
        "figures": counted.as_dict(),
        "samples": [one.as_dict() for one in drawn],
    }


def write(folder: Path, progress: Callable[[int], None] = lambda buckets: None) -> dict[str, Any]:
    """Write ``preview.json`` whole or not at all; what it says."""
    told = make(folder, progress)
    put(folder / PREVIEW, told)
    return told


def put(path: Path, told: Mapping[str, Any]) -> None:
    """Write a small file of a folder whole or not at all."""
    handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(canonical_json(told) + b"\n")
    os.chmod(unfinished, 0o644)
    os.replace(unfinished, path)


def read(folder: Path) -> Preview:
    """The preview of a decision; ``BadInput`` where the folder is no run.

    A ``preview.json`` that was drawn from other outcomes is refused, not shown.
    """
    record = read_record(folder)
    totals = _json(folder / decide.TOTALS, stamp(folder / decide.TOTALS))
    drawn = _json(folder / PREVIEW, stamp(folder / PREVIEW))
    if totals is None:
        raise bad_input(
            "unreadable-run", f"{decide.TOTALS} cannot be read", "it is missing, or is not JSON",
            "decide again", Place(str(folder)),
        )  # fmt: skip
    if drawn is not None and drawn.get("outcomes_digest") != record["outcomes_digest"]:
        raise bad_input(
            "preview-changed",
            "the samples were drawn from other outcomes than these",
            f"they name {str(drawn.get('outcomes_digest'))[:12]}…",
            f"remove {PREVIEW}, or decide again",
            Place(str(folder / PREVIEW)),
        )
    return Preview(folder, record, totals, drawn)


@lru_cache(maxsize=32)
def _json(path: Path, now: Stamp | None) -> dict[str, Any] | None:
    """A small file as it is now; ``None`` where there is none. ``now`` is part of the key."""
    if now is None:
        return None
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _row(
    name: tuple[str, ...], lines: Iterable[Mapping[str, Any]], mailboxes: int | None = None
) -> Row:
    row = Row(name, Sum(), mailboxes)
    for line in lines:
        row.sum.add(line)
    return row


def _valued(currency: str, values: list[ListValue]) -> tuple[str, int, int, int]:
    exact = sum((one.minor for one in values), Fraction(0))
    return (
        currency,
        sum(one.months for one in values),
        sum(one.unpriced for one in values),
        Rounding.HALF_UP.divide(exact.numerator, exact.denominator),
    )
