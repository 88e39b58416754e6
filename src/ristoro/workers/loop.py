"""The worker's loop: lease a chunk, act on it, finish it or give it back, until none is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction

from ristoro.remedies.models import Run, RunState
from ristoro.workers import grants, leases, letters, readback
from ristoro.workers.job import Interrupted, Job, back_off
from ristoro.workers.leases import Lease, LeaseLost
from ristoro.workers.models import Act, Chunk, ChunkState

ACTS: Mapping[Act, Callable[[Lease, Job], None]] = {
    Act.GRANTS: grants.work,
    Act.NOTICES: letters.work,
    Act.RECONCILE: readback.work,
}
LEFT: Mapping[Act, Callable[[Lease], int]] = {
    Act.GRANTS: grants.left,
    Act.NOTICES: letters.left,
    Act.RECONCILE: readback.left,
}


def work(job: Job, stay: bool = False, until_idle: bool = False) -> int:
    """Work until every chunk of the run is done or the job is stopped; the chunks finished here.

    A paused run keeps its workers waiting. A chunk whose lease was lost is left to its new owner.
    Who is to ``stay`` waits for what a later answer opens, until the run is closed; who works
    ``until_idle`` waits for nothing.
    """
    finished = 0
    while not job.stop.is_set():
        held = leases.lease(job.run.id, job.owner, job.habits.lease_seconds)
        if held is None:
            if until_idle:
                break
            if all_done(job.run.id) and not (stay and is_open(job.run.id)):
                break
            job.stop.wait(job.habits.idle_seconds)
            continue
        job.pace.rate = share(job.run.id)
        try:
            ACTS[held.act](held, job)
            finished += _end(held, job)
        except Interrupted:
            leases.give_back(held)
        except LeaseLost:
            continue
    return finished


def share(run_id: int) -> float | None:
    """This worker's share of the run's letters a second; ``None`` where the run sets no rate."""
    rate = Run.objects.values_list("rate_per_second", flat=True).get(id=run_id)
    if rate is None:
        return None
    holders = Chunk.objects.filter(run_id=run_id, state=ChunkState.LEASED)
    return rate / max(1, holders.values("owner").distinct().count())


def is_open(run_id: int) -> bool:
    """Whether the run may still get answers."""
    return Run.objects.exclude(state=RunState.CLOSED).filter(id=run_id).exists()


def all_done(run_id: int) -> bool:
    """Whether no chunk of the run is open or leased."""
    return not Chunk.objects.filter(run_id=run_id).exclude(state=ChunkState.DONE).exists()


def _end(held: Lease, job: Job) -> bool:
    """Finish the chunk, or give it back to be leased later where rows are left to do.

    Rows are counted behind the chunk's lock, so that a holder's yes that comes meanwhile is either
    seen here or opens the chunk again.
    """
    with transaction.atomic():
        leases.hold(held)
        if LEFT[held.act](held) == 0 or held.tries > job.habits.patience:
            waits = held.act is Act.GRANTS and grants.later(held)
            leases.finish(held, job.habits.bank_seconds if waits else None)
            return True
        leases.give_back(held, back_off(job.habits, held.tries))
        return False
