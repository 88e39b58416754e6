"""What a worker needs to work on a run, and the small steps that all acts share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TypeVar

from ristoro.fulfilment.act import Doors
from ristoro.notices.keys import DnsRecord
from ristoro.notices.letters import Desk
from ristoro.remedies.models import Run
from ristoro.workers import leases
from ristoro.workers.leases import Lease
from ristoro.workers.pace import Pace
from ristoro.workers.tallies import MoveKey

Row = TypeVar("Row")

FIRST_SLICE = 10
"""Rows of a chunk that are begun before it is known how fast they go."""

SLICE_SECONDS = 1.0
"""How long a slice may take: after a pause, what is begun is finished, and nothing else begins."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a worker behaves; seconds and rows.

    ``lease_seconds`` is renewed before every batch and must be longer than the slowest batch.
    ``settle_seconds`` is how long a mail host may take to finish a deposit whose client has gone:
    a worker that takes rows over waits that long before it looks. Every ``read_back``-th notice is
    read back from its mailbox (1: all). A chunk leased more than ``patience`` times keeps what is
    still deferred for a person. Transfers that wait for their holder or the bank are looked at
    every ``bank_seconds``.
    """

    lease_seconds: float = 120.0
    settle_seconds: float = 10.0
    idle_seconds: float = 0.5
    batch: int = 100
    read_back: int = 1
    patience: int = 25
    back_off_seconds: float = 5.0
    longest_back_off_seconds: float = 600.0
    bank_seconds: float = 3600.0


def nobody(addresses: Sequence[str]) -> None:
    """What ``Job.knock`` does where no phone can be told."""


@dataclass(frozen=True, slots=True)
class Job:
    """One worker's work on one run: who it is, what it acts through, and when it must stop.

    ``records`` are the public keys that read-back verifies with; ``clock`` gives instants and
    ``seconds`` a time that never goes back, for the pace. ``knock`` has mailboxes' phones
    told that a letter has come; it returns at once and never fails.
    """

    run: Run
    owner: str
    doors: Doors
    desk: Desk
    habits: Habits
    pace: Pace
    records: Sequence[DnsRecord]
    stop: Event
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    knock: Callable[[Sequence[str]], None] = nobody

    def wanted(self) -> bool:
        """Whether to go on: nobody stopped this worker, paused the run or ended it."""
        if self.stop.is_set():
            return False
        return Run.objects.filter(id=self.run.id, paused=False).exists()


class Interrupted(Exception):
    """The worker must stop or the run was paused: the chunk is given back as it stands."""


Step = tuple[int, int, int, str]
"""A row's id, its state before and after, and the code of the result."""


def moves(steps: Iterable[Step]) -> dict[MoveKey, list[int]]:
    """The steps as ``tallies.record`` takes them; a row that stays where it is makes none."""
    grouped: dict[MoveKey, list[int]] = defaultdict(list)
    for row_id, before, after, code in steps:
        if before != after:
            grouped[int(before), int(after), code].append(row_id)
    return dict(grouped)


def batches(job: Job, held: Lease, rows: Sequence[Row], size: int) -> Iterator[list[Row]]:
    """The rows in slices, the lease renewed before each; ``Interrupted`` between two of them.

    No slice is longer than ``size``, nor than what takes about a second at the speed of the one
    before: whoever pauses a run on a slow mail host does not wait for a hundred rows.
    """
    start, slice_ = 0, min(size, FIRST_SLICE)
    while start < len(rows):
        if not job.wanted():
            raise Interrupted
        leases.renew(held, job.habits.lease_seconds)
        some = list(rows[start : start + slice_])
        begun = job.seconds()
        yield some
        start += len(some)
        slice_ = min(size, next_slice(len(some), job.seconds() - begun))


def next_slice(rows: int, seconds: float) -> int:
    """How many rows to take next, where so many took so long: twice as many at most."""
    fitting = int(rows * SLICE_SECONDS / seconds) if seconds > 0 else 2 * rows
    return max(1, min(2 * rows, fitting))


def back_off(habits: Habits, tries: int) -> float:
    """Seconds until a chunk with deferred rows is leased again: doubling, up to the longest."""
    doubled = habits.back_off_seconds * float(1 << min(tries - 1, 20))
    return min(doubled, habits.longest_back_off_seconds)
