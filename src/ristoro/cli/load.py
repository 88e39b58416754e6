"""``ristoro load``: a decided run enters the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ristoro import wiring
from ristoro.cli.staff import As, signed_in
from ristoro.errands.deciders import deciders
from ristoro.kernel import clock
from ristoro.notices.previews import refuse_findings
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers.load import load as load_rows
from ristoro.workers.load import owed_rows


def load(
    run: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder that `ristoro decide` wrote.")
    ],
    as_: As,
) -> None:
    """Enter a decided run and load its rows; a load that was interrupted goes on.

    Refused whole where a letter of the run would have a link, or anything that becomes one.
    Nothing is given before another person approves the run.
    """
    person = signed_in(as_)
    console = Console()
    decided = runs.read_decided(run)
    refuse_findings(decided, wiring.preview_desk(decided, clock.now()))
    known = deciders(decided.outcomes_digest)
    entered = _begun(run) or runs.enter(run, person, clock.now(), known)
    columns = (
        TextColumn("loading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} rows/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        task = bars.add_task("loading", total=owed_rows(entered), rate="–")

        def tell(rows: int) -> None:
            bars.advance(task, rows)
            speed = bars.tasks[0].speed
            bars.update(task, rate=f"{speed:,.0f}" if speed else "–")

        loaded = load_rows(entered, person, clock.now(), tell)
    console.print(
        f"Run {entered.name}: {loaded.grants:,} grants and {loaded.notices:,} notices are loaded; "
        f"their counts and sums equal the outcomes.",
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        f"Another person approves it: ristoro approve {entered.name} --as NAME",
        highlight=False,
        soft_wrap=True,
    )


def _begun(directory: Path) -> Run | None:
    """The run of these outcomes whose load was interrupted."""
    digest = runs.read_decided(directory).outcomes_digest
    return Run.objects.filter(outcomes_digest=digest, state=RunState.LOADING).first()
