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
from rich.table import Table

from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.frames import Limits
from ristoro.kernel.money import Money
from ristoro.remedies.decide import Decision
from ristoro.remedies.decide import decide as decide_run
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
            progress=lambda done: bar.advance(task, done),
        )
    show(decision, Console())


def show(decision: Decision, console: Console) -> None:
    """The totals as a table, and the line that an approver retypes."""
    totals = decision.totals
    table = Table(title=f"{totals['policy']} version {totals['policy_version']}")
    for heading in ("remedy", "rule or reason", "brand", "plan", "consent"):
        table.add_column(heading)
    table.add_column("mailboxes", justify="right")
    table.add_column("amount", justify="right")
    for remedy in totals["remedies"]:
        for line in remedy["owed"]:
            table.add_row(
                remedy["remedy"], line["rule"], line["brand"], line["plan"], line["consent"],
                f"{line['count']:,}", amount_words(line["amount"], line["unit"], line["currency"]),
            )  # fmt: skip
        for line in remedy["nothing"]:
            table.add_row(
                remedy["remedy"], line["reason"], "", "", "", f"{line['count']:,}", "nothing"
            )
    console.print(table)
    console.print(f"{totals['mailboxes']:,} mailboxes, digest {decision.digest}")
    console.print(f"Total to approve: {decision.approval_total}", highlight=False)


def amount_words(amount: int, unit: str, currency: str) -> str:
    """An amount with its unit, as a person reads it."""
    return Money(amount, currency).words("en") if currency else f"{amount:,} {unit}"


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
