"""``ristoro work``: one worker process, here or on any host that reaches the database."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType
from typing import Annotated
from uuid import uuid4

import typer

from ristoro import wiring
from ristoro.remedies import runs
from ristoro.workers import loop


def work(
    run: Annotated[str, typer.Argument(help="The run's name.")],
    owner: Annotated[
        str | None, typer.Option(help="A name for this worker, given by who started it.")
    ] = None,
) -> None:
    """Work on an approved run until nothing is left to do; SIGTERM stops between two batches."""
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    with wiring.job(runs.named(run), stop, owner or str(uuid4())) as job:
        loop.work(job)
