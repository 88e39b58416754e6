"""``ristoro work``: one worker process, here or on any host that reaches the database."""

from __future__ import annotations

import signal
from contextlib import nullcontext
from threading import Event
from types import FrameType
from typing import Annotated
from uuid import uuid4

import typer

from ristoro import env, wiring
from ristoro.cli.behind import worker_of
from ristoro.cli.beside import end_with_served
from ristoro.errands.places import shelves
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.workers import loop
from ristoro.workers.roving import rove
from ristoro.workers.waiting import begun


def work(
    run: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="The run's name; every approved run if left out."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="A name for this worker, given by who started it.")
    ] = None,
    stay: Annotated[
        bool, typer.Option("--stay", help="Wait for answers that come later, until it is closed.")
    ] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Stay, behind; `ristoro stop` ends it.")
    ] = False,
) -> None:
    """Work on an approved run until nothing is left to do; SIGTERM stops between two batches.

    A run that may not act yet is waited for, and begun as soon as it may. Without a name, the
    worker stays and goes to whatever run has something to do.
    """
    found = runs.named(run) if run is not None else None
    behind = worker_of(env.current().home)
    if background:
        if behind.running() is not None:
            raise behind.taken()
        behind.pid_file.unlink(missing_ok=True)
        behind.start(("work", *((run,) if run else ()), "--stay"), behind.pid_file.exists)
        typer.echo(f"A worker waits for answers to {run}." if run else "A worker is there.")
        return
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    name = owner or str(uuid4())
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    end_with_served(stop)
    with behind.held() if stay else nullcontext():
        if found is None:
            rove(lambda one: wiring.job(one, stop, name), stop, clock.now, _say, shelves())
        elif begun(found.name, stop, clock.now, _say, shelves()):
            with wiring.job(runs.named(found.name), stop, name) as job:
                loop.work(job, stay)


def _say(words: str) -> None:
    typer.echo(words, err=True)
