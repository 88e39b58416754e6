"""``ristoro tend`` and ``ristoro unheard``: what a policy has for the day, and who is not heard."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from ristoro.cli.confirm import Name, policy_of
from ristoro.fulfilment import diary
from ristoro.fulfilment import unheard as lists
from ristoro.fulfilment.consent import Silence
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift


def tend(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run's name; every open run if left out."),
    ] = None,
) -> None:
    """Do what the policies have for today: remind, and apply deadlines. For a timer.

    Asks nobody: two people approved the policy with the run. As often as you like, once a day at
    least; what is done already is not done again, and a missed day is made up. Workers make and
    write what comes of it: `ristoro run RUN` on the same timer, or one that stays.
    """
    open_ = Run.objects.filter(state__in=(RunState.APPROVED, RunState.ACTING), paused=False)
    console = Console(highlight=False, soft_wrap=True)
    for run in [runs.named(name)] if name is not None else list(open_.order_by("id")):
        done = diary.go_through(run, policy_of(run), clock.now(), shift.keep, shift.post)
        console.print(
            f"{run.name}: {done.reminded.planned} reminders planned; deadlines passed: "
            f"{done.met[Silence.GIVE]} given unasked, {done.met[Silence.FORFEIT]} lapsed, "
            f"{done.met[Silence.ASK_AGAIN]} to be asked again."
        )


def unheard(name: Name) -> None:
    """List, as CSV, who was given nothing and said nothing: not reached, no answer, not made."""
    run = runs.named(name)
    today = clock.now().astimezone(policy_of(run).zone).date()
    lists.write(lists.unheard(run, today), sys.stdout)
