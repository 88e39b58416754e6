"""``ristoro work``: one worker process, here or on any host that reaches the database."""

from __future__ import annotations

import signal
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated
from uuid import uuid4

import typer

from ristoro import env, wiring
from ristoro.cli.behind import Behind
from ristoro.remedies import runs
from ristoro.workers import loop


def work(
    run: Annotated[str, typer.Argument(help="The run's name.")],
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
    """Work on an approved run until nothing is left to do; SIGTERM stops between two batches."""
    found = runs.named(run)
    behind = worker_of(env.current().home)
    if background:
        if behind.running() is not None:
            raise behind.taken()
        behind.pid_file.unlink(missing_ok=True)
        behind.start(("work", run, "--stay"), behind.pid_file.exists)
        typer.echo(f"A worker waits for answers to {run}.")
        return
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    with (
        behind.held() if stay else nullcontext(),
        wiring.job(found, stop, owner or str(uuid4())) as job,
    ):
        loop.work(job, stay)


def worker_of(home: Path) -> Behind:
    """The worker of a home folder that stays, running or not."""
    return Behind(home, "worker", "the worker that stays")
