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
    for label, value in _lines(run.totals):
        table.add_row(label, value)
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


def _lines(value: Any, label: str = "") -> list[tuple[str, str]]:
    """Every figure of the totals with the way to it, whatever a policy's remedies are called."""
    if isinstance(value, dict):
        return [
            line
            for key, inner in value.items()
            for line in _lines(inner, f"{label} · {key}" if label else str(key))
        ]
    if isinstance(value, list):
        return [line for inner in value for line in _lines(inner, label)]
    return [(label, f"{value:,}" if type(value) is int else str(value))]
