"""``ristoro verify``: prove a run from its inputs; exit code 1 where a check fails."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ristoro.cli.confirm import Name
from ristoro.fulfilment import audit
from ristoro.fulfilment.audit import Check
from ristoro.kernel import clock
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies import runs
from ristoro.remedies.models import Run
from ristoro.workers.counted import tallies


def verify(name: Name) -> None:
    """Decide a run again, compare every row, count every tally, walk the journal's chain."""
    run = runs.named(name)
    console = Console(highlight=False, soft_wrap=True)
    columns = (TextColumn("comparing rows"), BarColumn(), TimeRemainingColumn())
    failed = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rows", total=BUCKETS)
        for check in _checks(run, lambda buckets: bar.advance(task, buckets)):
            console.print(f"{'passed' if check.passed else 'FAILED'}  {check.name}: {check.found}")
            if not check.passed:
                failed.append(check.name)
    if failed:
        console.print(f"{len(failed)} checks of run {run.name} failed: {', '.join(failed)}.")
        raise typer.Exit(1)
    console.print(f"Run {run.name} is proved: its inputs lead to exactly these rows.")


def _checks(run: Run, progress: audit.Progress) -> Iterator[Check]:
    yield from audit.checks(run, clock.now(), progress=progress)
    yield tallies(run.id)
