"""The register of breaches: a record for each outage, with its clock of 72 hours."""

from __future__ import annotations

from ristoro.faces.api.operations import Call, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Figures, Instant, Nothing, Shape
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Record
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
