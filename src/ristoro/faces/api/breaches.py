"""The register of breaches: a record for each outage, with its clock of 72 hours."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ristoro.faces.api.operations import Call, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Figures, Instant, Nothing, Shape, Text
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Kind, Record, Risk
from ristoro.staff.models import Role

part = Part("breaches", "The register of breaches (GDPR, article 33).")
READERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)


class BreachLine(Shape):
    """A record, and where it stands."""

    outage: str
    standing: str
    aware_at: Instant
    due_at: Instant
    settled_at: Instant | None


class Written(Shape):
    """One thing written into a record."""

    kind: str
    at: Instant
    words: str
    data: Figures
    written_by: str


class BreachShown(BreachLine):
    """A record with its entries, the first first."""

    entries: list[Written]


class Entry(Shape):
    """What a person says of one point: the nature, the consequences, the measures, who was told."""

    kind: Literal["nature", "consequences", "measures", "people-told"]
    words: Text


class Assessment(Shape):
    """How likely harm to people is, and why."""

    risk: Risk
    words: Text


class Settlement(Shape):
    """That the authority was told, with its number for the file; or why it was not."""

    notified: bool
    words: Text
    sent_at: Annotated[
        Instant | None, Field(description="When it was told; left out: just now.")
    ] = None


class Supplement(Shape):
    """What more the authority was told after a first notification."""

    words: Text
    sent_at: Instant


class Breaches(Shape):
    """A part of the register, the newest first."""

    items: list[BreachLine]
    next: str | None


@part.get("breaches", *READERS, takes=After, gives=Breaches)
def list_breaches(call: Call[After]) -> Breaches:
    """List the records of the register, the newest first."""
    items, later = numbered(Record.objects.order_by("-pk"), call.given, newest_first=True)
    return Breaches(items=[BreachLine.model_validate(_line(one)) for one in items], next=later)


@part.get("breaches/{name}", *READERS, gives=BreachShown)
def get_breach(call: Call[Nothing]) -> BreachShown:
    """Show the record of an outage, by the outage's name."""
    return _shown(call)


@part.post("breaches/{name}/entries", Role.OPERATOR, takes=Entry, gives=BreachShown)
def write_breach(call: Call[Entry]) -> BreachShown:
    """Add to a record what a person says of one point."""
    given = call.given
    register.write(call.path["name"], Kind(given.kind), given.words, call.person, call.at)
    return _shown(call)


@part.post("breaches/{name}/risk", Role.OPERATOR, takes=Assessment, gives=BreachShown)
def assess_breach(call: Call[Assessment]) -> BreachShown:
    """Say how likely harm to people is; the last assessment counts."""
    given = call.given
    register.assess(call.path["name"], given.risk, given.words, call.person, call.at)
    return _shown(call)


@part.post("breaches/{name}/settlement", Role.APPROVER, takes=Settlement, gives=BreachShown)
def settle_breach(call: Call[Settlement]) -> BreachShown:
    """Say that the authority was told, or why it was not."""
    given = call.given
    kind = Kind.NOTIFIED if given.notified else Kind.NOT_NOTIFIED
    at = given.sent_at if given.notified and given.sent_at is not None else call.at
    register.settle(call.path["name"], kind, given.words, at, call.person, call.at)
    return _shown(call)


@part.post("breaches/{name}/supplements", Role.APPROVER, takes=Supplement, gives=BreachShown)
def supplement_breach(call: Call[Supplement]) -> BreachShown:
    """Say what more the authority was told, and when."""
    given = call.given
    register.supplement(call.path["name"], given.words, given.sent_at, call.person, call.at)
    return _shown(call)


def _shown(call: Call[Any]) -> BreachShown:
    record = register.named(call.path["name"])
    entries = [
        {
            "kind": one.kind,
            "at": one.at,
            "words": one.words,
            "data": one.data,
            "written_by": one.written_by,
        }
        for one in record.entries.all()
    ]
    return BreachShown.model_validate({**_line(record), "entries": entries})


def _line(record: Record) -> dict[str, object]:
    return {
        "outage": record.outage,
        "standing": record.standing,
        "aware_at": record.aware_at,
        "due_at": record.due_at,
        "settled_at": record.settled_at,
    }
