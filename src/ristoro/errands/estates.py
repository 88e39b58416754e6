"""An estate is imported from a file that was uploaded."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.edges.directories.contract import Block, Directory
from ristoro.edges.directories.opening import CSV_SUFFIXES, open_directory
from ristoro.errands import mappings, renewing
from ristoro.errands.places import below, estates, uploads
from ristoro.estate.counts import counts_of
from ristoro.estate.importing import Imported, import_estate
from ristoro.estate.mapping import by_name
from ristoro.estate.preview import Table, first_rows
from ristoro.estate.snapshot import open_snapshot
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, Problem, RistoroError, bad_input
from ristoro.staff.models import Role
from ristoro.staff.people import Person, require
from ristoro.workers import errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

KIND = "import-estate"
MOST_BAD = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """An import as a person asks for it."""

    upload: str
    mapping: str = ""
    """One that comes with Ristoro or was kept, by its name; empty for the columns' own names."""
    as_of: str = ""
    """The instant the rows are of, with an offset or in ``zone``; empty where the file says it."""
    zone: str = "UTC"
    allowed_bad: int = 0


def ask(wanted: Wanted, person: Person, key: str, at: datetime) -> Errand:
    """Ask for an import, once it is clear that it can begin.

    ``BadInput`` where the mapping does not fit the file, or its instant is none.
    """
    require(person, Role.OPERATOR)
    source = below(uploads(), wanted.upload)
    try:
        directory = open_directory(str(source), None)
        mapping = mappings.read(wanted.mapping) if wanted.mapping else None
        (mapping or by_name(directory.columns, directory.name)).check(
            directory.columns, directory.name
        )
    except RistoroError as error:
        raise type(error)(*renamed(error, source)) from error
    as_of = instant_of(wanted.as_of, wanted.zone) if wanted.as_of else directory.as_of
    if as_of is None:
        raise bad_input(
            "no-instant",
            "nothing says at which instant the rows were read",
            "what is owed depends on the plan that a mailbox had then",
            "write the day and the time of the export",
            Place(original_name(source.name), field="as_of"),
        )
    if not 0 <= wanted.allowed_bad <= MOST_BAD:
        raise bad_input(
            "out-of-range",
            f"{wanted.allowed_bad} rows may be left out",
            f"from 0 to {MOST_BAD}",
            "write a number in that range",
            Place(original_name(source.name), field="allowed_bad"),
        )
    params = {
        "upload": wanted.upload,
        "mapping": wanted.mapping,
        "as_of": as_of.isoformat(),
        "allowed_bad": wanted.allowed_bad,
    }
    return errands.ask(KIND, params, person, key, at)


@dataclass(frozen=True, slots=True)
class Looked:
    """An upload that was opened, and its first rows."""

    directory: Directory
    block: Block
    table: Table


@lru_cache(maxsize=64)
def look(upload: str) -> Looked:
    """Open an upload, which never changes, and remember its first rows.

    ``BadInput`` where it cannot be read, under its sender's name; ``Missing`` where it is gone.
    """
    source = below(uploads(), upload)
    try:
        directory = open_directory(str(source), None)
        return Looked(directory, *first_rows(directory))
    except RistoroError as error:
        raise type(error)(*renamed(error, source)) from error


def instant_of(text: str, zone: str) -> datetime:
    """An instant as it is written on a page, in a zone where it has no offset of its own."""
    try:
        return clock.parse_instant(text, clock.zone(zone))
    except ValueError as error:
        raise bad_input(
            "wrong-value",
            f"{text!r} is not one instant",
            str(error),
            "write it as 2023-01-23T00:00, and choose its zone",
            Place("as_of"),
        ) from None


def do(teller: Teller) -> dict[str, Any]:
    """``params``: ``upload``, and if wanted ``mapping``, ``as_of`` and ``allowed_bad``.

    A mapping is one of those that come with Ristoro, or one that was kept, by its name.
    """
    params = teller.params
    source = below(uploads(), str(params["upload"]))
    as_of = params.get("as_of")
    try:
        directory = open_directory(str(source), None)
        first = "read-bytes" if source.suffix in CSV_SUFFIXES else "read"
        teller.begin(first, directory.size)
        going = {"step": "read"}

        def progress(step: str, done: int) -> None:
            if step != going["step"]:
                going["step"] = step
                teller.begin(step, None)
            teller.advance(done)

        imported = import_estate(
            directory,
            estates(),
            now=teller.clock(),
            as_of=clock.parse_instant(as_of) if as_of else None,
            mapping=mappings.read(str(params["mapping"])) if params.get("mapping") else None,
            allowed_bad=int(params.get("allowed_bad", 0)),
            progress=progress,
        )
    except RistoroError as error:
        raise type(error)(*renamed(error, source)) from error
    teller.begin("count", None)
    counts_of(open_snapshot(imported.path))
    _journal(teller, imported, source)
    if not imported.already:
        renewing.ask_of_all(teller, imported.digest)
    return {
        "snapshot": imported.path.name,
        "digest": imported.digest,
        "as_of": imported.as_of.isoformat(),
        "rows": imported.rows,
        "bad_rows": imported.bad_rows,
        "bad_file": imported.bad_file.name if imported.bad_file else None,
        "already": imported.already,
    }


def bad_file_of(upload: str) -> Path:
    """Where an import of this upload lists the rows that are wrong."""
    return estates() / f"{Path(upload).name}.bad.csv"


def original_name(upload: str) -> str:
    """What the sender called an upload, while it is there; else our name for it."""
    note = uploads() / f"{Path(upload).name}.json"
    try:
        return str(json.loads(note.read_bytes())["original"])
    except FileNotFoundError:
        return Path(upload).name


def renamed(error: RistoroError, source: Path) -> list[Problem]:
    """The problems as the sender knows the file: our name for it means nothing to anybody."""
    name = original_name(source.name)
    return [_renamed(one, str(source), name) for one in error.problems]


def _renamed(one: Problem, source: str, name: str) -> Problem:
    if one.code == "bad-rows":
        one = replace(one, todo="mend the rows of the list, or allow as many to be left out")
    if one.place is not None and one.place.file == source:
        one = replace(one, place=replace(one.place, file=name))
    return one


def _journal(teller: Teller, imported: Imported, source: Path) -> None:
    if imported.already:
        return
    data = {
        "digest": imported.digest,
        "as_of": imported.as_of.isoformat(),
        "rows": imported.rows,
        "bad_rows": imported.bad_rows,
        "upload": source.name,
    }
    with transaction.atomic():
        subject = f"estate {imported.digest}"
        append(teller.errand.person, names.ESTATE_IMPORTED, subject, data, teller.clock())
