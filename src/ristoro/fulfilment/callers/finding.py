"""The mailbox that a caller names: looked up by its whole address, by indexes, and never listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.estate.columns import WAYS
from ristoro.estate.snapshot import open_snapshot
from ristoro.fulfilment.callers.models import Search
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, Missing, NotAllowed, Problem
from ristoro.remedies.folder.rows import Rows
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST = 254
MOST_SEARCHES = 60
MOST_MISSES = 20
PER = timedelta(hours=1)
"""An agent has some twelve calls an hour, and hears an address wrongly now and then."""
MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox as the newest run that has it saw it, or the newest estate; instants in UTC."""

    seen_in: str
    mailbox_id: int
    address: str
    brand: str
    locale: str
    plan: str
    plan_since: datetime
    paid_until: date | None
    storage: int
    used: int
    standing: str
    store: str
    created_at: datetime
    closed_at: datetime | None
    ways: tuple[str, ...]


def search(person: Person, typed: str, at: datetime, estates: Path | None = None) -> Box:
    """The mailbox with that whole address; the search is counted and journaled, a miss as well.

    ``estates`` is the folder of imported snapshots: before there is a run, holders call too.

    ``NotAllowed`` for whoever is no agent or has looked for too many, ``Missing`` where there is
    none.
    """
    people.require(person, Role.AGENT)
    address = typed.strip().lower()[:LONGEST]
    box = None
    with transaction.atomic():
        spent = _spent(person, at)
        if not spent:
            box = box_of(address, estates)
            Search.objects.create(person_id=person.id, at=at, found=box is not None)
        told = {"person": person.id, "address": address, "found": box is not None}
        append(person.name, names.CALLER_SEARCHED, f"person {person.id}", told, at)
    if spent:
        raise NotAllowed(
            Problem(
                "searches-too-many",
                f"{person.name} has looked for {MOST_SEARCHES} mailboxes within an hour, or in vain"
                f" for {MOST_MISSES}",
                "whoever looks for more is not on the telephone with their holders",
                "wait, or have a supervisor look into it",
            )
        )
    if box is None:
        raise Missing(
            Problem(
                "no-caller",
                "no mailbox of ours has that address",
                "the whole address is looked for, exactly as it is written",
                "have the caller spell it, with what stands after the @",
            )
        )
    return box


def box_of(address: str, estates: Path | None = None) -> Box | None:
    """The mailbox in the newest run that has it, decided or approved; else in the newest estate."""
    runs = Run.objects.exclude(state__in=[RunState.CANCELLED, RunState.LOADING])
    for run in runs.order_by("-entered_at", "-pk")[:MOST_RUNS]:
        try:
            return _box(run.name, open_run(Path(run.directory)).rows.mailbox(address))
        except (BadInput, OSError):
            continue
    newest = None if estates is None else _newest(estates)
    try:
        return None if newest is None else _box(newest.stem, _rows(newest).mailbox(address))
    except (BadInput, OSError):
        return None


def _newest(estates: Path) -> Path | None:
    return max(estates.glob("*.parquet"), key=lambda one: one.stat().st_mtime_ns, default=None)


@lru_cache(maxsize=2)
def _rows(path: Path) -> Rows:
    """The rows of a snapshot that nothing was decided on; its name is that of its content."""
    return Rows(open_snapshot(path), path, None)


def _box(seen_in: str, row: Mapping[str, Any]) -> Box:
    def utc(value: datetime) -> datetime:
        return value.replace(tzinfo=UTC)

    closed = row["closed_at"]
    return Box(
        seen_in=seen_in,
        mailbox_id=int(row["mailbox_id"]),
        address=row["address"],
        brand=row["brand"],
        locale=row["locale"],
        plan=row["plan"],
        plan_since=utc(row["plan_since"]),
        paid_until=row["paid_until"],
        storage=int(row["storage_bytes"]),
        used=int(row["used_bytes"]),
        standing=row["standing"],
        store=row["store"],
        created_at=utc(row["created_at"]),
        closed_at=None if closed is None else utc(closed),
        ways=tuple(way for bit, way in enumerate(WAYS) if row["ways"] >> bit & 1),
    )


def _spent(person: Person, at: datetime) -> bool:
    found = Search.objects.filter(person_id=person.id, at__gt=at - PER).values_list("found")
    told = [one for (one,) in found[:MOST_SEARCHES]]
    return len(told) >= MOST_SEARCHES or told.count(False) >= MOST_MISSES
