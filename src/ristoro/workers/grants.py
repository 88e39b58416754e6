"""The act GRANTS: settle what a dead worker left, make what is planned, see that it is so.

A transfer waits for its holder and for the bank, for days. The chunk is done without it, so that
letters go out, and is leased again much later to see what has come of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ristoro.fulfilment import act, money, rows, states
from ristoro.fulfilment.models import GrantState
from ristoro.fulfilment.rows import GrantRow
from ristoro.workers.job import Job, batches, moves
from ristoro.workers.leases import Lease
from ristoro.workers.tallies import record


def work(held: Lease, job: Job) -> None:
    """Take every grant of the chunk as far as it goes without a person.

    0. Transfers that were put down earlier are asked about; those of which nothing is new stay.
    1. Rows in *sending* or *unknown* are settled by looking, never by trying again.
    2. Planned and deferred rows are marked *sending*, made so, and recorded.
    3. Made ones are seen in a fresh session.
    """
    waiting = _unchanged(held, job)
    left = [row for row in _read(held, states.TO_SETTLE) if row.id not in waiting]
    if left:
        job.stop.wait(job.habits.settle_seconds)
    for batch in batches(job, held, left, job.habits.batch):
        looked = act.settle(batch, job.doors, job.clock())
        _record(held, job, batch, None, [(states.after_look(r), r.code) for r in looked])
    to_act = [row for row in _read(held, states.TO_ACT) if row.id not in waiting]
    for batch in batches(job, held, to_act, job.habits.batch):
        _record(held, job, batch, None, [(GrantState.SENDING, "")] * len(batch))
        made = act.apply(batch, job.doors, job.clock())
        after = [(states.after_act(r), r.code) for r in made]
        _record(held, job, batch, GrantState.SENDING, after)
    for batch in batches(job, held, _read(held, frozenset({GrantState.APPLIED})), job.habits.batch):
        seen = act.verify(batch, job.doors, job.clock())
        _record(held, job, batch, None, [(states.after_verify(r), r.code) for r in seen])


def _record(
    held: Lease,
    job: Job,
    batch: Sequence[GrantRow],
    before: GrantState | None,
    after: Sequence[tuple[GrantState, str]],
) -> None:
    """Record where each row of the batch goes, from ``before`` or from the state it was read in."""
    steps = (
        (row.id, before or row.state, state, code)
        for row, (state, code) in zip(batch, after, strict=True)
    )
    record(held, moves(steps), job.clock())


def left(held: Lease) -> int:
    """How many of the chunk's grants a worker has to make or to settle before it is done."""
    found = _read(held, states.TO_ACT | states.TO_SETTLE)
    return len(found) - len(_waiting(found))


def later(held: Lease) -> bool:
    """Whether the chunk is to be leased again later, for transfers that wait."""
    return bool(_waiting(_read(held, WAITING)))


WAITING = frozenset({GrantState.DEFERRED, GrantState.UNKNOWN})
"""Where a transfer stands that waits for its holder or for the bank."""


def _waiting(found: Sequence[GrantRow]) -> frozenset[int]:
    """The ids of those that wait so."""
    return money.at_bank([row for row in found if row.state in WAITING])


def _unchanged(held: Lease, job: Job) -> frozenset[int]:
    """The ids of transfers that stand as they stood when they were last looked at."""
    found = _read(held, WAITING)
    there = _waiting(found)
    unchanged: set[int] = set()
    for batch in batches(job, held, [one for one in found if one.id in there], job.habits.batch):
        stands = act.apply(batch, job.doors, job.clock())
        unchanged |= {
            row.id
            for row, result in zip(batch, stands, strict=True)
            if (row.state, row.result) == (states.after_act(result), result.code)
        }
    return frozenset(unchanged)


def _read(held: Lease, wanted: frozenset[GrantState]) -> list[GrantRow]:
    return rows.read(held.run_id, held.lo, held.hi, wanted)
