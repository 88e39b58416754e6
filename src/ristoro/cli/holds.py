"""``ristoro holds``: publish the hold list, and check planned downgrades and purges against it."""

from __future__ import annotations

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.db import transaction
from rich.console import Console
from rich.table import Table

from ristoro.fulfilment import holds
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies import runs
from ristoro.remedies.models import Run

MOST_SHOWN = 50

app = typer.Typer(
    help="Mailboxes that must not be downgraded, purged or emptied.", no_args_is_help=True
)

RunName = Annotated[str, typer.Option("--run", metavar="RUN", help="The run's name.")]
Grace = Annotated[int, typer.Option(min=0, help="Days to hold after a deadline.")]


class Format(StrEnum):
    """How the list is written."""

    CSV = "csv"
    JSON = "json"


@app.command()
def export(
    run: RunName,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="Left out: by the file's name, else CSV.")
    ] = None,
    grace: Grace = holds.GRACE_DAYS,
) -> None:
    """Write every mailbox that is held, and until when; the file appears whole or not at all."""
    found = runs.named(run)
    now = clock.now()
    chosen = format_ or (Format.JSON if out.suffix == ".json" else Format.CSV)
    listed = holds.holds(found.id, now.date(), grace)
    unfinished = out.with_name(f".{out.name}.part")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            write = holds.write_json if chosen is Format.JSON else holds.write_csv
            count = write(listed, file)
        os.replace(unfinished, out)
    except OSError as error:
        raise bad_input(
            "unwritable",
            "the hold list was not written",
            error.strerror or str(error),
            "name a file in a folder that you may write to",
            Place(str(out)),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    _journal(found, count, grace, now)
    Console().print(
        f"{count:,} mailboxes are held; {out} says until when. Publish it again after each change.",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def check(
    planned: Annotated[
        Path, typer.Argument(help="CSV with address, action (downgrade, purge, empty, close), on.")
    ],
    run: RunName,
    grace: Grace = holds.GRACE_DAYS,
) -> None:
    """Name the planned acts that would break a hold; exit code 1 where there are any."""
    found = runs.named(run)
    acts = holds.read_planned(planned)
    broken = holds.check(holds.holds(found.id, clock.now().date(), grace), acts)
    console = Console(highlight=False, soft_wrap=True)
    total = sum(len(each) for each in acts.values())
    if not broken:
        console.print(f"None of {total:,} planned acts breaks a hold of run {found.name}.")
        return
    table = Table("line", "mailbox", "planned", "on", "held until", "because")
    for one in broken[:MOST_SHOWN]:
        table.add_row(
            str(one.planned.line),
            one.hold.address,
            one.planned.action,
            one.planned.on.isoformat(),
            holds.until_words(one.hold),
            one.hold.because,
        )
    console.print(table)
    more = f"; {MOST_SHOWN} are shown" if len(broken) > MOST_SHOWN else ""
    console.print(f"{len(broken):,} of {total:,} planned acts break a hold{more}. Do not do them.")
    raise typer.Exit(1)


def _journal(run: Run, count: int, grace: int, at: datetime) -> None:
    with transaction.atomic():
        data = {"mailboxes": count, "grace_days": grace}
        append("command", names.HOLDS_EXPORTED, f"run {run.pk}", data, at)
