"""What the logs show of an estate, mailbox by mailbox, held against what was declared.

Set-wise: one pass over the imports, joined with the estate and with the declared windows. What
failed outside any window, what worked while it is declared down, and what is declared with no
line to show for it are told by component, brand and store, with the first few lines of each.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import TypeAdapter

from ristoro.claims.evidence.found import Line
from ristoro.claims.evidence.gaps import Gaps, gaps
from ristoro.claims.evidence.slicing import Slices
from ristoro.claims.evidence.sorting import Sorted, by_mailbox, step
from ristoro.edges.mail_logs.folder import Folder
from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.keys import canonical_json, digest_of
from ristoro.kernel.spans import Span, Spans
from ristoro.outages.outage import Outage

EXPOSURE = "exposure.parquet"
COMPARISON = "comparison.json"
GAPS = "gaps.json"
MADE = 2
"""Raised when what is made changes."""
AROUND = 24 * 3_600_000_000
"""How long before and after the outage the imports are looked at, in microseconds."""
LIMITS = frames.Limits(threads=2, memory_mib=700)

_SPANS = pa.schema(
    [
        ("component", pa.string()),
        ("brand", pa.string()),
        ("store", pa.string()),
        ("since", pa.int64()),
        ("until", pa.int64()),
    ]
)

Cell = tuple[str, str, str]
"""A component, a brand and a store."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One fact of a disagreement. Whose mailbox it is, is told by number; no correspondent is."""

    mailbox_id: int
    at: int
    what: str
    """``late``, ``bounced``, ``expired``, ``deleted``, ``held``, ``waiting``, ``refused-sign-in``
    or ``good``."""
    where: Line


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What the imports and the declaration say differently of one component on one store."""

    kind: str
    """``faults-outside`` of any window, or ``good-inside`` one that is declared down."""
    component: str
    brand: str
    store: str
    facts: int
    mailboxes: int
    first: int
    last: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """How much failed and worked of a component of a brand, by hours since 1970 (UTC)."""

    component: str
    brand: str
    faults: Mapping[int, int]
    goods: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Silent:
    """A component of a brand that is declared, with no line of it for these stores."""

    component: str
    brand: str
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An outage beside what the logs show of it."""

    outage: str
    version: int
    outage_digest: str
    snapshot: str
    evidence: tuple[str, ...]
    span: tuple[int, int]
    covered: tuple[tuple[int, int], ...]
    """The part of the span of which some file tells."""
    estate: int
    """Mailboxes of the snapshot."""
    named: int
    """Those that any line names; of the others nothing is provable, one way or the other."""
    mailboxes: int
    """For which anything failed."""
    faults: int
    undeclared: int
    disagreements: tuple[Disagreement, ...]
    hours: tuple[Hours, ...]
    silent: tuple[Silent, ...]

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return told


_ADAPTER: TypeAdapter[Comparison] = TypeAdapter(Comparison)
_GAPS: TypeAdapter[Gaps] = TypeAdapter(Gaps)


def exposure(
    folders: Sequence[Folder],
    snapshot: Snapshot,
    outage: Outage,
    out: Path,
    until: int,
    told: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Write ``exposure.parquet``, ``comparison.json`` and ``gaps.json`` into ``out``.

    A window that is still going counts up to ``until``. ``told`` is called with the name of each
    step before it. The same inputs give the same files.
    """
    span = _hull(outage, until)
    imports = [by_mailbox(folder, told) for folder in folders]
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=out, prefix=".scratch-"))
    reads = [snapshot.path, *(one.path for one in imports)]
    try:
        with frames.connect(
            LIMITS, reads=reads, writes=[out], scratch=scratch, remember_footers=True
        ) as con:
            con.register("declared", _table(_cells(outage, until, down=False)))
            con.register("down", _table(_cells(outage, until, down=True)))
            slices = Slices(con, imports, span, scratch)
            slices.work(snapshot.path, told)
            told("compare")
            slices.exposure(scratch / EXPOSURE)
            made = _read(con, imports, outage, until)
        os.replace(scratch / EXPOSURE, out / EXPOSURE)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    told("gaps")
    held = gaps(outage.windows, folders, until)
    covered = held.covered.clip(*span)
    comparison = Comparison(
        outage=outage.name,
        version=outage.version,
        outage_digest=outage.digest,
        snapshot=snapshot.digest,
        evidence=tuple(folder.digest for folder in folders),
        span=(span.start, span.end),
        covered=tuple((one.start, one.end) for one in covered),
        estate=snapshot.rows,
        **made,
    )
    (out / GAPS).write_bytes(_GAPS.dump_json(held))
    (out / COMPARISON).write_bytes(canonical_json(comparison.as_json()))
    return comparison


def key_of(folders: Iterable[Folder], snapshot: Snapshot, outage: Outage) -> str:
    """What names a comparison: the digests of what it is made of."""
    digests = sorted(folder.digest for folder in folders)
    return digest_of([MADE, outage.digest, snapshot.digest, digests])


def read_comparison(folder: Path) -> Comparison:
    """A comparison that was made; ``FileNotFoundError`` where none was."""
    return _ADAPTER.validate_json((folder / COMPARISON).read_bytes())


def read_gaps(folder: Path) -> Gaps:
    """What was held against the published windows when a comparison was made."""
    return _GAPS.validate_json((folder / GAPS).read_bytes())


def _read(
    con: duckdb.DuckDBPyConnection, imports: Sequence[Sorted], outage: Outage, until: int
) -> dict[str, Any]:
    folders = {str(one.path): one.folder for one in imports}
    named, mailboxes, faults, undeclared = con.execute(step("54_counted.sql")).fetchall()[0]
    asked = con.execute(step("52_disagreements.sql"))
    names = [column[0] for column in asked.description]
    rows = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    hours = con.execute(step("53_hours.sql")).fetchall()
    heard = {(component, brand, store) for component, brand, store, *_ in hours}
    return {
        "named": named,
        "mailboxes": mailboxes,
        "faults": faults,
        "undeclared": undeclared,
        "disagreements": tuple(
            Disagreement(
                **row | {"samples": tuple(_sample(one, folders) for one in row["samples"])}
            )
            for row in rows
        ),
        "hours": _by_hour(hours),
        "silent": _silent(_cells(outage, until, down=False), heard),
    }


def _sample(told: Mapping[str, Any], folders: Mapping[str, Folder]) -> Sample:
    folder = folders[told["filename"].rpartition("/")[0]]
    sha256 = folder.source(told["file"]).sha256
    line = Line(told["file"], told["line"], sha256, folder.digest)
    return Sample(told["mailbox_id"], told["at"], told["what"], line)


def _by_hour(rows: Iterable[tuple[str, str, str, int, int, int]]) -> tuple[Hours, ...]:
    found: dict[tuple[str, str], tuple[dict[int, int], dict[int, int]]] = {}
    for component, brand, _, hour, faults, goods in rows:
        failed, worked = found.setdefault((component, brand), ({}, {}))
        for counts, number in ((failed, faults), (worked, goods)):
            if number:
                counts[hour] = counts.get(hour, 0) + number
    return tuple(Hours(*row, *counts) for row, counts in sorted(found.items()))


def _silent(declared: Mapping[Cell, Spans], heard: set[Cell]) -> tuple[Silent, ...]:
    stores: dict[tuple[str, str], list[str]] = {}
    for component, brand, store in sorted(declared):
        if (component, brand, store) not in heard:
            stores.setdefault((component, brand), []).append(store)
    return tuple(Silent(*row, tuple(names)) for row, names in stores.items())


def _cells(outage: Outage, until: int, *, down: bool) -> dict[Cell, Spans]:
    """By component, brand and store, the time that is declared: all, or only what was down."""
    spans: dict[Cell, list[tuple[int, int]]] = {}
    for one in outage.windows:
        if not down or one.condition == "down":
            end = until if one.end is None else one.end
            spans.setdefault((one.component, one.brand, one.store), []).append((one.start, end))
    return {cell: Spans.of(each) for cell, each in spans.items()}


def _table(cells: Mapping[Cell, Spans]) -> pa.Table:
    rows = [(*cell, span.start, span.end) for cell, spans in cells.items() for span in spans]
    columns = list(zip(*rows, strict=True)) or [()] * len(_SPANS)
    arrays = [pa.array(one, field.type) for one, field in zip(columns, _SPANS, strict=True)]
    return pa.table(arrays, schema=_SPANS)


def _hull(outage: Outage, until: int) -> Span:
    end = until if outage.end is None else outage.end
    return Span(outage.start - AROUND, max(end, outage.start) + AROUND)
