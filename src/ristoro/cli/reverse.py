"""``ristoro reverse``: ask to take a made grant back, and agree to it as a second person."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ristoro import wiring
from ristoro.cli.confirm import Name
from ristoro.cli.staff import As, signed_in
from ristoro.fulfilment import reverse as reversal
from ristoro.fulfilment import rows
from ristoro.kernel import clock
from ristoro.kernel.errors import bad_input
from ristoro.remedies import runs
from ristoro.workers import shift


def reverse(
    name: Name,
    mailbox: Annotated[str, typer.Option(metavar="ADDRESS", help="The holder's mailbox.")],
    as_: As,
    reason: Annotated[str | None, typer.Option(help="Ask for it: why it is taken back.")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Agree to what was asked.")] = False,
    remedy: Annotated[
        int | None,
        typer.Option(help="Which remedy of the policy, from 0, if several were made."),
    ] = None,
) -> None:
    """Take a made grant back: an operator asks with --reason, an approver agrees with --approve.

    The old value is set only where the mailbox still shows the new one.
    """
    if approve == (reason is not None):
        raise bad_input(
            "which-step",
            "give either --reason or --approve",
            "asking and agreeing are steps of two people",
            "the first gives --reason TEXT, the second --approve",
        )
    person = signed_in(as_)
    run = runs.named(name)
    grant = reversal.made_grant(run, rows.mailbox_of(run, mailbox), remedy)
    console = Console(highlight=False, soft_wrap=True)
    if reason is not None:
        reversal.ask(run, grant, reason, person, clock.now())
        console.print(
            f"Asked. Another person agrees: ristoro reverse {run.name} --mailbox {mailbox} "
            f"--as NAME --approve" + ("" if remedy is None else f" --remedy {remedy}")
        )
        return
    with wiring.doors(run) as doors:
        result = reversal.approve(run, grant, person, doors, clock.now(), shift.keep)
    if not result.done:
        console.print(f"Not taken back: {result.code}: {result.text}")
        raise typer.Exit(1)
    console.print(f"The {grant.kind.label.lower()} of {mailbox} was taken back.")
