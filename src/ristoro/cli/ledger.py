"""``ristoro ledger``: the subscription ledger that serves where there is no billing system."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ristoro import env, wiring
from ristoro.edges.billing.contract import ExtensionAsk
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput, NotAllowed, Problem, bad_input
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
def renew(
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS", help="Mailboxes whose subscriptions go on.")
    ],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day that is paid for now.")
    ],
) -> None:
    """Write down that subscriptions were paid for until a later day. The same again does nothing.

    Whoever's subscription goes on has a next bill, and money that is owed goes there.
    """
    day = until.date()
    with closing(wiring.ledger(env.current())) as ledger:
        readings = dict(zip(addresses, ledger.read(addresses), strict=True))
        asks, problems = [], []
        for address, reading in readings.items():
            now = reading.paid_until
            if now is None or now > day:
                problems.append(_not_renewed(address, now, day))
            elif now < day:
                asks.append(ExtensionAsk(f"renewal {address} {day}", address, now, day))
        if problems:
            raise BadInput(*problems)
        for address, result in zip(
            (one.address for one in asks), ledger.extend(asks, reason="renewed"), strict=True
        ):
            if not result.done:
                problems.append(_moved(address, result.text or result.code))
        if problems:
            raise NotAllowed(*problems)
    Console().print(f"{len(asks):,} subscriptions paid until {day}")


def _not_renewed(address: str, now: date | None, day: date) -> Problem:
    return Problem(
        "wrong-value",
        f"{address} cannot be renewed until {day}",
        "it has no subscription in the ledger" if now is None else f"it is paid until {now}",
        "check the address and the day; `ristoro ledger show` tells what is there",
    )


def _moved(address: str, why: str) -> Problem:
    return Problem(
        "not-renewed", f"{address} was not renewed", why, "the others were; run it once more"
    )


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
