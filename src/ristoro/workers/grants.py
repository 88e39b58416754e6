"""The act GRANTS: settle what a dead worker left, make what is planned, see that it is so."""

from __future__ import annotations

from collections.abc import Sequence

from ristoro.fulfilment import act, rows, states
from ristoro.fulfilment.models import GrantState
from ristoro.fulfilment.rows import GrantRow
from ristoro.workers.job import Job, batches, moves
from ristoro.workers.leases import Lease
from ristoro.workers.tallies import record


def work(held: Lease, job: Job) -> None:
    """Take every grant of the chunk as far as it goes without a person.

    1. Rows in *sending* or *unknown* are settled by looking, never by trying again.
    2. Planned and deferred rows are marked *sending*, made so, and recorded.
    3. Made ones are seen in a fresh session.
    """
    left = _read(held, states.TO_SETTLE)
    if left:
        job.stop.wait(job.habits.settle_seconds)
    for batch in batches(job, held, left, job.habits.batch):
        looked = act.settle(batch, job.doors)
        _record(held, job, batch, None, [(states.after_look(r), r.code) for r in looked])
    for batch in batches(job, held, _read(held, states.TO_ACT), job.habits.batch):
        _record(held, job, batch, None, [(GrantState.SENDING, "")] * len(batch))
        made = act.apply(batch, job.doors)
        after = [(states.after_act(r), r.code) for r in made]
        _record(held, job, batch, GrantState.SENDING, after)
    for batch in batches(job, held, _read(held, {GrantState.APPLIED}), job.habits.batch):
        seen = act.verify(batch, job.doors)
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
    """How many of the chunk's grants a worker has still to make or to settle."""
    return len(_read(held, states.TO_ACT | states.TO_SETTLE))


def _read(held: Lease, wanted: frozenset[GrantState] | set[GrantState]) -> list[GrantRow]:
    found = rows.read(held.run_id, held.lo, held.hi, wanted)
    return [row for row in found if row.kind in states.MADE_HERE]
