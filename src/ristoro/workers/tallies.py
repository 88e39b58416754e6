"""Recording what became of a chunk's rows, set-wise, with the tallies that say how far a run is.

Every recording is one transaction: the fence, the moves by compare-and-set, the tallies, the books,
and one entry of the journal. Tallies therefore always equal the counts of the rows, and the books
what they are worth. On PostgreSQL the fence, the moves and the tallies are one statement, or the
way there and back would cost as much as the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db import connection, transaction

from ristoro.fulfilment.books import deriving
from ristoro.fulfilment.books.deriving import MoneyGrant, Shift, Term
from ristoro.fulfilment.states import MOVES as GRANT_MOVES
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Problem, RistoroError
from ristoro.notices.states import MOVES as NOTICE_MOVES
from ristoro.workers import snags
from ristoro.workers.leases import FENCE, Lease, fence_of, hold, lost
from ristoro.workers.models import Act, Tally

MoveKey = tuple[int, int, str]
"""From which state, to which, and the result's code."""

Ids = Sequence[int] | Literal["all"]
Moves = Mapping[MoveKey, Ids]
"""The ids that make each move; ``"all"``: every row of the chunk still in the from-state."""


class Conflict(RistoroError):
    """Rows were not in the state from which they should have moved; nothing was changed."""


class _Moved(NamedTuple):
    """So many rows of one bucket, remedy and kind made a move."""

    key: MoveKey
    bucket: int
    remedy: int
    kind: int
    rows: int
    amount: int


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    remedy: str
    kind: str
    amount: str
    moves: frozenset[tuple[int, int]]


_TABLES = {
    Act.GRANTS: _Table("fulfilment_grant", "remedy", "kind", "amount", frozenset(GRANT_MOVES)),
    Act.NOTICES: _Table("notices_notice", "kind", "0", "0", frozenset(NOTICE_MOVES)),
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
    _check(held, act, moves)
    with _undone_alone(moves):
        terms = _terms(held, act, moves)
        money = _money(held, moves) if deriving.has_money(terms) else []
        move = _move_at_once if connection.vendor == "postgresql" else _move_one_by_one
        moved = move(held, act, moves, at)
        done = dict.fromkeys(moves, 0)
        for one in moved:
            done[one.key] += one.rows
        for key, ids in moves.items():
            if ids != "all" and done[key] != len(ids):
                raise _conflict(held, key, len(ids), done[key])
        if any(done.values()):
            snags.note(held, act, moves, at)
            if terms:
                shifts = [Shift(m.bucket, m.remedy, m.kind, *m.key[:2], m.amount) for m in moved]
                deriving.book(held.run_id, terms, shifts, money, at)
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


def _terms(held: Lease, act: Act, moves: Moves) -> dict[int, Term]:
    """What the run's remedies are in the books, where any of the moves changes these."""
    if act is not Act.GRANTS or not any(deriving.matters(key[0], key[1]) for key in moves):
        return {}
    return deriving.terms(held.run_id)


def _money(held: Lease, moves: Moves) -> list[MoneyGrant]:
    """The money grants that are about to make a move which changes the books, behind the fence."""
    hold(held)
    found: list[MoneyGrant] = []
    for key in moves:
        if deriving.matters(key[0], key[1]):
            where, bound = _where(held, Act.GRANTS, key, moves)
            found += deriving.money_where(where, bound, key[1])
    return found


def _check(held: Lease, act: Act, moves: Moves) -> None:
    table = _TABLES[act]
    listed: set[int] = set()
    swept = [key[0] for key, ids in moves.items() if ids == "all"]
    if len(swept) != len(set(swept)):
        raise ValueError("two moves are of 'all' rows of one state")
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


def _undone_alone(moves: Moves) -> AbstractContextManager[object]:
    """A transaction, or in the caller's what undoes the recording alone if it fails half done.

    Without lists of ids nothing can be half done: a lost lease is seen before any row moves.
    """
    if connection.in_atomic_block and all(ids == "all" for ids in moves.values()):
        return nullcontext()
    return transaction.atomic()


def _where(held: Lease, act: Act, key: MoveKey, moves: Moves) -> tuple[str, list[Any]]:
    """The rows that make a move; ``"all"`` are those of no list."""
    ids, listed = moves[key], moves[key]
    where = "run_id = %s AND state = %s"
    params: list[Any] = [held.run_id, int(key[0])]
    if act is _act_of(held):
        where = f"id >= %s AND id < %s AND {where}"
        params = [held.lo, held.hi, *params]
    if ids == "all":
        listed = [each for others in moves.values() if others != "all" for each in others]
        if not listed:
            return where, params
    if connection.vendor == "postgresql":
        among = "<> ALL(%s::bigint[])" if ids == "all" else "= ANY(%s::bigint[])"
        return f"{where} AND id {among}", [*params, list(listed)]
    # One bound value however many ids, since SQLite limits how many values a statement binds.
    among = f"{'NOT ' if ids == 'all' else ''}IN (SELECT value FROM json_each(%s))"  # noqa: S608 - names of this module
    return f"{where} AND id {among}", [*params, str([int(each) for each in listed])]


_AT_ONCE = """
WITH held AS MATERIALIZED (SELECT id FROM workers_chunk WHERE {fence} FOR UPDATE),
{moved},
counted AS MATERIALIZED ({counted}),
tallied AS (
  INSERT INTO workers_tally (run_id, act, bucket, remedy, state, "rows", amount)
  SELECT %s, %s, bucket, remedy, state, sum("rows"), sum(amount)
  FROM (SELECT bucket, remedy, old AS state, -"rows" AS "rows", -amount AS amount FROM counted
        UNION ALL SELECT bucket, remedy, new, "rows", amount FROM counted) AS delta
  GROUP BY bucket, remedy, state
  HAVING sum("rows") <> 0 OR sum(amount) <> 0
  ORDER BY bucket, remedy, state
  ON CONFLICT (run_id, act, bucket, remedy, state) DO UPDATE
  SET "rows" = workers_tally."rows" + excluded."rows",
      amount = workers_tally.amount + excluded.amount
)
SELECT -1, 0, 0, 0, count(*), 0 FROM held
UNION ALL SELECT number, bucket, remedy, kind, "rows", CAST(amount AS BIGINT) FROM counted
"""


def _move_at_once(held: Lease, act: Act, moves: Moves, at: datetime) -> list[_Moved]:
    """The fence, every move and the tallies in one statement; which rows made which move.

    The moves are of different rows, so their order says nothing. A row that comes into a
    from-state while the statement waits at the fence is not seen: it stays for ``left`` to count.
    """
    table, keys = _TABLES[act], list(moves)
    if not keys:
        hold(held)
        return []
    moved, counted = [], []
    params: list[Any] = fence_of(held)
    for number, key in enumerate(keys):
        before, after, code = key
        where, bound = _where(held, act, key, moves)
        moved.append(
            f"moved_{number} AS (UPDATE {table.name} "  # noqa: S608 - names of this module
            f"SET state = %s, result = %s, since = %s "
            f"WHERE {where} AND EXISTS (SELECT 1 FROM held) "
            f"RETURNING bucket, {table.remedy} AS remedy, {table.kind} AS kind, "
            f"{table.amount} AS amount)"
        )
        params += [int(after), code, at, *bound]
        counted.append(
            f"SELECT {number} AS number, {int(before)} AS old, {int(after)} AS new, bucket, "  # noqa: S608 - names of this module
            f'remedy, kind, count(*) AS "rows", sum(amount) AS amount FROM moved_{number} '
            "GROUP BY bucket, remedy, kind"
        )
    statement = _AT_ONCE.format(
        fence=FENCE, moved=",\n".join(moved), counted=" UNION ALL ".join(counted)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, held.run_id, int(act)])
        found = cursor.fetchall()
    if not any(number == -1 and rows for number, _, _, _, rows, _ in found):
        raise lost(held)
    return [_Moved(keys[number], *counts) for number, *counts in found if number >= 0]


def _move_one_by_one(held: Lease, act: Act, moves: Moves, at: datetime) -> list[_Moved]:
    """As ``_move_at_once``, for SQLite, which cannot read from an UPDATE.

    Nobody else writes while the transaction is open, so counting first is as good.
    """
    hold(held)
    table, moved = _TABLES[act], []
    deltas: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        for key in moves:
            before, after, code = key
            where, params = _where(held, act, key, moves)
            cursor.execute(
                f"SELECT bucket, {table.remedy}, {table.kind}, count(*), "  # noqa: S608 - names of this module
                f"coalesce(sum({table.amount}), 0) FROM {table.name} "
                f"WHERE {where} GROUP BY 1, 2, 3",
                params,
            )
            for bucket, remedy, kind, count, amount in cursor.fetchall():
                moved.append(_Moved(key, bucket, remedy, kind, count, amount))
                for state, sign in ((before, -1), (after, 1)):
                    delta = deltas[bucket, remedy, state]
                    delta[0] += sign * count
                    delta[1] += sign * amount
            cursor.execute(
                f"UPDATE {table.name} "  # noqa: S608 - names of this module
                f"SET state = %s, result = %s, since = %s WHERE {where}",
                [int(after), code, connection.ops.adapt_datetimefield_value(at), *params],
            )
    _add(held.run_id, act, deltas)
    return moved


def _add(run_id: int, act: Act, deltas: Mapping[tuple[int, int, int], Sequence[int]]) -> None:
    lines = [
        (run_id, int(act), bucket, remedy, state, rows, amount)
        for (bucket, remedy, state), (rows, amount) in sorted(deltas.items())
        if rows or amount
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO workers_tally (run_id, act, bucket, remedy, state, "rows", amount) '
            "VALUES (%s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (run_id, act, bucket, remedy, state) DO UPDATE SET "
            '"rows" = workers_tally."rows" + excluded."rows", '
            "amount = workers_tally.amount + excluded.amount",
            lines,
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
