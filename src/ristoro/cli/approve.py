"""``ristoro approve``: the second person reads the totals and retypes the one that counts."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ristoro.cli.staff import As, signed_in
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.money import Money
from ristoro.remedies import runs


def approve(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    as_: As,
    total: Annotated[
        str | None, typer.Option(help="The total, retyped; asked for where it is not given.")
    ] = None,
) -> None:
    """Approve a loaded run that another person entered, by retyping its total."""
    person = signed_in(as_)
    run = runs.named(name)
    console = Console()
    table = Table(title=f"Run {run.name}, entered by {run.entered_by}", show_header=False)
    for line in _lines(run.totals):
        table.add_row(*line)
    console.print(table)
    runs.approve(run, person, _retyped(run.approval_total) if total is None else total, clock.now())
    console.print(f"Approved by {person.name}. `ristoro run {run.name}` acts.", highlight=False)


def _retyped(total: str) -> str:
    if not sys.stdin.isatty():
        raise Missing(
            Problem(
                "no-total",
                "there is nobody to retype the total",
                "standard input is not a terminal",
                "give --total",
            )
        )
    sys.stdout.write(f"The total is: {total}\n")
    return input("Retype it to approve: ")


def _lines(totals: dict[str, Any]) -> list[tuple[str, ...]]:
    """What each remedy gives to whom, and to how many it gives nothing."""
    lines: list[tuple[str, ...]] = []
    for remedy in totals["remedies"]:
        name = str(remedy.get("remedy", ""))
        for owed in remedy["owed"]:
            who = " ".join(str(owed.get(key, "")) for key in ("brand", "plan", "consent"))
            currency, amount = owed.get("currency", ""), owed["amount"]
            words = (
                Money(amount, currency).words("en")
                if currency
                else f"{amount:,} {owed.get('unit', '')}"
            )
            lines.append((name, who, f"{owed['count']:,}", words))
        nothing = sum(line["count"] for line in remedy.get("nothing", []))
        lines.append((name, "nothing owed", f"{nothing:,}", ""))
    return lines
