"""``ristoro report`` and ``ristoro close``: the closing statement, and closing on it."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ristoro import wiring
from ristoro.cli.confirm import Name, policy_of
from ristoro.cli.staff import As, signed_in
from ristoro.fulfilment import closing, wording
from ristoro.fulfilment.reconcile import reconcile
from ristoro.fulfilment.report import report as draw_up
from ristoro.fulfilment.statement import as_data
from ristoro.kernel import clock
from ristoro.kernel.errors import bad_input
from ristoro.remedies import runs
from ristoro.remedies.models import Run
from ristoro.workers.books import open_books

MOST_SHOWN = 20
ALL = "all"


class Language(StrEnum):
    """The languages of the statement."""

    IT = "it"
    EN = "en"


def report(
    name: Name,
    lang: Annotated[Language, typer.Option(help="The language of the text.")] = Language.IT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    read_back: Annotated[
        str | None,
        typer.Option(help="First read so many made grants back from the world: a number, or all."),
    ] = None,
) -> None:
    """Print the closing statement of a run: every mailbox and every amount, once."""
    run = runs.named(name)
    if read_back is not None:
        _read_back(run, read_back)
    statement = draw_up(run, clock.now())
    if as_json:
        text = json.dumps(as_data(statement), indent=2, ensure_ascii=False) + "\n"
    else:
        text = wording.text(statement, lang.value, policy_of(run))
    sys.stdout.write(text)


def close(name: Name, as_: As) -> None:
    """Close a run on which nothing is left to do; what stands against it is named.

    Every made remedy was read again before: `ristoro report RUN --read-back all`.
    """
    person = signed_in(as_)
    run = runs.named(name)
    open_books(run, clock.now())
    closing.close(run, person, clock.now())
    Console().print(f"{run.name} is closed.", highlight=False)


def _read_back(run: Run, wanted: str) -> None:
    if wanted != ALL and not wanted.isdecimal():
        raise bad_input(
            "wrong-value",
            f"{wanted!r} is not a number of grants",
            "reading back asks the mail host for each",
            "write a number, or all",
        )
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("reading back"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    sample = None if wanted == ALL else int(wanted)
    with wiring.doors(run) as doors, Progress(*columns, console=console) as bar:
        task = bar.add_task("reading back", total=sample)
        found = reconcile(
            run,
            doors,
            clock.now(),
            sample=sample,
            actor="command",
            progress=lambda count: bar.advance(task, count),
        )
    for one in found.differences[:MOST_SHOWN]:
        console.print(f"{one.address}, remedy {one.remedy}: {one.code}: {one.text}")
