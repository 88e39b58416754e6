"""The books of a run, opened as it begins, and what its tallies say for them to be held against."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Sum

from ristoro.fulfilment.books import opening
from ristoro.fulfilment.books.reading import SPLIT
from ristoro.fulfilment.books.reconcile import Sums, unit_of_remedy
from ristoro.remedies.models import Run
from ristoro.workers.models import Act, Tally


def open_books(run: Run, at: datetime) -> bool:
    """Book all that the run owes, unless it is in the books; whether it was not.

    In the transaction that begins a run, and again by each worker that comes to it: one that began
    before there were books is opened by the first.
    """
    if opening.is_open(run.pk):
        return False
    tallied = Tally.objects.filter(run=run, act=Act.GRANTS)
    buckets = tallied.values_list("bucket", flat=True).distinct().order_by("bucket")
    return opening.open_for(run, at, list(buckets))


def sums_of(run: Run) -> Sums:
    """What the run's grants come to, by remedy, unit and state: what the books are held against.

    Of a remedy that gives in several units, tallies know only the sum of the numbers.
    """
    units = unit_of_remedy(run)
    parts = (
        Tally.objects.filter(run=run, act=Act.GRANTS)
        .values_list("remedy", "state")
        .annotate(high=Sum(F("amount") / SPLIT), low=Sum(F("amount") % SPLIT))
        .order_by("remedy", "state")
    )
    sums = {
        (remedy, units.get(remedy, ""), state): int(high) * SPLIT + int(low)
        for remedy, state, high, low in parts
    }
    return {key: amount for key, amount in sums.items() if amount}
