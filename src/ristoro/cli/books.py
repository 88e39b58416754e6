"""``ristoro books``: the double-entry ledger, shown, summed up, exported and held against runs."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from django.db import transaction
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ristoro import env, wiring
from ristoro.fulfilment.books import exporting, reading
from ristoro.fulfilment.books.accounts import ACCOUNTS_IN, Account, Nature, Side
from ristoro.fulfilment.books.entries import Line
from ristoro.fulfilment.books.exporting import Style
from ristoro.fulfilment.books.reading import Wanted
from ristoro.fulfilment.books.reconcile import MOST_NAMED, Difference, arithmetic, whole
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Place, Problem, bad_input
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers.books import sums_of

MOST_SHOWN = 200

app = typer.Typer(help="The books: what is owed and given, by double entry.", no_args_is_help=True)

RunName = Annotated[str | None, typer.Option("--run", metavar="RUN", help="Of this run alone.")]


class Mark(StrEnum):
    """The decimal mark of amounts in files."""

    COMMA = "comma"
    POINT = "point"


class Lang(StrEnum):
    """The language of the accounts' names."""

    IT = "it"
    EN = "en"


@app.command()
def show(
    entry: Annotated[int | None, typer.Argument(metavar="[ENTRY]", help="One entry.")] = None,
    run: RunName = None,
    account: Annotated[int | None, typer.Option(help="An account's number.")] = None,
    nature: Annotated[
        str | None, typer.Option(help="An accounting nature, as policies say.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="So many entries.")] = 20,
) -> None:
    """Show the newest entries, or one, with their lines."""
    if entry is not None:
        found = reading.one(entry)
        if found is None:
            raise Missing(
                Problem(
                    "no-entry",
                    f"there is no entry {entry} in the books",
                    "entries are numbered as they are posted",
                    "see the newest: ristoro books show",
                )
            )
        listed = [found]
    else:
        wanted = Wanted(_run_id(run), _account(account), _nature(nature))
        listed = reading.page(wanted, None, most)
    for one in listed:
        typer.echo(f"{one.id}  {one.at:%Y-%m-%d %H:%M} UTC  {one.code}  {one.about}")
        for line in one.lines:
            typer.echo(_line(line))


def _line(line: Line) -> str:
    amount = Style(".", "en").amount(line.amount, line.unit)
    account = f"{line.account:d} {ACCOUNTS_IN['en'][line.account]}"
    side = "debit" if line.side is Side.DEBIT else "credit"
    return f"    {account:<28} {side:<6} {amount:>16} {line.unit:<6} {line.nature.word}"


@app.command()
def trial(run: RunName = None) -> None:
    """Show the trial balance: both sides of every account, which are equal in each unit."""
    found = reading.rows(Wanted(_run_id(run)))
    style = Style(".", "en")
    table = Table("Account", "", "Debit", "Credit", "Balance", "", "Unit")
    sums: dict[str, list[int]] = {}
    for row in reading.summed(found):
        side = "debit" if row.balance > 0 else "credit" if row.balance < 0 else ""
        table.add_row(
            *(str(int(row.account)), ACCOUNTS_IN["en"][row.account]),
            *(style.amount(row.debit, row.unit), style.amount(row.credit, row.unit)),
            *(style.amount(abs(row.balance), row.unit), side, row.unit),
        )
        sum_ = sums.setdefault(row.unit, [0, 0])
        sum_[0] += row.debit
        sum_[1] += row.credit
    console = Console()
    console.print(table)
    for unit, (debit, credit) in sorted(sums.items()):
        shown = f"{style.amount(debit, unit)} = {style.amount(credit, unit)} {unit}"
        console.print(f"Debits and credits: {shown}", highlight=False)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The archive to write, a .zip file.")],
    run: RunName = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")] = None,
    decimal: Annotated[Mark, typer.Option(help="The decimal mark of amounts.")] = Mark.COMMA,
    lang: Annotated[Lang, typer.Option(help="The language of the accounts.")] = Lang.IT,
) -> None:
    """Write the journal, the trial balance and the sums for accountants, with their SHA-256.

    Days are of the installation's zone. The file appears whole or not at all.
    """
    zone = wiring.zone_of(env.current())
    wanted = Wanted(
        _run_id(run),
        since=None if since is None else clock.start_of_day(since.date(), zone),
        until=None if until is None else clock.start_of_day(until.date() + timedelta(1), zone),
    )
    style = Style("," if decimal is Mark.COMMA else ".", lang.value)
    at = clock.now()
    unfinished = out.with_name(f".{out.name}.part")
    console = Console(stderr=True)
    columns = (TextColumn("{task.completed:,.0f} lines"), TimeElapsedColumn())
    try:
        with unfinished.open("wb") as file, Progress(*columns, console=console) as bar:
            task = bar.add_task("", total=None)
            digests = exporting.write(file, wanted, style, at, lambda n: bar.advance(task, n))
        os.replace(unfinished, out)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise bad_input(
            "unwritable",
            f"cannot write {out}",
            error.strerror or str(error),
            "name a file in a folder that you may write to",
            Place(str(out)),
        ) from error
    with transaction.atomic():
        subject = "books" if run is None else f"run {wanted.run_id}"
        append("command", names.BOOKS_EXPORTED, subject, {"sha256": digests, "run": run}, at)
    for name, digest in digests.items():
        typer.echo(f"{digest}  {name}")


@app.command()
def reconcile(run: RunName = None) -> None:
    """Hold the books against the grants, one by one, and against their own arithmetic.

    Exits with 1 where anything differs. Every difference is named, and none is corrected.
    """
    console = Console()
    begun = (RunState.ACTING, RunState.CLOSED)
    held = [runs.named(run)] if run else list(Run.objects.filter(state__in=begun).order_by("pk"))
    differs = False
    for one in held:
        found = whole(one, sums_of(one), range(BUCKETS))
        differs = differs or bool(found)
        console.print(
            f"{one.name}: {'differs' if found else 'agrees to the cent'}", highlight=False
        )
        for difference in found:
            console.print(f"  {_words(difference)}", highlight=False)
    if not held:
        console.print("No run has begun.")
    for difference in islice(arithmetic(), MOST_NAMED):
        differs = True
        console.print(_words(difference), highlight=False)
    if differs:
        raise typer.Exit(1)


def _words(one: Difference) -> str:
    return f"{one.code}: {one.what}: expected {one.expected}, found {one.found}"


def _run_id(name: str | None) -> int | None:
    return None if name is None else runs.named(name).pk


def _account(number: int | None) -> Account | None:
    if number is None:
        return None
    if number not in {int(one) for one in Account}:
        raise bad_input(
            "no-account",
            f"there is no account {number}",
            f"the accounts are {', '.join(str(int(one)) for one in Account)}",
            "give the number of one of them",
        )
    return Account(number)


def _nature(word: str | None) -> Nature | None:
    if word is None:
        return None
    if word not in {one.word for one in Nature}:
        raise bad_input(
            "no-nature",
            f"{word!r} is no accounting nature",
            f"the natures are {', '.join(one.word for one in Nature)}",
            "give one of them",
        )
    return Nature.of(word)
