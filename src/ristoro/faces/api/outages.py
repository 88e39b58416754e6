"""Outages: declared, corrected by a further version, measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ristoro.errands.places import outages as folder
from ristoro.errands.places import shelves
from ristoro.faces.api.operations import Call, Leads, Made, Part
from ristoro.faces.api.paging import keyed
from ristoro.faces.api.shapes import After, Digest, Instant, Nothing, Shape, Text
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.kernel.spans import Spans
from ristoro.outages import versions
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.declaring import declare
from ristoro.outages.outage import Outage
from ristoro.outages.timeline import Change, StoreGroup, changes, store_groups
from ristoro.staff.models import Role

part = Part("outages", "Declared outages, each with its versions, none of which is ever edited.")
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)

_VERSION = {"name": "/name", "version": "/version"}
LEADS: Leads = {
    "get_outage": {"name": "/name"},
    "get_outage_version": _VERSION,
    "measure_outage": _VERSION,
}


class Declaration(Shape):
    """An outage, or a correction of one, as YAML (`docs/outages.md`)."""

    text: Text
    aware_at: Annotated[
        Instant | None,
        Field(description="When somebody here first knew of it; left out: now. 72 hours run."),
    ] = None


class Titles(Shape):
    """A title in both languages."""

    it: str
    en: str


class OutageLine(Shape):
    """A version of an outage."""

    name: str
    version: int
    digest: Digest
    title: Titles
    starts_at: Instant
    ends_at: Annotated[Instant | None, Field(description="Null while it still goes on.")]
    brands: list[str]
    corrects: Digest | None
    reason: str


class OutageShown(OutageLine):
    """A version of an outage with the text that was declared, byte for byte."""

    text: str


class Outages(Shape):
    """A part of the list: the last version of each outage, by name."""

    items: list[OutageLine]
    next: str | None


class Window(Shape):
    """A span in which a component did not work, or not well."""

    starts_at: Instant
    ends_at: Instant


class Course(Shape):
    """How one component fared on some stores: where it was down, and where it was degraded."""

    component: str
    down: list[Window]
    down_seconds: int
    degraded: list[Window]
    degraded_seconds: int


class Stores(Shape):
    """Stores on which every component fared alike."""

    stores: list[str]
    components: list[Course]


class Turn(Shape):
    """At an instant these components became down, degraded or back on these stores."""

    at: Instant
    state: str
    components: list[str]
    stores: list[str]


class Until(Shape):
    """Up to when to count."""

    until: Annotated[
        Instant | None, Field(description="Left out: to its end, or to now while it goes on.")
    ] = None


class Measured(Shape):
    """An outage measured: how long each component was down on which stores, and what came when."""

    outage: OutageLine
    counted_until: Instant | None
    stores: list[Stores]
    changes: list[Turn]


@part.get("outages", *LOOKERS, takes=After, gives=Outages)
def list_outages(call: Call[After]) -> Outages:
    """List the outages by name, each with its last version."""
    names = [(name, name) for name in versions.names(folder())]
    items, later = keyed(names, call.given)
    found = [whole[-1] for name in items if (whole := shelves().versions_of(name))]
    return Outages(items=[OutageLine.model_validate(_line(one)) for one in found], next=later)


@part.post("outages", Role.OPERATOR, takes=Declaration, gives=OutageShown, status=201, leads=LEADS)
def declare_outage(call: Call[Declaration]) -> Made:
    """Declare an outage, or correct one by its next version.

    What was declared before and means the same is answered as it is. A first version opens the
    outage's record in the register of breaches.
    """
    aware_at = call.given.aware_at or call.at
    text = call.given.text.encode()
    made = declare(text, "text", folder(), call.person, aware_at, call.at).outage
    return Made(_shown(made), f"outages/{made.name}/versions/{made.version}")


@part.get("outages/{name}", *LOOKERS, gives=OutageShown)
def get_outage(call: Call[Nothing]) -> OutageShown:
    """Show the last version of an outage."""
    return _shown(versions.version(folder(), call.path["name"]))


@part.get("outages/{name}/versions/{version}", *LOOKERS, gives=OutageShown, lasting=True)
def get_outage_version(call: Call[Nothing]) -> OutageShown:
    """Show a version of an outage, which never changes."""
    return _shown(_version(call))


@part.get("outages/{name}/versions/{version}/measure", *LOOKERS, takes=Until, gives=Measured)
def measure_outage(call: Call[Until]) -> Measured:
    """Measure an outage: how long each component was down on which stores."""
    outage = _version(call)
    until = None
    if call.given.until is not None:
        until = clock.micros(call.given.until)
    elif outage.end is None:
        until = clock.micros(call.at)
    return Measured(
        outage=OutageLine.model_validate(_line(outage)),
        counted_until=None if until is None else clock.instant(until),
        stores=[_stores(group) for group in store_groups(outage, until)],
        changes=[_turn(change) for change in changes(outage, until)],
    )


def _version(call: Call[Nothing] | Call[Until]) -> Outage:
    return versions.version(folder(), call.path["name"], int(call.path["version"]))


def _line(one: Outage) -> dict[str, object]:
    return {
        "name": one.name,
        "version": one.version,
        "digest": one.digest,
        "title": dict(one.title),
        "starts_at": clock.instant(one.start),
        "ends_at": None if one.end is None else clock.instant(one.end),
        "brands": list(one.brands),
        "corrects": one.corrects,
        "reason": one.reason,
    }


def _shown(one: Outage) -> OutageShown:
    path = versions.path_of(folder(), one.name, one.version)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Missing(
            Problem(
                "no-such-outage",
                f"the text of {one.name} version {one.version} cannot be read",
                error.strerror or str(error),
                "put back the text that was declared",
            )
        ) from error
    return OutageShown.model_validate({**_line(one), "text": text})


def _stores(group: StoreGroup) -> Stores:
    courses = [
        Course(
            component=component,
            down=_windows(course.down),
            down_seconds=course.down.total // 1_000_000,
            degraded=_windows(course.degraded),
            degraded_seconds=course.degraded.total // 1_000_000,
        )
        for component, course in zip(COMPONENTS, group.courses, strict=True)
        if course.down or course.degraded
    ]
    return Stores(stores=list(group.stores), components=courses)


def _windows(spans: Spans) -> list[Window]:
    return [
        Window(starts_at=clock.instant(span.start), ends_at=clock.instant(span.end))
        for span in spans
    ]


def _turn(change: Change) -> Turn:
    return Turn(
        at=clock.instant(change.at),
        state=change.state,
        components=list(change.components),
        stores=list(change.stores),
    )
