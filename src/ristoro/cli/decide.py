"""``ristoro decide``: a policy over an estate; what it shows is what will be done."""

from __future__ import annotations

from datetime import datetime
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

from ristoro.cli.preview import show
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.frames import Limits
from ristoro.remedies.deciding.decide import decide as decide_run
from ristoro.remedies.deciding.engines.choose import EngineName
from ristoro.remedies.language.check import load_policy


def decide(
    estate: Annotated[Path, typer.Option(help="The snapshot (Parquet).")],
    outage: Annotated[Path, typer.Option(help="The declared outage (YAML).")],
    policy: Annotated[Path, typer.Option(help="The policy (YAML).")],
    out: Annotated[Path, typer.Option(help="The folder to write the run to.")],
    facts: Annotated[
        Path | None, typer.Option(help="Facts for single mailboxes (Parquet), by input.")
    ] = None,
    until: Annotated[
        str, typer.Option(help="The instant at which to count an outage still going as ended.")
    ] = "",
    engine: Annotated[
        EngineName,
        typer.Option(help="What runs the query; every engine gives the same run."),
    ] = EngineName.DUCKDB,
    threads: Annotated[int, typer.Option(min=1, help="Threads to use.")] = 2,
    memory: Annotated[int, typer.Option(min=64, help="Memory for columns, in MiB.")] = 400,
) -> None:
    """Decide who is owed what, without doing anything, and show the totals."""
    rows = open_snapshot(estate).rows * len(load_policy(policy).remedies)
    columns = (
        TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("deciding", total=rows)
        decision = decide_run(
            estate,
            outage,
            policy,
            out,
            limits=Limits(threads, memory),
            facts=facts,
            until=_instant(until) if until else None,
            engine=engine,
            progress=lambda done: bar.advance(task, done),
        )
    console, totals = Console(), decision.totals
    console.print(
        f"{totals['policy']} version {totals['policy_version']} over"
        f" {totals['mailboxes']:,} mailboxes\ndigest {decision.digest}\n",
        highlight=False,
        soft_wrap=True,
    )
    show(totals, console)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise bad_input(
            "bad-instant",
            f"{text!r} is no instant",
            str(error),
            "write it as 2023-01-28T18:00+01:00",
            Place("--until"),
        ) from None
