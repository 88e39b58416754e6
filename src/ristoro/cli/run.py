"""``ristoro run``: begin an approved run and watch its workers."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from threading import Event
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from ristoro.errands.places import shelves
from ristoro.kernel import clock
from ristoro.remedies import approving, runs
from ristoro.workers import leases
from ristoro.workers.books import open_books
from ristoro.workers.progress import progress
from ristoro.workers.waiting import begun

EVERY_SECONDS = 0.5
REPLACEMENTS = 5


def run(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes here.")] = 2,
    rate: Annotated[
        int | None, typer.Option(min=1, help="Letters a second, over all workers; kept in the run.")
    ] = None,
) -> None:
    """Make what an approved run gives: grants, then notices, then read them back.

    A run that was approved just now is waited for, so that its approval can be thought over. May
    be stopped (Ctrl-C) and started again at any moment; more workers may join from other hosts
    with `ristoro work RUN`.
    """
    console = Console()
    found = runs.named(name)
    if approving.left(found, clock.now()):
        begun(name, Event(), clock.now, lambda words: console.print(words, style="yellow"), None)
    runs.begin(found, clock.now(), shelves=shelves(), begun=open_books)
    if rate is not None:
        runs.set_rate(found, rate, clock.now())
    crew = Crew(name, workers)
    try:
        watch(found.id, crew, console)
    except KeyboardInterrupt:
        console.print("Stopping between two batches; `ristoro run` goes on from there.")
    finally:
        crew.stop()
    if crew.died:
        console.print(f"Workers that died and left their chunks to others: {crew.died}")
    if crew.gave_up:
        raise typer.Exit(1)


class Crew:
    """The worker processes of one run here. One that dies frees its chunks at once, and another
    takes its place, ``REPLACEMENTS`` times in all."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self.died = 0
        for _ in range(size):
            self._start()

    @property
    def gave_up(self) -> bool:
        """Whether so many died that the last were not replaced."""
        return self.died > REPLACEMENTS

    def wait(self, seconds: float) -> bool:
        """Wait so long for any change; whether somebody is still at work."""
        first = next(iter(self._members.values()), None)
        if first is not None:
            with suppress(subprocess.TimeoutExpired):
                first.wait(seconds)
        for owner, member in list(self._members.items()):
            if (code := member.poll()) is None:
                continue
            del self._members[owner]
            if code not in (0, -signal.SIGTERM):
                leases.release_dead([owner])
                self.died += 1
                if not self.gave_up:
                    self._start()
        return bool(self._members)

    def stop(self) -> None:
        """Have everybody stop between two batches, and wait for it."""
        for member in self._members.values():
            member.terminate()
        for member in self._members.values():
            member.wait()

    def _start(self) -> None:
        owner = str(uuid4())
        command = [sys.executable, "-m", "ristoro", "work", self._name, "--owner", owner]
        self._members[owner] = subprocess.Popen(command)


def watch(run_id: int, crew: Crew, console: Console) -> None:
    """Draw a bar for grants and one for notices until every worker has ended."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:>8}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {
            line.act: bars.add_task(line.act.label.lower(), total=line.rows, rate="–")
            for line in progress(run_id)
        }
        while True:
            for line in progress(run_id):
                task = tasks[line.act]
                speed = bars.tasks[task].speed
                bars.update(
                    task,
                    total=line.rows,
                    completed=line.ended,
                    rate=f"{speed:,.0f}" if speed else "–",
                )
            if not crew.wait(EVERY_SECONDS):
                return
