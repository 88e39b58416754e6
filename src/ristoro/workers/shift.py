"""Keeping chunks and tallies true to moves that no worker made: answers, lapses, reversals."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.db import connection
from django.db.models import F

from ristoro.fulfilment.books import deriving, opening
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.moves import Move
from ristoro.fulfilment.states import TO_ACT
from ristoro.notices.models import OF_ALL, Notice, NoticeState
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

ROWS_A_CHUNK = 1_000

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
        _open_again(move.run_id, Act.GRANTS, sorted(move.ids))
    planned = _plan(move)
    # in the order in which a worker's record takes them, or two moves would wait for each other
    for one in sorted((move, *move.beside), key=lambda one: one.remedy):
        for state in sorted((one.before, one.after)):
            if state == one.after:
                _add(one, Act.GRANTS, one.remedy, one.after, len(one.ids), one.amount)
            else:
                _take(one)
    for kind, rows in sorted(planned.items()):
        _add(move, Act.NOTICES, kind, NoticeState.PLANNED, rows, 0)
    _book(move)


def _book(move: Move) -> None:
    """Post what the moves mean for the books."""
    moves = [one for one in (move, *move.beside) if deriving.matters(one.before, one.after)]
    terms = opening.of_run(move.run_id) if moves else {}
    if not terms:
        return
    shifts = [
        found for one in moves for found in deriving.shifts_of(one.ids, one.before, one.after)
    ]
    money = [
        found
        for one in moves
        if terms[one.remedy].money
        for found in deriving.money_among(one.ids, one.after)
    ]
    since = Grant.objects.values_list("since", flat=True).get(id=moves[0].ids[0])
    if since is None:
        raise ValueError(f"grant {moves[0].ids[0]} was moved without the instant of it")
    deriving.book(move.run_id, terms, shifts, money, since)


def post(run_id: int, bucket: int, letters: tuple[Notice, ...]) -> int:
    """``fulfilment.moves.Post``: letters that follow no move of a grant."""
    nothing = GrantState.WAITING
    move = Move(run_id, bucket, OF_ALL, nothing, nothing, (), 0, letters)
    planned = _plan(move)
    for kind, rows in sorted(planned.items()):
        _add(move, Act.NOTICES, kind, NoticeState.PLANNED, rows, 0)
    return planned.total()


def free(run_id: int, grant_id: int) -> bool:
    """``fulfilment.moves.Free``: the grant's chunk is open or done; it stays so while locked."""
    covering = Chunk.objects.select_for_update().filter(
        run_id=run_id, act=Act.GRANTS, lo__lte=grant_id, hi__gt=grant_id
    )
    return all(chunk.state != ChunkState.LEASED for chunk in covering.order_by("lo"))


def _take(move: Move) -> None:
    """Take the move's grants out of the tally of the state that they were in."""
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


def _add(move: Move, act: Act, remedy: int, state: int, rows: int, amount: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [move.run_id, act, move.bucket, remedy, state, rows, amount])


def _open_again(run_id: int, act: Act, ids: Sequence[int]) -> list[int]:
    """Open the finished chunks of an act that cover any of these ids; the ids in no chunk."""
    covering = list(
        Chunk.objects.select_for_update()
        .filter(run_id=run_id, act=act, lo__lte=ids[-1], hi__gt=ids[0])
        .order_by("lo")
    )
    again = [
        chunk.id
        for chunk in covering
        if chunk.state == ChunkState.DONE
        and bisect_left(ids, chunk.lo) < bisect_left(ids, chunk.hi)
    ]
    Chunk.objects.filter(id__in=again).update(
        state=ChunkState.OPEN, owner="", lease_until=None, not_before=None
    )
    return [one for one in ids if not any(chunk.lo <= one < chunk.hi for chunk in covering)]


def _plan(move: Move) -> Counter[int]:
    """Save the move's letters that are still needed, and see to their chunks; how many by kind.

    Those that were withheld, because an answer was taken back, are planned again.
    """
    letters, withheld = _untold(move), _withheld(move)
    if not letters and not withheld:
        return Counter()
    Notice.objects.bulk_create(letters)
    ids = sorted({*withheld, *(letter.id for letter in letters)})
    for act in (Act.NOTICES, Act.RECONCILE):
        outside = _open_again(move.run_id, act, ids)
        Chunk.objects.bulk_create(
            Chunk(
                run_id=move.run_id,
                bucket=move.bucket,
                act=act,
                lo=lo,
                hi=hi,
                state=ChunkState.OPEN,
            )
            for lo, hi in _ranges(move, act, outside)
        )
    for kind, rows in Counter(withheld.values()).items():
        Tally.objects.filter(
            run_id=move.run_id,
            act=Act.NOTICES,
            bucket=move.bucket,
            remedy=kind,
            state=NoticeState.WITHHELD,
        ).update(rows=F("rows") - rows)
    Notice.objects.filter(id__in=list(withheld)).update(state=NoticeState.PLANNED, result="")
    return Counter(letter.kind for letter in letters) + Counter(withheld.values())


def _withheld(move: Move) -> dict[int, int]:
    """The kinds, by id, of the move's letters that are there and were withheld."""
    ids = [letter.id for letter in move.letters]
    there = Notice.objects.filter(id__in=ids, state=NoticeState.WITHHELD)
    return dict(there.values_list("id", "kind"))


def _untold(move: Move) -> list[Notice]:
    """The letters that neither exist nor are made needless by the run's own letter.

    A run's letter that no worker has begun to write is written after this move: it tells all that
    has been given, and a second one would say it again. Whether one has begun is said by its chunk.
    """
    if not move.letters:
        return []
    there = set(
        Notice.objects.filter(id__in=[letter.id for letter in move.letters]).values_list(
            "id", flat=True
        )
    )
    unwritten = dict(
        Notice.objects.filter(
            mailbox_id__in=[letter.mailbox_id for letter in move.letters],
            run_id=move.run_id,
            about=OF_ALL,
            state__in=[NoticeState.PLANNED, NoticeState.DEFERRED],
        ).values_list("mailbox_id", "id")
    )
    held = Chunk.objects.select_for_update().filter(
        run_id=move.run_id,
        act=Act.NOTICES,
        state=ChunkState.OPEN,
        lo__lte=max(unwritten.values(), default=0),
        hi__gt=min(unwritten.values(), default=0),
    )
    waiting = [(chunk.lo, chunk.hi) for chunk in held.order_by("lo")] if unwritten else []

    def told(mailbox_id: int) -> bool:
        number = unwritten.get(mailbox_id)
        return number is not None and any(lo <= number < hi for lo, hi in waiting)

    return [
        letter for letter in move.letters if letter.id not in there and not told(letter.mailbox_id)
    ]


def _ranges(move: Move, act: Act, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Half-open ranges over these ids of about a thousand rows, with no other chunk's in them."""
    if not ids:
        return
    taken = list(
        Chunk.objects.filter(run_id=move.run_id, act=act, lo__gt=ids[0], lo__lt=ids[-1])
        .order_by("lo")
        .values_list("lo", flat=True)
    )
    lo, count = ids[0], 1
    for number, after in pairwise(ids):
        parted = bisect_left(taken, number) < bisect_left(taken, after)
        if parted or count == ROWS_A_CHUNK:
            yield lo, number + 1
            lo, count = after, 0
        count += 1
    yield lo, ids[-1] + 1


def send_again(run_id: int, bucket: int, kind: int, ids: Sequence[int]) -> None:
    """Letters of one bucket and kind went from refused to planned, in the caller's transaction."""
    for act in (Act.NOTICES, Act.RECONCILE):
        _open_again(run_id, act, ids)
    with connection.cursor() as cursor:
        for state, rows in ((NoticeState.PLANNED, len(ids)), (NoticeState.REFUSED, -len(ids))):
            cursor.execute(_ADD, [run_id, Act.NOTICES, bucket, kind, state, rows, 0])


def open_now(run_id: int, act: Act, ids: Sequence[int]) -> int:
    """Have workers come to these rows at once; how many chunks that opened.

    A leased chunk is left alone: somebody is at it.
    """
    wanted = sorted(ids)
    covering = Chunk.objects.select_for_update().filter(
        run_id=run_id, act=act, lo__lte=wanted[-1], hi__gt=wanted[0]
    )
    found = [
        chunk.id
        for chunk in covering.order_by("lo")
        if chunk.state != ChunkState.LEASED
        and bisect_left(wanted, chunk.lo) < bisect_left(wanted, chunk.hi)
    ]
    return Chunk.objects.filter(id__in=found).update(
        state=ChunkState.OPEN, owner="", lease_until=None, not_before=None
    )
