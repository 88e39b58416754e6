"""Estates: files that are sent, imports of them, and the snapshots that came of those."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints

from ristoro.errands import estates as work
from ristoro.errands import uploads
from ristoro.errands.places import estates, shelves
from ristoro.estate.counts import Line, counts_of
from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Leads, Made, Part, Raw
from ristoro.faces.api.paging import keyed
from ristoro.faces.api.shapes import After, Digest, Figures, Instant, Nothing, Shape
from ristoro.kernel.errors import Missing, Problem, bad_input
from ristoro.staff.models import Role

part = Part("estates", "Files of mailboxes that are sent, and the snapshots made of them.")
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
OCTETS = "application/octet-stream"
PIECE = 1 << 20
MOST_LISTED = 1_000
_ENDING = r"\.(csv|tsv|txt|parquet|pq)"

UPLOADED: Leads = {name: {"file": "/file"} for name in ("get_upload", "discard_upload")}


class Named(Shape):
    """What the sender calls the file; its ending says the format."""

    name: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,110}\.(csv|tsv|txt|parquet|pq)$"),
    ]


class UploadShown(Shape):
    """A file that was sent. ``file`` names it from here on: the SHA-256 of what is in it."""

    file: str
    name: str
    bytes: int
    sha256: Digest
    sent_by: str
    sent_at: Instant


class Uploads(Shape):
    """A part of the list, the newest first."""

    items: list[UploadShown]
    next: str | None


class Import(Shape):
    """What to import, and how to read it."""

    file: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{64}}{_ENDING}$")]
    mapping: Annotated[
        str,
        Field(description="One that comes with Ristoro or was kept at the console, by its name."),
        StringConstraints(pattern=r"^[a-z0-9-]{0,40}$"),
    ] = ""
    as_of: Annotated[
        Instant | None, Field(description="When the rows were read; left out: as the file says.")
    ] = None
    allowed_bad: Annotated[
        int, Field(ge=0, le=work.MOST_BAD, description="How many rows may be left out as wrong.")
    ] = 0


class SnapshotLine(Shape):
    """An estate as it was at one instant."""

    digest: Digest
    as_of: Instant
    mailboxes: int


class SnapshotShown(SnapshotLine):
    """A snapshot, and how many mailboxes it has of what."""

    source: Digest
    counts: Figures


class Snapshots(Shape):
    """A part of the list, the newest first."""

    items: list[SnapshotLine]
    next: str | None


@part.get("uploads", *LOOKERS, takes=After, gives=Uploads)
def list_uploads(call: Call[After]) -> Uploads:
    """List the files that were sent, the newest first."""
    found = [(one.name, one) for one in uploads.listed(MOST_LISTED)]
    items, later = keyed(found, call.given)
    return Uploads(items=[_upload(one) for one in items], next=later)


@part.post("uploads", Role.OPERATOR, takes=Named, gives=UploadShown, status=201, keyed=False,
           streams=OCTETS, leads=UPLOADED)  # fmt: skip
def send_upload(call: Call[Named]) -> Made:
    """Send a file of mailboxes as it is.

    It needs no key: the same bytes sent again are the same upload.
    """
    uploads.sweep(call.at)
    coming = uploads.Coming(call.given.name)
    try:
        expected = int(call.request.META.get("CONTENT_LENGTH") or 0)
        if expected > uploads.MOST_BYTES:
            raise bad_input(
                "too-large",
                f"the file has more than {uploads.MOST_BYTES} bytes",
                "no estate needs as many",
                "check that this is the file you meant",
            )
        while piece := call.request.read(PIECE):
            coming.write(piece)
        kept = coming.keep(call.person, call.at)
    finally:
        coming.drop()
    return Made(_upload(kept), f"uploads/{kept.name}")


@part.get("uploads/{file}", *LOOKERS, gives=UploadShown)
def get_upload(call: Call[Nothing]) -> UploadShown:
    """Show a file that was sent."""
    return _upload(uploads.find(call.path["file"]))


@part.get("uploads/{file}/bad-rows", *LOOKERS, media="text/csv")
def get_bad_rows(call: Call[Nothing]) -> Raw:
    """Show the rows that the last import of a file found wrong, as CSV: line, field, why."""
    upload = uploads.find(call.path["file"])
    path = work.bad_file_of(upload.name)
    if not path.exists():
        raise Missing(
            Problem(
                "no-bad-rows",
                f"no bad rows of {upload.original!r} are listed",
                "it was not imported yet, or every row of it was right",
                "look at the import's errand",
            )
        )
    name = f"bad-rows-{upload.sha256[:12]}.csv"
    return Raw(path.read_bytes(), "text/csv; charset=utf-8", name)


@part.delete("uploads/{file}", Role.OPERATOR)
def discard_upload(call: Call[Nothing]) -> None:
    """Throw a file away, with the list of its bad rows; snapshots made of it stay."""
    uploads.discard(call.path["file"], call.person, call.at)


@part.get("estates", *LOOKERS, takes=After, gives=Snapshots)
def list_estates(call: Call[After]) -> Snapshots:
    """List the snapshots, the newest first."""
    items, later = keyed([(one.digest, one) for one in shelves().snapshots()], call.given)
    return Snapshots(items=[_line(one) for one in items], next=later)


@part.post("estates", Role.OPERATOR, takes=Import, gives=ErrandShown, status=202, leads=LEADS)
def import_estate(call: Call[Import]) -> Made:
    """Import a file that was sent: a long work, whose result names the snapshot."""
    given = call.given
    wanted = work.Wanted(
        given.file,
        given.mapping,
        given.as_of.isoformat() if given.as_of else "",
        allowed_bad=given.allowed_bad,
    )
    return asked(work.ask(wanted, call.person, call.errand_key, call.at))


@part.get("estates/{digest}", *LOOKERS, gives=SnapshotShown, lasting=True)
def get_estate(call: Call[Nothing]) -> SnapshotShown:
    """Show a snapshot, and how many mailboxes it has by plan, store, language and standing."""
    path = estates() / f"{call.path['digest']}.parquet"
    if not path.exists():
        raise Missing(
            Problem(
                "no-estate",
                f"there is no snapshot {call.path['digest'][:12]}…",
                "a snapshot is named by the digest of what is in it",
                "look at the list, or import the file that it came from",
            )
        )
    found = open_snapshot(path)
    counts = counts_of(found)
    return SnapshotShown(
        **dict(_line(found)),
        source=found.source_digest,
        counts={
            "plans": _lines(("brand", "plan"), counts.plans),
            "stores": _lines(("brand", "store"), counts.stores),
            "languages": _lines(("language",), counts.locales),
            "standings": _lines(("standing",), counts.standings),
            "closed": counts.closed,
            "paid": counts.paid,
        },
    )


def _lines(names: tuple[str, ...], lines: Iterable[Line]) -> list[dict[str, object]]:
    return [
        {**dict(zip(names, values, strict=True)), "mailboxes": mailboxes}
        for values, mailboxes in lines
    ]


def _line(found: Snapshot) -> SnapshotLine:
    return SnapshotLine(digest=found.digest, as_of=found.as_of, mailboxes=found.rows)


def _upload(one: uploads.Upload) -> UploadShown:
    return UploadShown(
        file=one.name,
        name=one.original,
        bytes=one.size,
        sha256=one.sha256,
        sent_by=one.person,
        sent_at=one.at,
    )
