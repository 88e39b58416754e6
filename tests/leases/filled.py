"""A run whose rows lie in chunks, and what its tallies must say."""

from __future__ import annotations

from datetime import UTC, datetime

from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.kernel.keys import row_id
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

AT = datetime(2023, 3, 1, tzinfo=UTC)
S, N = GrantState, NoticeState
BUCKETS = (3, 7)
ROWS = 20
ROWS_A_CHUNK = 10


def filled(state: RunState = RunState.ACTING) -> Run:
    """A run with 20 grants and 20 notices in each of two buckets, in chunks of ten."""
    run = Run.objects.create(
        name="r1", directory="/r1", totals={}, approval_total="40", state=state,
        entered_by="anna", entered_at=AT, approved_by="bruno", approved_at=AT,
    )  # fmt: skip
    for bucket in BUCKETS:
        common = {"run": run, "bucket": bucket, "brand": "libero", "locale": "it", "result": ""}
        ids = [row_id(bucket, run.pk, ordinal) for ordinal in range(ROWS)]
        Grant.objects.bulk_create(
            Grant(
                id=each, mailbox_id=each, address=f"m{each}@libero.it", remedy=each % 2,
                kind=GrantKind.STORAGE, amount=1 + each % 5, currency="",
                consent=Consent.AUTOMATIC, state=S.PLANNED, **common,
            )
            for each in ids
        )  # fmt: skip
        Notice.objects.bulk_create(
            Notice(
                id=each, mailbox_id=each, address=f"m{each}@libero.it", kind=1,
                state=N.PLANNED, body_hash="", **common,
            )
            for each in ids
        )  # fmt: skip
        for act in Act:
            Chunk.objects.bulk_create(
                Chunk(run=run, bucket=bucket, act=act, lo=lo, hi=lo + ROWS_A_CHUNK,
                      state=ChunkState.OPEN)
                for lo in ids[::ROWS_A_CHUNK]
            )  # fmt: skip
    Tally.objects.bulk_create(
        Tally(run=run, act=act, bucket=bucket, remedy=remedy, state=state, rows=rows, amount=amount)
        for (act, bucket, remedy, state), (rows, amount) in counted().items()
    )
    return run


def counted() -> dict[tuple[int, int, int, int], tuple[int, int]]:
    """What the tallies must say, counted from the rows."""
    sums: dict[tuple[int, int, int, int], tuple[int, int]] = {}
    keys = [
        (int(Act.GRANTS), g.bucket, g.remedy, g.state, g.amount) for g in Grant.objects.all()
    ] + [(int(Act.NOTICES), n.bucket, n.kind, n.state, 0) for n in Notice.objects.all()]
    for act, bucket, part, state, amount in keys:
        rows, total = sums.get((act, bucket, part, state), (0, 0))
        sums[act, bucket, part, state] = (rows + 1, total + amount)
    return sums


def tallies() -> dict[tuple[int, int, int, int], tuple[int, int]]:
    return {
        (t.act, t.bucket, t.remedy, t.state): (t.rows, t.amount)
        for t in Tally.objects.exclude(rows=0, amount=0)
    }


def expire(run: Run) -> None:
    Chunk.objects.filter(run=run, state=ChunkState.LEASED).update(lease_until=AT)
