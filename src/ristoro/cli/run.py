"""``ristoro run``: begin an approved run and watch its workers."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from typing import Annotated

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

from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.workers.progress import progress

EVERY_SECONDS = 0.5


def run(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes here.")] = 2,
    rate: Annotated[
        int | None, typer.Option(min=1, help="Letters a second, over all workers; kept in the run.")
    ] = None,
) -> None:
    """Make what an approved run gives: grants, then notices, then read them back.

    May be stopped (Ctrl-C) and started again at any moment; more workers may join from other hosts
    with `ristoro work RUN`.
    """
    console = Console()
    found = runs.named(name)
    runs.begin(found, clock.now())
    if rate is not None:
        runs.set_rate(found, rate, clock.now())
    with ExitStack() as stack:
        crew = [
            stack.enter_context(subprocess.Popen([sys.executable, "-m", "ristoro", "work", name]))
            for _ in range(workers)
        ]
        try:
            watch(found.id, crew, console)
        except KeyboardInterrupt:
            console.print("Stopping between two batches; `ristoro run` goes on from there.")
        finally:
            for member in crew:
                member.terminate()
    failed = [member.returncode for member in crew if member.returncode not in (0, -15)]
    if failed:
        raise typer.Exit(1)


def watch(run_id: int, crew: list[subprocess.Popen[bytes]], console: Console) -> None:
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
            running = [member for member in crew if member.poll() is None]
            if not running:
                return
            try:
                running[0].wait(EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                continue
