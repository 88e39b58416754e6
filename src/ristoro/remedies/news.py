"""What has become of a decision's inputs since: another outage, another policy, another estate.

A decision speaks of the estate at one instant. Before it is entered, and before its run begins to
act, it is held against the newest of each input that the installation has. Estates are compared
mailbox by mailbox in every field that a rule may read, but for what changes by the hour: how full
the mailbox is, and when each way in was last used.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.kernel import frames
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import NotAllowed, Place, Problem
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.shelves import Shelves

ROWS_AT_ONCE = 750_000

FIELDS: Mapping[str, tuple[str, ...]] = {
    "plan": ("plan", "plan_since"),
    "price": ("price_minor", "currency", "billing_months"),
    "paid-until": ("paid_until",),
    "storage": ("storage_bytes",),
    "standing": ("standing",),
    "address": ("address",),
    "store": ("brand", "store"),
    "holder": ("holder_id",),
    "language": ("locale",),
    "ways": ("ways",),
    "past": (
        *("created_at", "before_plan", "before_price_minor", "before_billing_months"),
        *("before_paid_until", "before_storage_bytes"),
    ),
}
"""What may have changed of a mailbox that is open as before, by the columns that tell."""

GONE, CLOSED, REOPENED = "gone", "closed", "reopened"
CHANGES = (GONE, CLOSED, REOPENED, *FIELDS)

WORDS: Mapping[str, str] = {
    GONE: "are not in it",
    CLOSED: "were closed",
    REOPENED: "were opened again",
    "plan": "changed plan",
    "price": "changed price",
    "paid-until": "are paid until another day",
    "storage": "have another storage",
    "standing": "are in another standing",
    "address": "have another address",
    "store": "moved to another store",
    "holder": "have another holder",
    "language": "have another language",
    "ways": "have other ways in",
    "past": "have another past",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """So many mailboxes that differ, each once, and how many of them in what; one may differ in
    several."""

    mailboxes: int
    in_what: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EstateNews:
    """A newer snapshot beside the one that was decided on."""

    digest: str
    as_of: datetime
    given: Changed
    """Of the mailboxes that get something."""
    others: Changed
    """Of those that get nothing, which might otherwise."""
    came: int
    """Mailboxes that were not there."""


@dataclass(frozen=True, slots=True)
class VersionNews:
    """A version that was entered since."""

    name: str
    decided: int
    newest: int


@dataclass(frozen=True, slots=True)
class News:
    """What is newer than a decision; ``None`` where nothing is."""

    estate: EstateNews | None
    outage: VersionNews | None
    policy: VersionNews | None

    def blocks(self, set_aside: Collection[str] = ()) -> tuple[Problem, ...]:
        """Why the decision cannot be entered or acted on as it is.

        ``set_aside`` has the digests of newer snapshots which a person has said, for a reason,
        make no difference to it.
        """
        found = []
        if self.outage is not None:
            found.append(_replaced("outage-corrected", "outage", self.outage))
        if self.policy is not None:
            found.append(_replaced("policy-replaced", "policy", self.policy))
        estate = self.estate
        if estate is not None and estate.given.mailboxes and estate.digest not in set_aside:
            found.append(_changed(estate))
        return tuple(found)


def since(
    folder: Path, shelves: Shelves, progress: Callable[[int], None] = lambda buckets: None
) -> News:
    """Hold a decision's folder against the newest inputs; seconds the first time, then remembered.

    ``progress`` is told the buckets that were compared since it was last.

    ``BadInput`` where the folder is no run, or the snapshot that was decided on is gone.
    """
    record = read_record(folder)
    newest = newer_snapshot(record, shelves)
    estate = None
    if newest is not None:
        kept = folder / f"since-{newest.digest[:16]}.json"
        estate = _remembered(kept) or _compared(folder, record, newest, kept, progress)
    return News(estate, *_versions(record, shelves))


def at_a_glance(folder: Path, shelves: Shelves) -> tuple[News, Snapshot | None]:
    """What can be said without comparing estates, and the newer snapshot that is yet to be."""
    record = read_record(folder)
    newest = newer_snapshot(record, shelves)
    kept = folder / f"since-{newest.digest[:16]}.json" if newest is not None else None
    estate = _remembered(kept) if kept is not None else None
    return News(estate, *_versions(record, shelves)), None if estate else newest


def refuse(
    folder: Path,
    shelves: Shelves,
    set_aside: Collection[str] = (),
    progress: Callable[[int], None] = lambda buckets: None,
) -> News:
    """The news, where none of it stands against the decision; else ``NotAllowed`` names all."""
    found = since(folder, shelves, progress)
    if problems := found.blocks(set_aside):
        raise NotAllowed(*problems)
    return found


def newer_snapshot(record: Mapping[str, Any], shelves: Shelves) -> Snapshot | None:
    """The newest snapshot, where it is of a later instant than the one that was decided on."""
    newest = next(iter(shelves.snapshots()), None)
    if newest is None or newest.digest == record["snapshot_digest"]:
        return None
    decided = open_snapshot(Path(record["snapshot"]))
    return newest if newest.as_of > decided.as_of else None


def _versions(
    record: Mapping[str, Any], shelves: Shelves
) -> tuple[VersionNews | None, VersionNews | None]:
    outage = policy = None
    declared = shelves.versions_of(str(record.get("outage_name", "")))
    decided = next((one for one in declared if one.digest == record["outage_digest"]), None)
    if decided is not None and decided.version < declared[-1].version:
        outage = VersionNews(decided.name, decided.version, declared[-1].version)
    name, version = str(record.get("policy_name", "")), int(record.get("policy_version", 0))
    kept = [one.policy for one in shelves.policies_kept() if one.policy.name == name]
    newest = max((one.version for one in kept), default=version)
    if newest > version:
        policy = VersionNews(name, version, newest)
    return outage, policy


def _compared(
    folder: Path,
    record: Mapping[str, Any],
    newest: Snapshot,
    kept: Path,
    progress: Callable[[int], None],
) -> EstateNews:
    """Compare both snapshots, a range of buckets at a time, and remember what was found."""
    old, outcomes = Path(record["snapshot"]), folder / decide.OUTCOMES
    sums: dict[str, list[int]] = {}
    came = 0
    with frames.connect(reads=[old, newest.path, outcomes]) as con:
        files = {"old": str(old), "new": str(newest.path.resolve()), "outcomes": str(outcomes)}
        for first, after in _ranges(max(open_snapshot(old).rows, newest.rows)):
            bounds = {"first": first, "after": after}
            for which, *counts in con.execute(_COMPARED, files | bounds).fetchall():
                if which == "came":
                    came += counts[0]
                    continue
                held = sums.setdefault(which, [0] * len(counts))
                sums[which] = [one + more for one, more in zip(held, counts, strict=True)]
            progress(after - first)
    found = EstateNews(
        newest.digest, newest.as_of, _changed_of(sums, "given"), _changed_of(sums, "others"), came
    )
    _remember(kept, found)
    return found


def _changed_of(sums: Mapping[str, list[int]], which: str) -> Changed:
    mailboxes, *counts = sums.get(which, [0] * (1 + len(CHANGES)))
    in_what = {name: count for name, count in zip(CHANGES, counts, strict=True) if count}
    return Changed(mailboxes, in_what)


def _ranges(mailboxes: int) -> list[tuple[int, int]]:
    at_once = max(1, min(BUCKETS, BUCKETS * ROWS_AT_ONCE // max(1, mailboxes)))
    return [(first, min(BUCKETS, first + at_once)) for first in range(0, BUCKETS, at_once)]


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in columns)


_KEPT_COLUMNS = ", ".join(
    ["mailbox_id", "closed_at", *(name for columns in FIELDS.values() for name in columns)]
)
_FLAGS = {
    GONE: "n.mailbox_id IS NULL",
    CLOSED: "n.mailbox_id IS NOT NULL AND o.closed_at IS NULL AND n.closed_at IS NOT NULL",
    REOPENED: "n.mailbox_id IS NOT NULL AND o.closed_at IS NOT NULL"
    " AND o.closed_at IS DISTINCT FROM n.closed_at",
    **{
        name: f"n.mailbox_id IS NOT NULL AND ({_differs(columns)})"
        for name, columns in FIELDS.items()
    },
}
_COMPARED = f"""
WITH o AS (
  SELECT {_KEPT_COLUMNS} FROM read_parquet($old) WHERE bucket >= $first AND bucket < $after
),
n AS (
  SELECT {_KEPT_COLUMNS} FROM read_parquet($new) WHERE bucket >= $first AND bucket < $after
),
given AS (
  SELECT DISTINCT mailbox_id FROM read_parquet($outcomes)
  WHERE bucket >= $first AND bucket < $after AND reason = ''
),
beside AS (
  SELECT o.mailbox_id IS NULL AS came, {", ".join(f'{sql} AS "{n}"' for n, sql in _FLAGS.items())},
    COALESCE(o.mailbox_id, n.mailbox_id) AS mailbox_id
  FROM o FULL OUTER JOIN n ON o.mailbox_id = n.mailbox_id
)
SELECT
  CASE WHEN came THEN 'came' WHEN given.mailbox_id IS NULL THEN 'others' ELSE 'given' END AS which,
  COUNT(*), {", ".join(f'COUNT(*) FILTER ("{name}")' for name in _FLAGS)}
FROM beside LEFT JOIN given USING (mailbox_id)
WHERE came OR {" OR ".join(f'"{name}"' for name in _FLAGS)}
GROUP BY which"""  # noqa: S608 - constants of this module


def _remembered(path: Path) -> EstateNews | None:
    """What an earlier comparison found; one that cannot be read is as good as none."""
    try:
        told = json.loads(path.read_bytes())
        given, others = (
            Changed(told[which]["mailboxes"], told[which]["in_what"])
            for which in ("given", "others")
        )
        return EstateNews(told["digest"], parse_instant(told["as_of"]), given, others, told["came"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(path: Path, found: EstateNews) -> None:
    """A folder that takes no file costs only the comparing next time."""
    text = json.dumps(asdict(found) | {"as_of": found.as_of.isoformat()}, indent=2) + "\n"
    try:
        handle, unfinished = tempfile.mkstemp(prefix=".since.", dir=path.parent)
    except OSError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(unfinished, path)


def _replaced(code: str, what: str, news: VersionNews) -> Problem:
    return Problem(
        code,
        f"{what} {news.name}: v{news.newest} replaced v{news.decided}",
        f"it was decided by version {news.decided}, and what is owed may be other by the new one",
        "decide again by the new version",
    )


def _changed(estate: EstateNews) -> Problem:
    given = ", ".join(f"{count:,} {WORDS[name]}" for name, count in estate.given.in_what.items())
    others = ""
    if estate.others.mailboxes or estate.came:
        others = (
            f"; of those that get nothing {estate.others.mailboxes:,} changed,"
            f" and {estate.came:,} are new"
        )
    return Problem(
        "estate-changed",
        f"of the mailboxes that get something, {estate.given.mailboxes:,} changed by"
        f" {estate.as_of.isoformat()}: {given}{others}",
        "a newer snapshot of the estate is here than the one that was decided on",
        "decide again over the newer one, or say why these changes make no difference",
        Place(f"{estate.digest[:12]}….parquet"),
    )
