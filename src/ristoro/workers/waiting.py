"""What an approved run still waits for, and beginning it as soon as it may.

Whoever works on a run may be there before it acts: then the wait is said, with how long it lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from ristoro.remedies import approving, runs
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.shelves import Shelves
from ristoro.workers.books import open_books

LOOK_EVERY = 1.0
SAY_EVERY = timedelta(minutes=1)

Say = Callable[[str], None]


def waits_for(run: Run, at: datetime) -> str:
    """What the run waits for before it can act, in English; empty where it may act or has ended."""
    if run.state in (RunState.LOADING, RunState.LOADED):
        return f"{run.name} waits for a second person to approve it"
    if run.state != RunState.APPROVED:
        return ""
    if left := approving.left(run, at):
        return f"{run.name} waits until {run.acts_from:%H:%M:%S} UTC, {_lasting(left)} more"
    if run.published_at is None:
        return f"{run.name} waits for its page of facts to be public"
    return ""


def begun(
    name: str, stop: Event, clock: Callable[[], datetime], say: Say, shelves: Shelves | None
) -> bool:
    """Wait until a run acts, and begin it once it may; whether it acts.

    What is waited for is said when it changes, and every minute. ``False`` where the run has ended
    or was cancelled, or ``stop`` was set. ``NotAllowed`` where an input has changed since.
    """
    said, said_at = "", clock()
    while not stop.is_set():
        run, at = runs.named(name), clock()
        what = waits_for(run, at)
        if not what:
            if run.state == RunState.APPROVED:
                run = runs.begin(run, at, shelves=shelves, begun=open_books)
            acts = run.state == RunState.ACTING
            if acts:
                open_books(run, at)
            return acts
        kind = what.partition(",")[0]
        if kind != said or at - said_at >= SAY_EVERY:
            say(what)
            said, said_at = kind, at
        stop.wait(LOOK_EVERY)
    return False


def _lasting(left: timedelta) -> str:
    minutes, seconds = divmod(-(-int(left.total_seconds() * 1000) // 1000), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
