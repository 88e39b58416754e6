"""The act RECONCILE: read notices back from their mailboxes and verify what is stored there."""

from __future__ import annotations

from ristoro.edges.mailhosts.contract import Sighting
from ristoro.notices.models import NoticeState
from ristoro.notices.verify import verify
from ristoro.workers.job import Job, batches, moves
from ristoro.workers.leases import Lease
from ristoro.workers.letters import Row, look, read
from ristoro.workers.tallies import record

STORED_TWICE, SIGNATURE_BROKEN = "stored-twice", "signature-broken"
STORED_WRONG = frozenset({STORED_TWICE, SIGNATURE_BROKEN})
"""The codes of letters that were refused though they lie in their mailbox: never sent again."""


def work(held: Lease, job: Job) -> None:
    """Verify a sample of the chunk's accepted notices, or all of them, from the stored bytes.

    One copy whose signatures hold is verified. A stored notice that does not verify is refused,
    for a person to see why. One that is not there, or that nobody could look for, stays accepted:
    its holder may have moved it out by POP3 or deleted it, so its absence proves nothing.
    """
    every = max(1, job.habits.read_back)
    rows = [row for row in read(held, (NoticeState.ACCEPTED,)) if row.id % every == 0]
    for batch in batches(job, held, rows, job.habits.batch):
        seen = look(job, batch, fetch=True)
        steps = []
        for row, sighting in zip(batch, seen, strict=True):
            after, code = _judged(job, row, sighting)
            steps.append((row.id, row.state, after, code))
        record(held, moves(steps), job.clock())


def left(held: Lease) -> int:
    """Nothing: what was not read back is not waited for."""
    return 0


def _judged(job: Job, row: Row, sighting: Sighting) -> tuple[NoticeState, str]:
    if not sighting.result.done or sighting.copies == 0 or sighting.stored is None:
        return NoticeState.ACCEPTED, ""
    if sighting.copies > 1:
        return NoticeState.REFUSED, STORED_TWICE
    found = verify(sighting.stored, job.records)
    if found.genuine and found.message_id == job.desk.message_id(row.notice):
        return NoticeState.VERIFIED, "signature"
    return NoticeState.REFUSED, SIGNATURE_BROKEN
