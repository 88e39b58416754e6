"""The journal, for auditors: every entry in order, with what it says and its place in the chain."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from ristoro.errands import closing as closing_errands
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Digest, Figures, Instant, Shape
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import bad_input
from ristoro.staff.models import Role
from ristoro.workers import errands as work

part = Part("journal", "Who did what: append-only, each entry naming the hash of the one before.")


class Which(After):
    """Which entries: all, or those on one subject."""

    subject: Annotated[str | None, StringConstraints(pattern=r"^[ -~]{1,200}$")] = None


class EntryShown(Shape):
    """An entry; ``data`` is null where its detail was shredded."""

    number: int
    at: Instant
    actor: str
    name: str
    subject: str
    data: Figures | None
    data_hash: Digest
    previous: Digest
    hash: Digest


class Entries(Shape):
    """A part of the journal, in its order."""

    items: list[EntryShown]
    next: str | None


class Head(Shape):
    """A head that was noted earlier: with it, a chain cut short at its end is found."""

    number: int | None = None
    hash: Digest | None = None


@part.get("journal", Role.AUDITOR, takes=Which, gives=Entries)
def list_journal(call: Call[Which]) -> Entries:
    """List the entries of the journal, the first first."""
    found = Entry.objects.order_by("number")
    if call.given.subject is not None:
        found = found.filter(subject=call.given.subject)
    items, later = numbered(found, call.given)
    details = Detail.objects.in_bulk([one.number for one in items])
    shown = [
        EntryShown(
            number=one.number,
            at=one.at,
            actor=one.actor,
            name=one.name,
            subject=one.subject,
            data=details[one.number].data if one.number in details else None,
            data_hash=one.data_hash,
            previous=one.previous,
            hash=one.hash,
        )
        for one in items
    ]
    return Entries(items=shown, next=later)


@part.post("journal/verify", Role.AUDITOR, takes=Head, gives=ErrandShown, status=202, leads=LEADS)
def verify_journal(call: Call[Head]) -> Made:
    """Walk the whole chain and say how far it is whole: a long work."""
    given = call.given
    if (given.number is None) != (given.hash is None):
        raise bad_input(
            "half-a-head",
            "a head is a number and its hash",
            "one without the other proves nothing",
            "send both, or none",
        )
    params = {} if given.hash is None else {"number": given.number, "hash": given.hash}
    return asked(work.ask(closing_errands.WALK, params, call.person, call.errand_key, call.at))
