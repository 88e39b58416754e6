"""``ristoro approve``: the second person reads the totals and retypes the one that counts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from ristoro.cli.preview import show
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
    console.print(f"Run {run.name}, entered by {run.entered_by}\n", highlight=False)
    show(run.totals, console)
    approved = runs.approve(run, person, _retyped() if total is None else total, clock.now())
    console.print(f"Approved by {person.name}.", highlight=False)
    if approved.acts_from is not None:
        at = f"{approved.acts_from:%Y-%m-%d %H:%M:%S}"
        console.print(f"It can be cancelled on its page until {at} UTC.", highlight=False)
    console.print(f"`ristoro public publish {run.name}` comes next.", highlight=False)


def _retyped() -> str:
    if not sys.stdin.isatty():
        raise Missing(
            Problem(
                "no-total",
                "there is nobody to retype the total",
                "standard input is not a terminal",
                "give --total",
            )
        )
    return input("Retype it to approve: ")
