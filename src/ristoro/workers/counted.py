"""Whether the tallies equal the rows: counted anew, for the proof of a run."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from ristoro.fulfilment.audit import Check
from ristoro.fulfilment.models import Grant
from ristoro.notices.models import Notice
from ristoro.workers.models import Act, Tally

Place = tuple[int, int, int, int]
"""Act, bucket, remedy (of a notice: kind) and state."""


@dataclass(frozen=True, slots=True)
class Miscount:
    """A tally that does not say what its rows say; each side is rows and amount."""

    act: Act
    bucket: int
    remedy: int
    state: int
    tallied: tuple[int, int]
    counted: tuple[int, int]


def tallies(run_id: int) -> Check:
    """The check of a proof that the tallies say what the rows say."""
    wrong = miscounts(run_id)
    if not wrong:
        return Check("tallies", True, "equal their rows")
    first = wrong[0]
    return Check(
        "tallies",
        False,
        f"{len(wrong)} differ; the first: {first.act.name.lower()}, bucket {first.bucket},"
        f" state {first.state}: {first.tallied} tallied, {first.counted} counted",
    )


def miscounts(run_id: int) -> list[Miscount]:
    """Every tally of the run that differs from its rows, missing ones counted as nothing."""
    counted: dict[Place, tuple[int, int]] = {}
    grants = Grant.objects.filter(run_id=run_id).values_list("bucket", "remedy", "state")
    for bucket, remedy, state, rows, amount in grants.annotate(
        Count("id"), Sum("amount")
    ).order_by():
        counted[Act.GRANTS, bucket, remedy, state] = (rows, int(amount))
    notices = Notice.objects.filter(run_id=run_id).values_list("bucket", "kind", "state")
    for bucket, kind, state, rows in notices.annotate(Count("id")).order_by():
        counted[Act.NOTICES, bucket, kind, state] = (rows, 0)
    tallied = {
        (act, bucket, remedy, state): (rows, amount)
        for act, bucket, remedy, state, rows, amount in Tally.objects.filter(
            run_id=run_id
        ).values_list("act", "bucket", "remedy", "state", "rows", "amount")
    }
    nothing = (0, 0)
    both = {
        place: (tallied.get(place, nothing), counted.get(place, nothing))
        for place in sorted(counted.keys() | tallied.keys())
    }
    return [
        Miscount(Act(place[0]), *place[1:], said, found)
        for place, (said, found) in both.items()
        if said != found
    ]
