"""Recording what became of a chunk's rows, set-wise, with the tallies that say how far a run is.

Every recording is one transaction: the fence, the moves by compare-and-set, the tallies, and one
entry of the journal. Tallies therefore always equal the counts of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection, transaction

from ristoro.fulfilment.states import MOVES as GRANT_MOVES
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Problem, RistoroError
from ristoro.notices.states import MOVES as NOTICE_MOVES
from ristoro.workers.leases import Lease, hold
from ristoro.workers.models import Act, Tally

MoveKey = tuple[int, int, str]
"""From which state, to which, and the result's code."""

Moves = Mapping[MoveKey, Sequence[int] | Literal["all"]]
"""The ids that make each move; ``"all"``: every row of the chunk still in the from-state."""


class Conflict(RistoroError):
    """Rows were not in the state from which they should have moved; nothing was changed."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    remedy: str
    amount: str
    moves: frozenset[tuple[int, int]]


_TABLES = {
    Act.GRANTS: _Table("fulfilment_grant", "remedy", "amount", frozenset(GRANT_MOVES)),
    Act.NOTICES: _Table("notices_notice", "kind", "0", frozenset(NOTICE_MOVES)),
}


def record(held: Lease, moves: Moves, at: datetime, rows: Act | None = None) -> dict[MoveKey, int]:
    """Move rows of a leased chunk, count them, and journal it; how many made each move.

    ``rows`` says which table moves: GRANTS or NOTICES; by default that of the lease's act, for
    RECONCILE the notices. Rows lie between the lease's bounds where those are of that table,
    and are any of the run's where not; ``"all"`` is only for the first.

    Joins the caller's transaction when there is one, so that ``leases.finish`` can stand or fall
    with it. ``LeaseLost`` when another worker has the chunk; ``Conflict`` when a row is not in its
    from-state; ``ValueError`` for an unlawful or ambiguous move. All three change nothing.
    """
    act = rows if rows is not None else _act_of(held)
    table = _TABLES[act]
    _check(held, act, moves)
    done: dict[MoveKey, int] = {}
    with transaction.atomic():
        hold(held)
        deltas: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
        for key, ids in moves.items():
            before, after, _ = key
            done[key] = 0
            for bucket, remedy, count, amount in _move(held, table, key, ids):
                done[key] += count
                for state, sign in ((before, -1), (after, 1)):
                    delta = deltas[bucket, remedy, state]
                    delta[0] += sign * count
                    delta[1] += sign * amount
            if ids != "all" and done[key] != len(ids):
                raise _conflict(held, key, len(ids), done[key])
        if any(done.values()):
            _add(held.run_id, act, deltas)
            _journal(held, act, done, at)
    return done


def left(held: Lease, states: Sequence[int]) -> int:
    """How many of the chunk's rows stand in ``states``; nought before it is finished.

    Ask behind ``leases.hold``, in the transaction that finishes the chunk: whoever gives a row
    more to do (``shift.keep``) locks the chunk's row too, and neither misses what the other did.
    """
    if not states:
        return 0
    table = _TABLES[_act_of(held)]
    marks = ", ".join(["%s"] * len(states))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table.name} "  # noqa: S608 - a name of this module
            f"WHERE id >= %s AND id < %s AND run_id = %s AND state IN ({marks})",
            [held.lo, held.hi, held.run_id, *(int(state) for state in states)],
        )
        return int(cursor.fetchone()[0])


def tallied(run_id: int, act: Act) -> dict[tuple[int, int], tuple[int, int]]:
    """For each remedy and state: rows and amount, read from the tallies alone."""
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    lines = Tally.objects.filter(run_id=run_id, act=act)
    for remedy, state, rows, amount in lines.values_list("remedy", "state", "rows", "amount"):
        before = sums.get((remedy, state), (0, 0))
        sums[remedy, state] = (before[0] + rows, before[1] + amount)
    return {key: value for key, value in sums.items() if value != (0, 0)}


def _act_of(held: Lease) -> Act:
    """The act whose rows the lease's bounds are of."""
    return Act(min(held.act, Act.NOTICES))


def _check(held: Lease, act: Act, moves: Moves) -> None:
    table = _TABLES[act]
    listed: set[int] = set()
    swept = {key[0] for key, ids in moves.items() if ids == "all"}
    for key, ids in moves.items():
        before, after, _ = key
        if (before, after) not in table.moves:
            raise ValueError(f"{table.name} does not go from state {before} to state {after}")
        if after in swept:
            raise ValueError(f"rows moved to state {after} would be moved on by 'all'")
        if ids == "all":
            if held.act is Act.RECONCILE and act is not Act.NOTICES:
                raise ValueError("a RECONCILE chunk's bounds are of notices: list the grants")
            continue
        if len(listed) + len(ids) != len(listed := listed.union(ids)):
            raise ValueError("a row is listed for two moves, or twice")


def _move(
    held: Lease, table: _Table, key: MoveKey, ids: Sequence[int] | Literal["all"]
) -> list[tuple[int, int, int, int]]:
    """Move rows; bucket, remedy, count and amount of what moved."""
    if ids != "all" and not ids:
        return []
    before, after, code = key
    where = "run_id = %s AND state = %s"
    params: list[Any] = [held.run_id, int(before)]
    if table is _TABLES[_act_of(held)]:
        where = f"id >= %s AND id < %s AND {where}"
        params = [held.lo, held.hi, *params]
    if ids != "all" and connection.vendor == "postgresql":
        where = f"id = ANY(%s) AND {where}"
        params = [list(ids), *params]
    elif ids != "all":
        # One bound value however many ids, since SQLite limits how many values a statement binds.
        where = f"id IN (SELECT value FROM json_each(%s)) AND {where}"  # noqa: S608
        params = [f"[{','.join(str(int(each)) for each in ids)}]", *params]
    update = f"UPDATE {table.name} SET state = %s, result = %s WHERE {where}"  # noqa: S608
    counted = "bucket, remedy, count(*), CAST(coalesce(sum(amount), 0) AS BIGINT)"
    columns = f"bucket, {table.remedy} AS remedy, {table.amount} AS amount"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"WITH moved AS ({update} RETURNING {columns}) "  # noqa: S608
                f"SELECT {counted} FROM moved GROUP BY bucket, remedy",
                [int(after), code, *params],
            )
            return list(cursor.fetchall())
        # SQLite cannot read from an UPDATE; nobody else writes while this transaction is open.
        cursor.execute(
            f"WITH moved AS (SELECT {columns} FROM {table.name} WHERE {where}) "  # noqa: S608
            f"SELECT {counted} FROM moved GROUP BY bucket, remedy",
            params,
        )
        moved = list(cursor.fetchall())
        cursor.execute(update, [int(after), code, *params])
        return moved


def _add(run_id: int, act: Act, deltas: Mapping[tuple[int, int, int], Sequence[int]]) -> None:
    # In one order everywhere, so that two workers of one bucket never wait for each other.
    lines = [
        (run_id, int(act), bucket, remedy, state, rows, amount)
        for (bucket, remedy, state), (rows, amount) in sorted(deltas.items())
        if rows or amount
    ]
    if not lines:
        return
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(lines))
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO workers_tally (run_id, act, bucket, remedy, state, "rows", amount) '  # noqa: S608
            f"VALUES {marks} ON CONFLICT (run_id, act, bucket, remedy, state) DO UPDATE SET "
            '"rows" = workers_tally."rows" + excluded."rows", '
            "amount = workers_tally.amount + excluded.amount",
            [value for line in lines for value in line],
        )


def _journal(held: Lease, act: Act, done: Mapping[MoveKey, int], at: datetime) -> None:
    append(
        f"worker {held.owner}",
        names.CHUNK_RECORDED,
        f"run {held.run_id}",
        {
            "chunk": held.chunk_id,
            "act": held.act.name.lower(),
            "rows": act.name.lower(),
            "bucket": held.bucket,
            "lo": held.lo,
            "hi": held.hi,
            "moves": [[*key, count] for key, count in sorted(done.items()) if count],
        },
        at,
    )


def _conflict(held: Lease, key: MoveKey, wanted: int, found: int) -> Conflict:
    before, after, _ = key
    return Conflict(
        Problem(
            "rows-moved",
            f"{wanted - found} of {wanted} rows of chunk {held.chunk_id} are not in state {before}",
            f"they should have moved from there to state {after}: something else moved them",
            "nothing was recorded; read the chunk's rows again",
        )
    )
