"""Chunk leases: which worker acts on which thousand rows, and how long, by the database's clock.

A lease is fenced: a worker whose lease was taken over changes nothing any more, and learns it by
``LeaseLost``. The statements differ between PostgreSQL and SQLite only in the clock and in row
locks, which SQLite's immediate transactions replace.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ristoro.kernel.errors import Problem, RistoroError
from ristoro.kernel.keys import BUCKET_SHIFT
from ristoro.remedies.models import RunState
from ristoro.workers.models import Act, ChunkState


class LeaseLost(RistoroError):
    """The lease ended and another worker holds or has done the chunk; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's hold on one chunk: the run's rows ``lo <= id < hi``, until ``until``.

    ``owner`` names one start of one process (a uuid); ``tries`` counts the chunk's leases and
    tells two leases by the same owner apart. ``until`` is in the database's time.
    """

    chunk_id: int
    run_id: int
    bucket: int
    act: Act
    lo: int
    hi: int
    owner: str
    until: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class _Dialect:
    clock: str
    clock_plus: str  # one parameter: seconds
    locked: str  # what ends a SELECT that leases
    fenced: str  # what ends a SELECT that holds the fence


_POSTGRESQL = _Dialect(
    clock="clock_timestamp()",
    clock_plus="(clock_timestamp() + make_interval(secs => %s))",
    locked="FOR UPDATE SKIP LOCKED",
    fenced="FOR UPDATE",
)
# Django's own text format, in which instants compare as texts.
_SQLITE = _Dialect(
    clock="strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
    clock_plus="strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', printf('%%+.3f seconds', %s))",
    locked="",
    fenced="",
)

# An ended lease comes before an open chunk: somebody was in the middle of it. A bucket does its
# acts in order: a chunk waits while any of its buckets is in an unfinished chunk of an earlier act.
# A chunk that is done and has a ``not_before`` comes last, once that has come: what it waits for
# may have happened.
_LEASE = """
UPDATE workers_chunk
SET state = {leased}, owner = %s, lease_until = {clock_plus}, tries = tries + 1
WHERE id = coalesce(
  (SELECT id FROM workers_chunk
   WHERE run_id = %s AND state = {leased} AND lease_until <= {clock} AND act IN ({acts})
   ORDER BY act, id LIMIT 1 {locked}),
  (SELECT id FROM workers_chunk AS c
   WHERE run_id = %s AND state = {open} AND act IN ({acts})
     AND (not_before IS NULL OR not_before <= {clock})
     AND NOT EXISTS (
       SELECT 1 FROM workers_chunk AS before
       WHERE before.run_id = c.run_id AND before.act IN (c.act - 1, c.act - 2)
         AND before.hi > (c.bucket * CAST({bucket_size} AS BIGINT))
         AND before.lo < (((c.hi - 1) / {bucket_size} + 1) * CAST({bucket_size} AS BIGINT))
         AND before.state <> {done})
   ORDER BY act, id LIMIT 1 {locked}),
  (SELECT id FROM workers_chunk
   WHERE run_id = %s AND state = {done} AND not_before <= {clock} AND act IN ({acts})
   ORDER BY not_before, id LIMIT 1 {locked}))
AND EXISTS (SELECT 1 FROM remedies_run
            WHERE id = %s AND state = {acting} AND NOT paused)
RETURNING id, run_id, bucket, act, lo, hi, owner, lease_until, tries
"""


def lease(run_id: int, owner: str, seconds: float, act: Act | None = None) -> Lease | None:
    """Lease the run's next chunk, of ``act`` or of any act; ``None`` when none is ready.

    None is ready while the run is paused or not acting, while chunks wait for their
    ``not_before`` or for the acts before theirs, or while others hold what is left.
    """
    acts = [int(act)] if act is not None else [int(each) for each in Act]
    dialect = _dialect()
    statement = _LEASE.format(
        clock=dialect.clock,
        clock_plus=dialect.clock_plus,
        locked=dialect.locked,
        acts=", ".join(str(number) for number in acts),
        bucket_size=1 << BUCKET_SHIFT,
        open=int(ChunkState.OPEN),
        leased=int(ChunkState.LEASED),
        done=int(ChunkState.DONE),
        acting=int(RunState.ACTING),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [owner, seconds, run_id, run_id, run_id, run_id])
        rows = cursor.fetchall()
    return _lease_of(rows[0]) if rows else None


def renew(held: Lease, seconds: float) -> Lease:
    """Hold the chunk ``seconds`` from now; ``LeaseLost`` when it is held no more."""
    dialect = _dialect()
    row = _fenced_update(held, f"lease_until = {dialect.clock_plus}", [seconds])
    return _lease_of(row)


def finish(held: Lease, again_after: float | None = None) -> None:
    """Mark the chunk done; in the transaction of the last ``record`` where the caller opens one.

    It may be leased again ``again_after`` seconds from now, where that is given, and holds no
    other act up meanwhile.
    """
    _end(held, ChunkState.DONE, again_after)


def give_back(held: Lease, after_seconds: float | None = None) -> None:
    """Open the chunk again, at once or to be leased no sooner than ``after_seconds`` from now."""
    _end(held, ChunkState.OPEN, after_seconds)


def _end(held: Lease, state: ChunkState, after_seconds: float | None) -> None:
    later = _dialect().clock_plus if after_seconds is not None else "NULL"
    _fenced_update(
        held,
        f"state = {int(state)}, owner = '', lease_until = NULL, not_before = {later}",
        [] if after_seconds is None else [after_seconds],
    )


def release_dead(owners: Collection[str]) -> int:
    """End at once the leases of owners known to be dead; how many there were.

    For a supervisor that saw its workers exit: everyone else waits for the leases' ends.
    """
    dialect = _dialect()
    marks = ", ".join(["%s"] * len(owners))
    if not owners:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE workers_chunk SET lease_until = {dialect.clock} "  # noqa: S608 - no values
            f"WHERE state = {int(ChunkState.LEASED)} AND owner IN ({marks})",
            list(owners),
        )
        return int(cursor.rowcount)


def hold(held: Lease) -> None:
    """Keep others off the chunk until the caller's transaction ends; ``LeaseLost`` if held no more.

    The fence of every recording: it is the first statement of the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM workers_chunk WHERE {FENCE} {_dialect().fenced}",  # noqa: S608
            fence_of(held),
        )
        if cursor.fetchone() is None:
            raise lost(held)


FENCE = f"id = %s AND owner = %s AND tries = %s AND state = {int(ChunkState.LEASED)}"
"""The condition on the chunk's row under which a lease holds, with ``fence_of`` as its values."""


def fence_of(held: Lease) -> list[Any]:
    """The values of ``FENCE``."""
    return [held.chunk_id, held.owner, held.tries]


def _fenced_update(held: Lease, assignments: str, params: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE workers_chunk SET {assignments} WHERE {FENCE} "  # noqa: S608 - no values
            "RETURNING id, run_id, bucket, act, lo, hi, owner, lease_until, tries",
            [*params, *fence_of(held)],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if not rows:
            raise lost(held)
        return rows[0]


def _lease_of(row: tuple[Any, ...]) -> Lease:
    chunk_id, run_id, bucket, act, lo, hi, owner, until, tries = row
    if isinstance(until, str):  # SQLite: a text, or a datetime without its zone, by its version
        until = datetime.fromisoformat(until)
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return Lease(chunk_id, run_id, bucket, Act(act), lo, hi, owner, until, tries)


def _dialect() -> _Dialect:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def lost(held: Lease) -> LeaseLost:
    """What to raise where the fence of ``held`` no longer stands."""
    return LeaseLost(
        Problem(
            "lease-lost",
            f"the lease of chunk {held.chunk_id} is held no more",
            "it ended before its work was recorded, and another worker may have it",
            "nothing was changed; whoever holds it looks before acting",
        )
    )
