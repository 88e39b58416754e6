"""A run that acts: storage or months as goodwill, and money as a service credit."""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState, Route
from ristoro.kernel.keys import row_id
from ristoro.remedies.models import Run, RunState
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

AT = datetime(2023, 3, 1, 9, tzinfo=UTC)
POLICY = Path(__file__).parents[2] / "policies" / "microsoft-365.yaml"
BUCKETS = (3, 7)
STORAGE, CREDIT = 0, 1


def filled(folder: Path, rows: int = 6, asked: int = 0, state: RunState = RunState.ACTING) -> Run:
    """So many grants of each remedy in each of two buckets; the last ``asked`` wait for a yes.

    Money goes by bill where a mailbox is even, else by transfer. The books are not open yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(POLICY, folder / "policy.yaml")
    run = Run.objects.create(
        name="r1", directory=str(folder), totals={}, approval_total="", state=state,
        entered_by="anna", entered_at=AT, approved_by="bruno", approved_at=AT,
    )  # fmt: skip
    sums: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    decided: dict[int, list[int]] = {kind: [0, 0] for kind in GrantKind}
    for bucket in BUCKETS:
        first = row_id(bucket, run.pk, 0)
        grants = [_grant(run, bucket, first + place, rows, asked) for place in range(2 * rows)]
        Grant.objects.bulk_create(grants)
        for grant in grants:
            for sum_ in (sums[bucket, grant.remedy, grant.state], decided[grant.kind]):
                sum_[0] += 1
                sum_[1] += grant.amount
        Route.objects.bulk_create(
            Route(grant_id=one.id, run=run, mailbox_id=one.mailbox_id, bucket=bucket,
                  channel="transfer" if one.mailbox_id % 2 else "bill", code="", at=AT)
            for one in grants if one.remedy == CREDIT
        )  # fmt: skip
        Chunk.objects.create(run=run, bucket=bucket, act=Act.GRANTS, lo=first,
                             hi=first + 2 * rows, state=ChunkState.OPEN)  # fmt: skip
    Tally.objects.bulk_create(
        Tally(run=run, act=Act.GRANTS, bucket=bucket, remedy=remedy, state=state,
              rows=count, amount=amount)
        for (bucket, remedy, state), (count, amount) in sums.items()
    )  # fmt: skip
    in_kind = [_line(decided, GrantKind.STORAGE, "bytes"),
               _line(decided, GrantKind.EXTENSION, "months")]  # fmt: skip
    money = [_line(decided, GrantKind.CREDIT, "minor", "EUR")]
    run.totals = {"remedies": [{"owed": in_kind}, {"owed": money}]}
    run.save()
    return run


def _grant(run: Run, bucket: int, number: int, rows: int, asked: int) -> Grant:
    place = number - row_id(bucket, run.pk, 0)
    money = place >= rows
    waits = place % rows >= rows - asked
    return Grant(
        id=number, run=run, mailbox_id=bucket * 1000 + place, bucket=bucket,
        address=f"m{place}@libero.it", brand="libero", locale="it", result="",
        remedy=CREDIT if money else STORAGE,
        kind=GrantKind.CREDIT if money else _in_kind(place),
        amount=100 + place if money else 6 if place == 0 else 1 << 30,
        currency="EUR" if money else "",
        consent=Consent.CONFIRM if waits else Consent.AUTOMATIC,
        state=GrantState.WAITING if waits else GrantState.PLANNED,
    )  # fmt: skip


def _in_kind(place: int) -> GrantKind:
    """One remedy of several units: the first mailbox of a bucket has a plan that is made longer."""
    return GrantKind.STORAGE if place else GrantKind.EXTENSION


def _line(
    decided: dict[int, list[int]], kind: int, unit: str, currency: str = ""
) -> dict[str, Any]:
    count, amount = decided[kind]
    return {"unit": unit, "currency": currency, "count": count, "amount": amount}
