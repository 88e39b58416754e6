"""``ristoro evidence``: read mail logs into facts, and show what was read."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from ristoro import env
from ristoro.claims.evidence.sorting import by_mailbox
from ristoro.cli import evidence_held
from ristoro.edges.mail_logs.folder import EVIDENCE, Folder, all_folders, open_folder
from ristoro.edges.mail_logs.importing import Imported, import_logs
from ristoro.edges.mail_logs.scanned import Stated
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Place, Problem, bad_input
from ristoro.kernel.visible import on_one_line

app = typer.Typer(no_args_is_help=True, help="What the mail host's own logs prove.")

Home = Annotated[
    Path | None, typer.Option(help="Where imports are kept, instead of $RISTORO_HOME.")
]
MOST_UNKNOWN = 20


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES...",
            help="Logs of Postfix and Dovecot, plain or packed, with all their rotations.",
        ),
    ],
    year: Annotated[
        int | None,
        typer.Option(
            min=1970, max=2200, help="The year of each log's first line, for `Nov 22 01:05:46`."
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help="The zone of stamps without one, as Europe/Rome."),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="The host of lines that name none, as in files that Dovecot writes."),
    ] = None,
    home: Home = None,
) -> None:
    """Read mail logs into tables of what happened to each message and sign-in.

    All of it or nothing; the same files again change nothing. Lines that are not understood are
    counted, with the first of each as a sample.
    """
    stated = _stated(year, zone, host)
    total = sum(path.stat().st_size for path in files if path.is_file())
    with _bar() as bar:
        task = bar.add_task("Reading", total=total)
        imported = import_logs(
            files,
            _home(home),
            by=os.environ.get("SUDO_USER") or getpass.getuser(),
            now=clock.now(),
            stated=stated,
            progress=lambda octets: bar.advance(task, octets),
        )
        bar.update(task, visible=False)
    by_mailbox(imported.folder)  # so that the first question of a claim need not wait for it
    _tell(imported)


@app.command("list")
def list_(home: Home = None) -> None:
    """Every import, the first made first."""
    table = Table("Import", "From", "To", "Files", "Lines", "Histories", box=None)
    for folder in all_folders(_home(home)):
        table.add_row(
            folder.digest[:12],
            _stamp(folder.first_at),
            _stamp(folder.last_at),
            f"{len(folder.sources):,}",
            f"{folder.counts['lines']:,}",
            f"{folder.tables['histories'].rows:,}",
        )
    Console().print(table)


@app.command()
def show(
    digest: Annotated[
        str | None,
        typer.Argument(metavar="DIGEST", help="The import, or the beginning of its digest."),
    ] = None,
    home: Home = None,
) -> None:
    """What an import holds, from which files, and whether its tables are as they were written."""
    folder = _named(digest, _home(home))
    console = Console(highlight=False, soft_wrap=True)
    _show(folder, console)
    changed = folder.changed()
    if changed:
        raise bad_input(
            "evidence-changed",
            f"changed since they were written: {', '.join(changed)}",
            "their SHA-256 is not the one that the import has kept",
            "import the logs again into a new folder, and keep this one as it is",
            Place(str(folder.path)),
        )
    console.print("\nEvery table is as it was written.")


def _show(folder: Folder, console: Console) -> None:
    counts = folder.counts
    console.print(f"Digest:   {folder.digest}")
    console.print(f"Imported: {_stamp(folder.imported_at)} by {folder.imported_by}", markup=False)
    stated = {"year": folder.year, "zone": folder.zone, "host": folder.host}
    if told := ", ".join(f"{name} {value}" for name, value in stated.items() if value):
        console.print(f"Stated:   {told}", markup=False)
    console.print(f"From:     {_stamp(folder.first_at)}\nTo:       {_stamp(folder.last_at)}")
    console.print("\nFiles")
    for one in folder.sources:
        console.print(
            f"  {on_one_line(one.name)}: {one.lines:,} lines, {one.octets:,} octets", markup=False
        )
        console.print(f"    SHA-256 {one.sha256}")
    console.print("\nMessages, by recipient")
    _words(counts["histories"], console)
    console.print("Sign-ins")
    _words(counts["sign_ins"], console)
    for name in ("deposits", "doors", "edges"):
        console.print(f"{_TITLES[name]}: {folder.tables[name].rows:,}")
    if counts["left_before"]:
        console.print(f"Left, having arrived before the logs begin: {counts['left_before']:,}")
    if counts["repeated_stamps"]:
        console.print(
            f"Stamps in an hour that the clocks repeat, placed by their order: "
            f"{counts['repeated_stamps']:,}"
        )
    console.print(f"Lines not understood: {counts['unknown']:,} of {counts['lines']:,}")
    rows = pq.read_table(folder.table("unknown")).to_pylist()
    rows.sort(key=lambda row: -row["lines"])
    for row in rows[:MOST_UNKNOWN]:
        place = on_one_line(f"{row['file']}:{row['line']}")
        console.print(
            f"  {row['lines']:,} {on_one_line(row['program'])} ({row['why']}), first {place}",
            markup=False,
        )
        console.print(f"    {on_one_line(row['sample'])[:200]}", markup=False)


_TITLES = {
    "deposits": "What the store says of messages",
    "doors": "Refused at the door",
    "edges": "Services started and stopped",
}


def _words(counts: Any, console: Console) -> None:
    for word, count in counts.items():
        console.print(f"  {word:<10} {count:>12,}")
    if not counts:
        console.print("  none")


def _tell(imported: Imported) -> None:
    console = Console(highlight=False, soft_wrap=True)
    folder = imported.folder
    console.print("Already there" if imported.already else "Imported")
    for path in imported.copies:
        console.print(f"Read once, for it is a copy: {path.name}", markup=False)
    _show(folder, console)
    console.print(f"\nFolder:   {folder.path}", markup=False)


def _named(digest: str | None, home: Path) -> Folder:
    folders = all_folders(home)
    found = [one for one in folders if one.digest.startswith(digest or "")]
    if len(found) == 1:
        return open_folder(found[0].path)
    what = "no import of that digest" if not found else f"{len(found)} imports fit"
    raise Missing(
        Problem(
            "no-evidence",
            what if folders else "no logs were imported",
            f"there are {len(folders)}",
            "see them with `ristoro evidence list` and name one" if folders
            else "import some: ristoro evidence import /var/log/mail.log*",
            Place(str(home / EVIDENCE)),
        )
    )  # fmt: skip


def _stated(year: int | None, zone: str | None, host: str | None) -> Stated | None:
    if year is None and zone is None and host is None:
        return None
    if year is not None and zone is None:
        raise bad_input(
            "half-stated",
            "--year is stated alone",
            "a stamp without a year has no zone either, and both make an instant of it",
            "state both: --year 2023 --zone Europe/Rome",
        )
    try:
        found = clock.zone(zone) if zone else None
    except ValueError as error:
        raise bad_input(
            "wrong-value", f"--zone is {zone!r}", str(error), "write it as Europe/Rome"
        ) from error
    try:
        return Stated(year, found, host)
    except ValueError as error:
        raise bad_input(
            "wrong-value", f"--host is {host!r}", str(error), "write it as mx1.example.net"
        ) from error


def _home(home: Path | None) -> Path:
    return home.resolve() if home else env.current().home


def _stamp(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else "no stamp"


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


app.command()(evidence_held.gaps)
app.command()(evidence_held.compare)
