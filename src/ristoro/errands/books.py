"""The books are written into a file for accountants, which whoever asked takes away.

The file lies in the home folder until it is a week old; it appears whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from ristoro.errands.places import home
from ristoro.fulfilment.books import exporting, reading
from ristoro.fulfilment.books.exporting import Style
from ristoro.fulfilment.books.posting import NO_RUN
from ristoro.fulfilment.books.reading import Wanted
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.sheets import lines
from ristoro.remedies import runs
from ristoro.staff.models import Role
from ristoro.staff.people import Person, find, require
from ristoro.workers import errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand, ErrandState

EXPORT = "export-books"
TAKERS = (Role.FINANCE, Role.AUDITOR)
"""Who may take the books away as files."""

ARCHIVE, JOURNAL = "zip", "csv"
KEPT = timedelta(days=7)


def folder() -> Path:
    """The files that were asked for, each under the number of its errand."""
    return home() / "exports"


def ask(run: str, form: str, style: Style, person: Person, key: str, at: datetime) -> Errand:
    """Ask for the archive, or the entries alone; of one run by its name, of none (``-``), or all.

    Files that were made more than a week ago are removed.
    """
    require(person, *TAKERS)
    for path in folder().glob("*"):
        if at - clock.instant(path.stat().st_mtime_ns // 1000) > KEPT:
            path.unlink(missing_ok=True)
    params = {"run": run, "form": form, "mark": style.mark, "lang": style.lang}
    return errands.ask(EXPORT, params, person, key, at)


def do_export(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, ``form``, ``mark`` and ``lang``."""
    person = find(teller.errand.person)
    require(person, *TAKERS)
    params = {name: str(teller.params[name]) for name in ("run", "form", "mark", "lang")}
    wanted = _wanted(params["run"])
    style = Style(params["mark"], params["lang"])
    teller.begin("write-books", sum(row.lines for row in reading.rows(wanted)))
    name = f"{teller.errand.pk}.{params['form']}"

    def put(out: IO[bytes]) -> None:
        if params["form"] == ARCHIVE:
            exporting.write(out, wanted, style, teller.clock(), teller.advance)
            return
        told = exporting.watched(exporting.journal(wanted, style), teller.advance)
        for piece in lines(exporting.HEADS[exporting.JOURNAL], told):
            out.write(piece)

    _write(folder() / name, put)
    return {"file": name, "octets": (folder() / name).stat().st_size}


def take(errand: Errand, person: Person, at: datetime) -> Path:
    """The file of a done errand, for whoever asked for it; that they take it is journaled.

    ``Missing`` where it is not there (any more).
    """
    require(person, *TAKERS)
    done = errand.kind == EXPORT and errand.state == ErrandState.DONE
    path = folder() / str(errand.result["file"]) if done else folder() / "none"
    if errand.person_id != person.id or not path.is_file():
        raise Missing(
            Problem(
                "not-there",
                "this file of the books is not there",
                f"a file is kept for {KEPT.days} days, for whoever asked for it",
                "ask for it again",
            )
        )
    with transaction.atomic():
        data = {"person": person.id, "run": errand.params["run"], "form": errand.params["form"]}
        append(person.name, names.BOOKS_EXPORTED, "books", data, at)
    return path


def _wanted(run: str) -> Wanted:
    if run == "-":
        return Wanted(run_id=NO_RUN)
    return Wanted(run_id=runs.named(run).pk if run else None)


def _write(path: Path, put: Callable[[IO[bytes]], None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    try:
        with open(aside, "wb", opener=_for_us_alone) as file:
            put(file)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
