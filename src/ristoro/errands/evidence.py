"""Mail logs are imported from files that were sent, or from the host's own; outages are held
against them.

A path is one below the folders of ``RISTORO_LOG_FOLDERS``: who may import may not read every file
of the machine by it. Sent files are removed once they are imported: the import has their digests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction

from ristoro import env
from ristoro.claims.evidence.comparing import exposure, key_of
from ristoro.claims.evidence.sorting import by_mailbox
from ristoro.edges.mail_logs.folder import Folder, all_folders
from ristoro.edges.mail_logs.importing import Imported, import_logs
from ristoro.edges.mail_logs.scanned import Stated
from ristoro.errands.places import below, comparisons, estates, home, outages, sent_logs
from ristoro.estate.snapshot import open_snapshot
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input
from ristoro.outages import versions
from ristoro.staff.models import Role
from ristoro.staff.people import Person, require
from ristoro.workers import errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

IMPORT = "import-logs"
COMPARE = "compare-evidence"
MOST_FILES = 200
MOST_BYTES = 4 << 30
"""Of one sending; a log that is larger is named by its path, or imported by the command."""
LONGEST_NAME = 120
KEPT = timedelta(days=7)
"""How long sent logs lie where their import failed or was cancelled."""


class File(Protocol):
    """A file that came with a form."""

    name: str | None

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """An import as a person asks for it: of a sending by its key, or of a path."""

    sent: str = ""
    path: str = ""
    year: str = ""
    zone: str = ""
    host: str = ""


def receive(files: Iterable[File], person: Person, key: str, at: datetime) -> str:
    """Keep the logs of one sending until they are imported; the name of their folder.

    ``BadInput`` where there is none, or where two have one name.
    """
    require(person, Role.OPERATOR)
    named = [(_plain(one.name or ""), one) for one in files]
    if not 0 < len(named) <= MOST_FILES or len({name for name, _ in named}) < len(named):
        raise bad_input(
            "no-log-files",
            f"{len(named)} files were sent",
            f"a sending has 1 to {MOST_FILES} files, each of a name of its own",
            "choose the logs with all their rotations",
            Place("files"),
        )
    _sweep(at)
    folder = sent_logs() / "".join(one for one in key if one.isalnum())[:40]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, file in named:
        with (folder / name).open("wb") as kept:
            for piece in file.chunks():
                kept.write(piece)
    return folder.name


def ask(wanted: Wanted, person: Person, key: str, at: datetime) -> Errand:
    """Ask for an import, once it is clear that its files are there and its stamps are stated."""
    require(person, Role.OPERATOR)
    _stated(wanted.year, wanted.zone, wanted.host)
    _files(wanted.sent, wanted.path)
    return errands.ask(IMPORT, asdict(wanted), person, key, at)


def ask_comparison(outage: str, snapshot: str, person: Person, key: str, at: datetime) -> Errand:
    """Ask for an outage to be held against every import and a snapshot."""
    require(person, Role.OPERATOR)
    declared = versions.version(outages(), outage)
    below(estates(), f"{snapshot}.parquet")
    if not imports():
        raise bad_input(
            "no-evidence",
            "no logs were imported",
            "there is nothing to compare the outage with",
            "import the logs first",
        )
    params = {"outage": outage, "version": declared.version, "snapshot": snapshot}
    return errands.ask(COMPARE, params, person, key, at)


def imports() -> list[Folder]:
    """Every import there is, the first made first."""
    return all_folders(home())


def do_import(teller: Teller) -> dict[str, Any]:
    """``params``: those of ``Wanted``."""
    wanted = Wanted(**{name: str(told) for name, told in teller.params.items()})
    files = _files(wanted.sent, wanted.path)
    teller.begin("read-logs", sum(path.stat().st_size for path in files))
    imported = import_logs(
        files,
        home(),
        by=teller.errand.person,
        now=teller.clock(),
        stated=_stated(wanted.year, wanted.zone, wanted.host),
        progress=teller.advance,
    )
    by_mailbox(imported.folder, lambda table: teller.begin("sort-logs", None))
    _journal(teller, imported)
    if wanted.sent:
        shutil.rmtree(sent_logs() / wanted.sent, ignore_errors=True)
    return {"evidence": imported.folder.digest, "already": imported.already}


def do_compare(teller: Teller) -> dict[str, Any]:
    """``params``: ``outage``, ``version`` and ``snapshot``."""
    params = teller.params
    outage = versions.version(outages(), str(params["outage"]), int(params["version"]))
    snapshot = open_snapshot(below(estates(), f"{params['snapshot']}.parquet"))
    folders = imports()
    until = clock.micros(teller.errand.asked_at)
    key = key_of(folders, snapshot, outage)
    exposure(
        folders,
        snapshot,
        outage,
        comparisons() / outage.name / key,
        until,
        lambda step: teller.begin("compare-logs", None),
    )
    return {"outage": outage.name, "comparison": key}


def log_folders() -> list[Path]:
    """Where logs may be read from by a path."""
    told = env.current().text("RISTORO_LOG_FOLDERS", "/var/log")
    return [Path(one).resolve() for one in told.split()]


def _files(sent: str, path: str) -> Sequence[Path]:
    """The files of an import, in no order; ``BadInput`` where there is none, or it may not be."""
    if sent:
        return sorted(below(sent_logs(), sent).iterdir())
    named = Path(path)
    found = sorted(named.parent.glob(named.name)) if path and named.is_absolute() else []
    files = [one.resolve() for one in found if one.is_file()]
    allowed = log_folders()
    if not all(any(one.is_relative_to(folder) for folder in allowed) for one in files):
        raise bad_input(
            "outside-log-folders",
            f"{path!r} leads out of {' '.join(map(str, allowed))}",
            "only logs are read by their path",
            "name a log below these folders, or send the file",
            Place("path"),
        )
    if not 0 < len(files) <= MOST_FILES:
        raise bad_input(
            "no-log-files",
            f"{path!r} is no log" if not files else f"{path!r} is {len(files)} files",
            f"an import reads 1 to {MOST_FILES} files",
            "write a whole path, as /var/log/mail.log*",
            Place("path"),
        )
    return files


def _stated(year: str, zone: str, host: str) -> Stated | None:
    if not year and not host:
        return None  # lines with a whole stamp and a host need neither
    try:
        stated = Stated(host=host or None)
    except ValueError as error:
        raise bad_input(
            "log-host",
            f"{host!r} is not of which host the lines are",
            str(error),
            "write its name, as mx1.example.net",
            Place("host"),
        ) from None
    if not year:
        return stated  # stamps with a year need no zone
    try:
        number = int(year)
        if not 1970 <= number <= 2200:
            raise ValueError(f"{year} is no year of a log")
        return replace(stated, year=number, zone=clock.zone(zone))
    except ValueError as error:
        raise bad_input(
            "log-year",
            f"{year!r} and {zone!r} do not state of when the stamps are",
            str(error),
            "write the year of the first line, and choose the zone",
            Place("year"),
        ) from None


def _journal(teller: Teller, imported: Imported) -> None:
    if imported.already:
        return
    folder = imported.folder
    data = {
        "digest": folder.digest,
        "files": [{"name": one.name, "sha256": one.sha256} for one in folder.sources],
        "lines": folder.counts["lines"],
        "unknown": folder.counts["unknown"],
    }
    with transaction.atomic():
        subject = f"evidence {folder.digest}"
        append(teller.errand.person, names.EVIDENCE_IMPORTED, subject, data, teller.clock())


def _sweep(at: datetime) -> None:
    """Remove what was sent long ago and never imported."""
    for path in sent_logs().glob("*"):
        if at - clock.instant(path.stat().st_mtime_ns // 1000) > KEPT:
            shutil.rmtree(path, ignore_errors=True)


def _plain(name: str) -> str:
    """A sender's name for a file, as one plain name."""
    last = name.replace("\\", "/").rpartition("/")[2].lstrip(".")
    return "".join(one for one in last if one.isprintable())[-LONGEST_NAME:] or "log"
