"""A worker of every run: it begins what may begin, and goes where something is to be done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event

from django.db.models import Q

from ristoro.kernel.errors import RistoroError
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.shelves import Shelves
from ristoro.workers import loop
from ristoro.workers.books import open_books
from ristoro.workers.job import Job
from ristoro.workers.models import Chunk, ChunkState
from ristoro.workers.waiting import Say, waits_for

IDLE = 1.0
"""Seconds between two looks where nothing is to be done."""

Open = Callable[[Run], AbstractContextManager[Job]]


def rove(
    open_job: Open,
    stop: Event,
    clock: Callable[[], datetime],
    say: Say,
    shelves: Shelves | None = None,
) -> None:
    """Work on whatever run has something to do, the oldest first, until stopped.

    A run that cannot be begun or worked on is told once, and the others go on.
    """
    told: dict[int, str] = {}
    while not stop.is_set():
        worked = False
        for run in Run.objects.filter(state__in=_OPEN, paused=False).order_by("id"):
            try:
                worked = _once(run, open_job, stop, clock, shelves) or worked
            except RistoroError as error:
                if told.get(run.pk) != str(error):
                    told[run.pk] = str(error)
                    say(f"{run.name}: {error}")
        if not worked:
            stop.wait(IDLE)


_OPEN = (RunState.APPROVED, RunState.ACTING)


def _once(
    run: Run,
    open_job: Open,
    stop: Event,
    clock: Callable[[], datetime],
    shelves: Shelves | None,
) -> bool:
    """Take a run as far as it goes now; whether there was anything to do."""
    at = clock()
    if run.state == RunState.APPROVED:
        if waits_for(run, at):
            return False
        run = runs.begin(run, at, shelves=shelves, begun=open_books)
    if stop.is_set() or not _has_work(run, at):
        return False
    open_books(run, at)
    with open_job(run) as job:
        loop.work(job, until_idle=True)
    return True


def _has_work(run: Run, at: datetime) -> bool:
    """Whether a chunk could be leased: due, due again, or left by a worker that went silent."""
    due = Q(not_before=None) | Q(not_before__lte=at)
    is_open = Q(state=ChunkState.OPEN) & due
    left = Q(state=ChunkState.LEASED, lease_until__lte=at)
    again = Q(state=ChunkState.DONE, not_before__lte=at)
    return Chunk.objects.filter(is_open | left | again, run=run).exists()
