"""``ristoro payments``: what is to be paid by transfer, batches for the bank, and its files."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from ristoro.cli.staff import As, signed_in
from ristoro.edges.billing.sepa.accounts import masked
from ristoro.errands import payments as places
from ristoro.fulfilment.payments import batches, files, forgetting, listing, reading
from ristoro.fulfilment.payments.effects import STRAYS
from ristoro.fulfilment.payments.models import BatchState
from ristoro.fulfilment.payments.steps import batch_named, total_of
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, NotAllowed, Place, Problem, bad_input
from ristoro.kernel.money import Money
from ristoro.workers import bookings

MOST = 50

app = typer.Typer(help="Transfers to holders: batches for the bank, and what the bank says.")

Name = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's name, from the list.")]


@app.command("list")
def list_(
    most: Annotated[int, typer.Option(min=1, max=1000, help="Payments to show.")] = MOST,
) -> None:
    """How many payments are where, what stands against each, and the newest batches."""
    now = clock.now()
    console = Console(highlight=False, soft_wrap=True)
    for state, tally in listing.tallies().items():
        if tally.count:
            total = Money(tally.total, "EUR").plain()
            console.print(f"{state.name.lower():<10} {tally.count:>8} {total:>14} EUR")
    console.print(f"{'unknown':<10} {listing.overdue(now):>8}  the bank ought to have said by now")
    console.print()
    for line in listing.to_pay(now, 0, most):
        one = line.payment
        amount = Money(one.amount, one.currency).plain()
        late = "  late" if line.late else ""
        console.print(
            f"{one.asked_at:%Y-%m-%d}  {amount:>10} {one.currency}  {line.result.code:<14}"
            f"  {one.key}{late}"
        )
    for batch in listing.batches(most):
        state_name = BatchState(batch.state).name.lower()
        console.print(f"{batch.name}  {batch.count:>6}  {total_of(batch):>16}  {state_name}")


@app.command()
def prepare(
    as_: As,
    single: Annotated[
        bool, typer.Option("--single", help="One payment alone is meant: its payee is verified.")
    ] = False,
    execute: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which the bank is to make them."),
    ] = None,
) -> None:
    """Put what can be paid into a batch; nothing is written until another person releases it."""
    person = signed_in(as_)
    debtor = places.debtor()
    day = None if execute is None else execute.date()
    batch = batches.prepare(person, debtor, clock.now(), single_known=single, execute_on=day)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Prepared {batch.name}: {batch.count} payments, {total_of(batch)}")
    console.print(f"from {debtor.name}, {masked(debtor.iban)}, on {batch.execute_on}")
    console.print(f"An approver releases it: ristoro payments release {batch.name}")


@app.command()
def drop(
    name: Name, as_: As, reason: Annotated[str, typer.Option(help="Why; it is in the journal.")]
) -> None:
    """Take a prepared batch apart: its payments are on the list again."""
    batches.drop(batch_named(name), signed_in(as_), reason, clock.now())
    Console(highlight=False).print(f"Dropped {name}.")


@app.command()
def release(
    name: Name,
    as_: As,
    total: Annotated[str | None, typer.Option(help="The total, retyped.")] = None,
    count: Annotated[str | None, typer.Option(help="The number of payments, retyped.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to put the file, for nobody else to read.")
    ] = None,
) -> None:
    """Release a batch that another person prepared: its file for the bank is written."""
    person = signed_in(as_)
    batch = batch_named(name)
    console = Console(highlight=False, soft_wrap=True)
    if batch.state == BatchState.PREPARED:
        debtor = places.debtor()
        console.print(f"{batch.name}, prepared by {batch.prepared_by}")
        console.print(f"{batch.count} payments, {total_of(batch)}, from {masked(debtor.iban)}")
        batch = batches.release(
            batch,
            person,
            _retyped("total") if total is None else total,
            _retyped("number of payments") if count is None else count,
            debtor,
            places.folder(),
            clock.now(),
        )
        console.print(f"Released. SHA-256 {batch.digest}")
    elif out is None or batch.state != BatchState.RELEASED:
        raise NotAllowed(
            Problem(
                "batch-moved",
                f"{batch.name} is {BatchState(batch.state).name.lower()}",
                "a batch is released once",
                "give --out for a copy of the file of a released one",
            )
        )
    if out is not None:
        _must_be_free(out)
        before = batch.taken
        _copy(batches.take_away(batch, person, places.folder(), clock.now()), out)
        console.print(f"Written: {out}")
        if before:
            console.print(
                f"It was taken {before} times before, last by {batch.taken_by} on"
                f" {batch.taken_at:%Y-%m-%d %H:%M}: make sure that the bank gets it once."
            )


@app.command()
def read(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="pain.002, camt.053 or camt.054, as XML.")
    ],
    as_: As,
    apply: Annotated[
        bool, typer.Option("--apply", help="Apply it; otherwise only what it would change is told.")
    ] = False,
) -> None:
    """Read a file of the bank's: what it says of payments, and, with --apply, make it so."""
    person = signed_in(as_)
    folder = places.folder()
    console = Console(highlight=False, soft_wrap=True)
    if not path.is_file():
        raise bad_input(
            "unreadable",
            f"cannot read {path}",
            "it is not a file that is there",
            "name the file that the bank sent",
            Place(str(path)),
        )
    now = clock.now()
    kept = reading.receive(files.pieces(path), path.name, folder, person, now)
    console.print(f"{kept.kind}, message {kept.message_id}, SHA-256 {kept.digest}")
    if kept.applied_at is not None:
        console.print(f"Applied before, by {kept.applied_by} on {kept.applied_at:%Y-%m-%d %H:%M}.")
        return
    if apply:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("lines", total=None)
            kept = reading.apply(
                kept, folder, person, now, lambda done: progress.advance(task, done)
            )
        bookings.look_after(kept.begun_at or now)
        counts = kept.counts
    else:
        counts = reading.look(kept, folder, now).looked["counts"]
    for code, number in sorted(counts.items()):
        console.print(f"{number:>8}  {code:<15} {STRAYS.get(code, '')}".rstrip())
    if not apply:
        console.print("Nothing was changed. Give --apply to make it so.")


@app.command()
def forget(
    days: Annotated[int, typer.Option(min=1, max=3650, help="Younger files stay.")] = 90,
) -> None:
    """Delete files with names and account numbers whose payments have long ended. For a timer."""
    gone = forgetting.forget(places.folder(), timedelta(days=days), "ristoro", clock.now())
    Console(highlight=False).print(f"{gone} files deleted; their digests stay.")


def _must_be_free(out: Path) -> None:
    if out.exists():
        raise Missing(
            Problem(
                "not-there", f"{out} is there already", "no file is written over", "name another"
            )
        )


def _copy(kept: Path, out: Path) -> None:
    out.touch(mode=0o600)
    shutil.copyfile(kept, out)


def _retyped(what: str) -> str:
    if not sys.stdin.isatty():
        raise Missing(
            Problem(
                "no-total",
                f"there is nobody to retype the {what}",
                "standard input is not a terminal",
                "give --total and --count",
            )
        )
    return input(f"Retype the {what}: ")
