"""Reading the world again: whether every made grant, or a sample, is still there as recorded.

This changes no grant. What was read, when, and what differed goes into the journal, and the
closing report says of its figures which were measured so. A full reading also keeps what differed,
one by one, to be handled (``mismatches``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ristoro.fulfilment import act, mismatches
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.rows import GrantRow, by_bucket
from ristoro.fulfilment.states import MADE
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.outcome import Ending
from ristoro.remedies.models import Run

BATCH = 500
MOST_DIFFERENCES = 1_000
"""So many are kept one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One grant whose mailbox or subscription does not show what the row says."""

    mailbox_id: int
    address: str
    remedy: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Of ``made`` grants ``read`` were looked at: so many agreed, differed, or were not readable.

    ``read`` is ``agreed + differed + unreadable``.
    """

    at: datetime
    made: int
    read: int
    agreed: int
    differed: int
    unreadable: int
    differences: tuple[Difference, ...]


def reconcile(
    run: Run,
    doors: Doors,
    at: datetime,
    *,
    sample: int | None = None,
    actor: str = "reconcile",
    progress: Callable[[int], None] = lambda count: None,
) -> Reconciliation:
    """Read all made grants back, or ``sample`` of them spread evenly over the run.

    The spread starts at a place that the run's own digest fixes, so that nobody picks it.
    """
    made = Grant.objects.filter(run_id=run.id, state__in=list(MADE)).count()
    wanted = made if sample is None else min(sample, made)
    counts: Counter[str] = Counter()
    differences: list[Difference] = []
    for batch in _batches(_spread(run, made, wanted)):
        read = list(zip(batch, act.verify(batch, doors, at), strict=True))
        if sample is None:
            mismatches.keep(run, [(grant, found) for grant, found in read if not found.done], at)
        for grant, result in read:
            if result.done:
                counts["agreed"] += 1
                continue
            unreadable = result.ending is not Ending.REFUSED
            counts["unreadable" if unreadable else "differed"] += 1
            if len(differences) < MOST_DIFFERENCES:
                differences.append(
                    Difference(
                        grant.mailbox_id, grant.address, grant.remedy, result.code, result.text
                    )
                )
        progress(len(batch))
    found = Reconciliation(
        at=at,
        made=made,
        read=counts.total(),
        agreed=counts["agreed"],
        differed=counts["differed"],
        unreadable=counts["unreadable"],
        differences=tuple(differences),
    )
    with transaction.atomic():
        if sample is None:
            mismatches.drop_older(run, at)
        data = {
            "made": made,
            "read": found.read,
            "agreed": found.agreed,
            "differed": found.differed,
            "unreadable": found.unreadable,
        }
        append(actor, names.GRANTS_READ_BACK, f"run {run.pk}", data, at)
    return found


def _spread(run: Run, made: int, wanted: int) -> Iterator[GrantRow]:
    """``wanted`` of the run's ``made`` grants at equal distances, in order of id."""
    if not wanted:
        return
    start = int(run.outcomes_digest[:8] or "0", 16) % made
    at = 0
    for rows in by_bucket(run.id, MADE):
        for row in rows:
            # the k-th of `wanted` marks falls between two rows exactly when this product steps
            place = (at + start) % made
            if (place + 1) * wanted // made > place * wanted // made:
                yield row
            at += 1


def _batches(rows: Iterator[GrantRow]) -> Iterator[list[GrantRow]]:
    batch: list[GrantRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
