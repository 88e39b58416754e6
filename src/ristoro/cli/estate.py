"""``ristoro estate``: import a directory of accounts as a snapshot, or make a sample."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ristoro import env
from ristoro.edges.directories.opening import open_directory
from ristoro.estate.counts import counts_of
from ristoro.estate.importing import Imported, import_estate
from ristoro.estate.mapping import MAPPINGS, read_mapping, table_query
from ristoro.estate.sample import AS_OF, sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.errors import bad_input

app = typer.Typer(no_args_is_help=True, help="The estate: every mailbox as it was at one instant.")

_ROME = ZoneInfo("Europe/Rome")
_AS_OF_HELP = "The instant the rows are of, as 2023-02-09T12:00+01:00."


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return clock.parse_instant(text)
    except ValueError as error:
        raise bad_input(
            "wrong-value",
            f"--as-of is {text!r}",
            str(error),
            "write it as 2023-02-09T12:00+01:00",
        ) from error


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


@app.command("import")
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A .csv, .tsv or .parquet file, or sqlite:///path or postgresql://host/name.",
        ),
    ],
    mapping: Annotated[
        str | None,
        typer.Option(help=f"A mapping file, or one of: {', '.join(MAPPINGS)}."),
    ] = None,
    as_of: Annotated[str | None, typer.Option(help=_AS_OF_HELP)] = None,
    allow_bad: Annotated[
        int, typer.Option(min=0, help="How many rows may be left out because they are wrong.")
    ] = 0,
    table: Annotated[
        str | None, typer.Option(help="The table of a database, where no mapping names one.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Where snapshots are kept, instead of $RISTORO_HOME.")
    ] = None,
) -> None:
    """Freeze a directory of accounts as a snapshot, whole or not at all.

    Every row that is wrong is listed in a file, with its line, field and reason. The same file
    again changes nothing.
    """
    chosen = read_mapping(mapping) if mapping else None
    query = table_query(table) if table else chosen.query if chosen else None
    directory = open_directory(source, query)
    store = (home.resolve() if home else env.current().home) / "estate"
    with _bar() as bar:
        tasks = {
            "read": bar.add_task("Reading and checking", total=directory.size),
            "write": bar.add_task("Sorting and writing", total=None, start=False),
        }

        def progress(step: str, count: int) -> None:
            bar.start_task(tasks[step])
            bar.advance(tasks[step], count)

        imported = import_estate(
            directory,
            store,
            now=clock.now(),
            as_of=_instant(as_of),
            mapping=chosen,
            allowed_bad=allow_bad,
            progress=progress,
        )
        counts_of(open_snapshot(imported.path))
        for task in tasks.values():
            bar.update(task, visible=False)
    _tell(imported)


def _tell(imported: Imported) -> None:
    done = "Already there" if imported.already else "Imported"
    print(f"{done}: {imported.rows} mailboxes as of {imported.as_of.isoformat()}")
    if imported.bad_rows:
        print(f"Left out: {imported.bad_rows} rows, listed in {imported.bad_file}")
    print(f"Digest:   {imported.digest}")
    print(f"Snapshot: {imported.path}")


@app.command("sample")
def sample_(
    mailboxes: Annotated[int, typer.Option(min=1, help="How many mailboxes.")],
    out: Annotated[Path, typer.Option(help="A .csv file, or a .parquet snapshot.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    as_of: Annotated[str | None, typer.Option(help=_AS_OF_HELP)] = None,
) -> None:
    """Make a sample estate: Libero and Virgilio as they may have been in January 2023.

    Its first mailboxes are one of every special kind, under speaking names such as
    only.imap@libero.it.
    """
    instant = _instant(as_of) or AS_OF
    with _bar() as bar:
        task = bar.add_task("Making mailboxes", total=mailboxes)
        sample(mailboxes, seed, out, as_of=instant, progress=lambda rows: bar.advance(task, rows))
        bar.update(task, visible=False)
    local = instant.astimezone(_ROME).isoformat()
    print(f"{mailboxes} mailboxes as of {local}: {out}")
