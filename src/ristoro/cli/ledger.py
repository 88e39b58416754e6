"""``ristoro ledger``: the subscription ledger that serves where there is no billing system."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ristoro import env, wiring
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import bad_input
from ristoro.kernel.money import Money

app = typer.Typer(
    help="The subscription ledger of the home folder: paid until when, credited what, and why.",
    no_args_is_help=True,
)


@app.command()
def fill(
    estate: Annotated[Path, typer.Option(help="The snapshot whose subscriptions are taken in.")],
) -> None:
    """Take in the subscriptions of a snapshot; those that are there already stay as they are."""
    snapshot = open_snapshot(estate)
    with closing(wiring.ledger(env.current())) as ledger:
        Console().print(f"{ledger.take_in(snapshot.path):,} subscriptions taken in")


@app.command()
def show(address: Annotated[str, typer.Argument(help="The mailbox's address.")]) -> None:
    """Print until when a subscription is paid, every move of that day, and every credit."""
    with closing(wiring.ledger(env.current())) as ledger:
        reading = ledger.read([address])[0]
        moves = ledger.entries(address)
        credits_ = ledger.credits_of(address)
    if not reading.result.done:
        raise bad_input(
            reading.result.code,
            f"{address} has no subscription in the ledger",
            "only subscriptions of snapshots that were taken in are there",
            "check the address, or run `ristoro ledger fill`",
        )
    table = Table("from", "to", "why", title=f"{address}: paid until {reading.paid_until}")
    for move in moves:
        table.add_row(str(move.old), str(move.new), move.reason)
    Console().print(table)
    if credits_:
        booked = Table("amount", "on", "why", title=f"{address}: credits")
        for one in credits_:
            amount = Money(one.credit.amount, one.credit.currency).words("en")
            booked.add_row(amount, one.credit.where.value, one.reason)
        Console().print(booked)
