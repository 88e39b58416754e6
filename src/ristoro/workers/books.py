"""The books of a run, as its tallies say what it owes: opened as it begins."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Sum

from ristoro.fulfilment.books import opening
from ristoro.fulfilment.books.reading import SPLIT
from ristoro.remedies.models import Run
from ristoro.workers.models import Act, Tally


def open_books(run: Run, at: datetime) -> bool:
    """Book all that the run owes, unless it is in the books; whether it was not.

    In the transaction that begins a run, and again by each worker that comes to it: one that began
    before there were books is opened by the first.
    """
    if opening.is_open(run.pk):
        return False
    return opening.open_for(run, at, tallied)


def tallied(run: Run) -> opening.Tallied:
    """What the run's grants come to, by bucket, remedy and state."""
    lines = Tally.objects.filter(run=run, act=Act.GRANTS).exclude(amount=0)
    return {
        (bucket, remedy, state): amount
        for bucket, remedy, state, amount in lines.values_list(
            "bucket", "remedy", "state", "amount"
        )
    }


def sums_of(run: Run) -> dict[tuple[int, int], int]:
    """What the run's grants come to, by remedy and state: what the books are held against."""
    parts = (
        Tally.objects.filter(run=run, act=Act.GRANTS)
        .values_list("remedy", "state")
        .annotate(high=Sum(F("amount") / SPLIT), low=Sum(F("amount") % SPLIT))
        .order_by("remedy", "state")
    )
    sums = {(one, state): int(high) * SPLIT + int(low) for one, state, high, low in parts}
    return {key: amount for key, amount in sums.items() if amount}
