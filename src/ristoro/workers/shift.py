"""Keeping chunks and tallies true to moves that no worker made: answers, lapses, reversals."""

from __future__ import annotations

from bisect import bisect_left

from django.db import connection
from django.db.models import F

from ristoro.fulfilment.moves import Move
from ristoro.fulfilment.states import TO_ACT
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

_ADD = """
    INSERT INTO workers_tally (run_id, act, bucket, remedy, state, "rows", amount)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (run_id, act, bucket, remedy, state) DO UPDATE
    SET "rows" = workers_tally."rows" + excluded."rows",
        amount = workers_tally.amount + excluded.amount
"""


def keep(move: Move) -> None:
    """``fulfilment.moves.Keep``: call it inside the transaction that moved the rows.

    Chunks are taken before tallies, in the order in which a worker's record takes them. A leased
    chunk is left alone: its worker looks, behind the same row lock, whether rows with work are
    left in it (``loop.work``).
    """
    if not move.ids:
        return
    if move.after in TO_ACT:
        _open_again(move)
    before = Tally.objects.filter(
        run_id=move.run_id,
        act=Act.GRANTS,
        bucket=move.bucket,
        remedy=move.remedy,
        state=move.before,
        rows__gte=len(move.ids),
    ).update(rows=F("rows") - len(move.ids), amount=F("amount") - move.amount)
    if before != 1:
        raise ValueError(
            f"the tally of run {move.run_id}, bucket {move.bucket}, remedy {move.remedy} has not"
            f" {len(move.ids)} grants in {move.before.name}: `ristoro verify` names what differs"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            [
                move.run_id,
                Act.GRANTS,
                move.bucket,
                move.remedy,
                move.after,
                len(move.ids),
                move.amount,
            ],
        )


def _open_again(move: Move) -> None:
    ids = sorted(move.ids)
    covering = Chunk.objects.select_for_update().filter(
        run_id=move.run_id, act=Act.GRANTS, lo__lte=ids[-1], hi__gt=ids[0]
    )
    finished = [chunk for chunk in covering.order_by("lo") if chunk.state == ChunkState.DONE]
    again = [
        chunk.id for chunk in finished if bisect_left(ids, chunk.lo) < bisect_left(ids, chunk.hi)
    ]
    Chunk.objects.filter(id__in=again).update(
        state=ChunkState.OPEN, owner="", lease_until=None, not_before=None
    )
