"""``ristoro outage``: declare an outage, look at it, write who was without what and how long."""

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
    TimeRemainingColumn,
)
from rich.table import Table

from ristoro import env
from ristoro.cli.staff import signed_in
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.documents import read_raw
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.spans import MINUTE
from ristoro.outages import declaring, versions
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.outages.spread import write_exposure
from ristoro.outages.timeline import Course, changes, ranges, store_groups

app = typer.Typer(help="Declare outages and measure them.", no_args_is_help=True)

_Until = Annotated[
    str | None,
    typer.Option(
        help="Count up to this instant, as 2023-01-28T12:00 in the outage's zone or with an"
        " offset. Left out: to the end, or to now while the outage is still going."
    ),
]


@app.command()
def declare(
    file: Annotated[Path, typer.Argument(help="The outage, as YAML.")],
    until: _Until = None,
    as_: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="Who you are: opens its record of a breach too."),
    ] = "",
) -> None:
    """Take an outage, or a correction of one, among the declared ones; print what it says."""
    person = signed_in(as_) if as_ else None
    folder = env.current().home / "outages"
    if person is None:
        declared = versions.declare(file, folder)
    else:
        now = clock.now()
        declared = declaring.declare(read_raw(file), str(file), folder, person, now, now)
    console = Console(highlight=False)
    word = "was declared before" if declared.already else "declared"
    console.print(f"{declared.outage.name} version {declared.outage.version}: {word}")
    _print(console, declared.outage, _until(declared.outage, until))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The name of a declared outage, or a YAML file.")],
    version: Annotated[
        int | None, typer.Option(help="A version of it. Left out: the last.")
    ] = None,
    until: _Until = None,
) -> None:
    """Print an outage: how long each component was down on which stores, and what happened when."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        outage = read_outage(path)
    else:
        outage = versions.version(env.current().home / "outages", name, version)
    console = Console(highlight=False)
    console.print(f"{outage.name} version {outage.version}")
    _print(console, outage, _until(outage, until))


@app.command()
def exposure(
    estate: Annotated[Path, typer.Option(help="The snapshot, a Parquet file.")],
    outage: Annotated[Path, typer.Option(help="The outage, as YAML.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    until: _Until = None,
) -> None:
    """Write how long each mailbox was without each of its components."""
    declared = read_outage(outage)
    mailboxes = open_snapshot(estate).rows
    columns = (TextColumn("mailboxes"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=mailboxes)
        rows = write_exposure(
            estate,
            declared,
            out,
            until=_until(declared, until),
            progress=lambda done: progress.advance(task, done),
        )
    Console(highlight=False).print(f"{rows} rows of {mailboxes} mailboxes written to {out}")


def _until(outage: Outage, text: str | None) -> int | None:
    """The instant that was asked for; now, for an outage still going; else ``None``."""
    if text is None:
        return clock.micros(clock.now()) if outage.end is None else None
    try:
        return clock.micros(clock.parse_instant(text, outage.zone))
    except ValueError as error:
        raise bad_input(
            "wrong-value",
            f"{text!r} is not one instant",
            str(error),
            "write it as 2023-01-28T12:00",
            Place("--until"),
        ) from None


def _print(console: Console, outage: Outage, until: int | None) -> None:
    console.print(f"{outage.title['en']}\ndigest {outage.digest}", soft_wrap=True)
    if outage.corrects:
        console.print(f"corrects {outage.corrects}: {outage.reason}", soft_wrap=True)
    if outage.end is None and until is not None:
        console.print(f"still going; counted up to {_local(outage, until)}")
    table = Table("stores", *COMPONENTS, title="minutes down (and degraded)")
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for group in store_groups(outage, until):
        stores = ranges(group.stores).replace(", ", "\n")
        table.add_row(stores, *(_minutes(course) for course in group.courses))
    console.print(table)
    whole = sum(len(stores) for stores in outage.stores.values())
    for change in changes(outage, until):
        where = "all stores" if len(change.stores) == whole else ranges(change.stores)
        what = (
            "every component" if change.components == COMPONENTS else ", ".join(change.components)
        )
        line = f"{_local(outage, change.at)}  {change.state:8}  {what}: {where}"
        console.print(line, soft_wrap=True)


def _minutes(course: Course) -> str:
    """Whole minutes, rounded down; a shorter time than one shows as ``<1``."""
    shown = _whole(course.down.total) if course.down else ("" if course.degraded else "–")
    return f"{shown} (+{_whole(course.degraded.total)})".strip() if course.degraded else shown


def _whole(microseconds: int) -> str:
    minutes = microseconds // MINUTE
    return f"{minutes}" if minutes else "<1"


def _local(outage: Outage, at: int) -> str:
    moment: datetime = clock.instant(at).astimezone(outage.zone)
    return moment.isoformat(sep=" ", timespec="minutes")
