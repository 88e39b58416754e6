"""``ristoro tend`` and ``ristoro unheard``: what a policy has for the day, and who is not heard."""

from __future__ import annotations

import signal
import sys
from threading import Event
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from ristoro import env
from ristoro.claims import drafts
from ristoro.cli.claims import follow_all
from ristoro.cli.confirm import Name, policy_of
from ristoro.fulfilment import diary
from ristoro.fulfilment import unheard as lists
from ristoro.fulfilment.consent import Silence
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift

EVERY_SECONDS = 60 * 60


def tend(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run's name; every open run if left out."),
    ] = None,
    stay: Annotated[
        bool, typer.Option("--stay", help="Look again every hour, until SIGTERM.")
    ] = False,
) -> None:
    """Do what the policies have for today: remind, and apply deadlines. For a timer.

    Asks nobody: two people approved the policy with the run. As often as you like, once a day at
    least; what is done already is not done again, and a missed day is made up. Workers make and
    write what comes of it: `ristoro run RUN` on the same timer, or `ristoro work RUN --stay`.
    """
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    if stay:
        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
    console = Console(highlight=False, soft_wrap=True)
    failed = tend_once(name, console)
    while stay and not stop.wait(EVERY_SECONDS):
        failed = tend_once(name, console)
    if failed:
        raise typer.Exit(1)


def tend_once(name: str | None, console: Console) -> int:
    """Go through the diary of one run, or of every open one that is not paused; how many failed.

    What stands against one run is told, and the others are tended. Drafts of claims that nobody
    went on with are deleted, and settled claims followed, where every run is tended.
    """
    open_ = Run.objects.filter(state__in=(RunState.APPROVED, RunState.ACTING), paused=False)
    failed = 0
    for run in [runs.named(name)] if name is not None else list(open_.order_by("id")):
        try:
            done = diary.go_through(run, policy_of(run), clock.now(), shift.keep, shift.post)
        except RistoroError as error:
            console.print(f"{run.name}: {error}")
            failed += 1
            continue
        console.print(
            f"{run.name}: {done.reminded.planned} reminders planned; deadlines passed: "
            f"{done.met[Silence.GIVE]} given unasked, {done.met[Silence.FORFEIT]} lapsed, "
            f"{done.met[Silence.ASK_AGAIN]} to be asked again."
        )
    for line in follow_all(clock.now()) if name is None else ():
        if not line.startswith("0 "):
            console.print(f"Of claims, {line}.")
    gone = drafts.expire(env.current().home, clock.now()) if name is None else 0
    if gone:
        console.print(f"{gone} claims that nobody went on with were deleted.")
    return failed


def unheard(name: Name) -> None:
    """List, as CSV, who was given nothing and said nothing: not reached, no answer, not made."""
    run = runs.named(name)
    today = clock.now().astimezone(policy_of(run).zone).date()
    lists.write(lists.unheard(run, today), sys.stdout)
