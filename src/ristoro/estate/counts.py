"""How many mailboxes a snapshot has of each brand, plan, store, language and standing.

They are counted in one pass, and kept beside the snapshot: it never changes, so neither do they.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.keys import canonical_json

MOST_LINES = 500
"""Lines of one table; those with the fewest mailboxes are counted together."""

Line = tuple[tuple[str, ...], int]
"""What they have in common, and how many they are."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many mailboxes there are of what, the most first; stores by name.

    Where a table would have more than ``MOST_LINES`` lines, ``left`` says by its name how many
    mailboxes the others have.
    """

    plans: tuple[Line, ...]
    """By brand and plan."""
    stores: tuple[Line, ...]
    """By brand and store."""
    locales: tuple[Line, ...]
    standings: tuple[Line, ...]
    closed: int
    paid: int
    left: Mapping[str, int]


_TABLES = {
    "plans": ("brand", "plan"),
    "stores": ("brand", "store"),
    "locales": ("locale",),
    "standings": ("standing",),
}

_GROUPED = """
SELECT {columns}, count(*) AS n FROM read_parquet(?) GROUP BY {columns} ORDER BY n DESC, {columns}
"""
_TOTALS = "SELECT count(closed_at), count(*) FILTER (price_minor > 0) FROM read_parquet(?)"


def counts_of(snapshot: Snapshot) -> Counts:
    """The counts of a snapshot: those that are kept beside it, else counted now and kept."""
    kept = kept_counts(snapshot)
    return kept if kept is not None else keep_counts(snapshot, count(snapshot))


def count(snapshot: Snapshot) -> Counts:
    """Count them in the file."""
    found: dict[str, tuple[Line, ...]] = {}
    left: dict[str, int] = {}
    with frames.connect(reads=[snapshot.path]) as con:
        path = [str(snapshot.path)]
        for name, columns in _TABLES.items():
            listed = ", ".join(columns)
            rows = con.execute(_GROUPED.format(columns=listed), path).fetchall()
            lines = [(tuple(map(str, one[:-1])), int(one[-1])) for one in rows]
            most = lines[:MOST_LINES]
            found[name] = tuple(sorted(most) if name == "stores" else most)
            if lines[MOST_LINES:]:
                left[name] = sum(n for _, n in lines[MOST_LINES:])
        totals = con.execute(_TOTALS, path).fetchone()
    closed, paid = totals or (0, 0)
    return Counts(**found, closed=int(closed), paid=int(paid), left=left)


def kept_counts(snapshot: Snapshot) -> Counts | None:
    """The counts that are kept beside a snapshot, where they are."""
    try:
        data: dict[str, Any] = json.loads(_beside(snapshot).read_bytes())
    except FileNotFoundError:
        return None
    tables = {name: tuple((tuple(what), n) for what, n in data[name]) for name in _TABLES}
    return Counts(**tables, closed=data["closed"], paid=data["paid"], left=data["left"])


def keep_counts(snapshot: Snapshot, counts: Counts) -> Counts:
    """Keep them beside the snapshot; the counts."""
    path = _beside(snapshot)
    path.parent.mkdir(exist_ok=True)
    data = {
        **{name: [[list(what), n] for what, n in getattr(counts, name)] for name in _TABLES},
        "closed": counts.closed,
        "paid": counts.paid,
        "left": dict(counts.left),
    }
    number, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(number, "wb") as file:
        file.write(canonical_json(data) + b"\n")
    Path(aside).replace(path)
    return counts


def _beside(snapshot: Snapshot) -> Path:
    return snapshot.path.parent / "counts" / f"{snapshot.digest}.json"
