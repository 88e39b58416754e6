"""What the public is told: incidents and planned work, in both languages, never rewritten."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ristoro import env, wiring
from ristoro.faces.api.operations import Call, Leads, Made, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Instant, Line, Nothing, Shape, Text
from ristoro.outages.incidents import publish
from ristoro.outages.incidents.board import Part as BoardPart
from ristoro.outages.incidents.correct import correct
from ristoro.outages.incidents.models import Incident
from ristoro.outages.incidents.states import Condition, Impact, Phase
from ristoro.staff.models import Role

part = Part("incidents", "What the public is told of incidents and planned work.")
Body = Annotated[Text, StringConstraints(max_length=publish.LONGEST_BODY)]
Title = Annotated[Line, StringConstraints(max_length=publish.LONGEST_TITLE)]

LEADS: Leads = {name: {"name": "/slug"} for name in ("get_incident", "update_incident")}


class Titles(Shape):
    """A title in both languages."""

    it: Title
    en: Title


class Words(Shape):
    """A text in both languages: neither is published without the other."""

    it: Body
    en: Body


class Moved(Shape):
    """A component of a brand, and how it works now."""

    brand: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    component: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    condition: Condition


class Update(Shape):
    """How it goes on. ``components`` are those that it moves, and no others."""

    phase: Phase
    text: Words
    components: Annotated[list[Moved], Field(default_factory=list)]


class Opened(Update):
    """A new incident; planned work where ``planned_until`` is there."""

    title: Titles
    impact: Impact
    started_at: Annotated[Instant, Field(description="Of planned work: from when.")]
    planned_until: Instant | None = None
    outage: Annotated[
        str,
        Field(description="The declared outage that it is about, by its name."),
        StringConstraints(pattern=r"^[a-z0-9-]{0,80}$"),
    ] = ""


class UpdateShown(Shape):
    """One thing that was told; ``code`` names it where it is corrected."""

    code: str
    phase: str
    text: Words
    at: Instant
    written_by: str


class IncidentLine(Shape):
    """An incident, and how far it is."""

    slug: str
    code: str
    kind: str
    impact: str
    phase: str
    title: Titles
    outage: str
    started_at: Instant
    updated_at: Instant
    over_at: Instant | None


class IncidentShown(IncidentLine):
    """An incident with all that was told of it, the newest first."""

    updates: list[UpdateShown]


class Incidents(Shape):
    """A part of the list, the newest first."""

    items: list[IncidentLine]
    next: str | None


@part.get("incidents", takes=After, gives=Incidents)
def list_incidents(call: Call[After]) -> Incidents:
    """List incidents and planned works, the newest first."""
    items, later = numbered(Incident.objects.order_by("-pk"), call.given, newest_first=True)
    return Incidents(items=[IncidentLine.model_validate(_line(one)) for one in items], next=later)


@part.post("incidents", Role.OPERATOR, takes=Opened, gives=IncidentShown, status=201, leads=LEADS)
def open_incident(call: Call[Opened]) -> Made:
    """Publish a new incident, or announce planned work, at once and in both languages."""
    given = call.given
    plan = None
    if given.planned_until is not None:
        plan = publish.Plan(given.started_at, given.planned_until)
    opening = publish.Opening(
        title=publish.Words(given.title.it, given.title.en),
        impact=given.impact,
        started_at=given.started_at.astimezone(wiring.zone_of(env.current())),
        plan=plan,
        outage=given.outage,
    )
    made = publish.publish(opening, _told(given), _brands(), call.person, call.at)
    return Made(_shown(made), f"incidents/{made.slug}")


@part.get("incidents/{name}", gives=IncidentShown)
def get_incident(call: Call[Nothing]) -> IncidentShown:
    """Show an incident with all that was told of it."""
    return _shown(publish.named(call.path["name"]))


@part.post(
    "incidents/{name}/updates",
    Role.OPERATOR,
    takes=Update,
    gives=IncidentShown,
    status=201,
    leads=LEADS,
)
def update_incident(call: Call[Update]) -> Made:
    """Publish how an incident goes on, at once and in both languages."""
    slug = call.path["name"]
    publish.update(slug, _told(call.given), _brands(), call.person, call.at)
    return Made(_shown(publish.named(slug)), f"incidents/{slug}")


@part.post(
    "incidents/{name}/updates/{update}/correction", Role.OPERATOR, takes=Words, gives=IncidentShown
)
def correct_update(call: Call[Words]) -> IncidentShown:
    """Publish another text of an update, at once and in both languages; the old one stays beside
    it."""
    slug, given = call.path["name"], call.given
    correct(slug, call.path["update"], publish.Words(given.it, given.en), call.person, call.at)
    return _shown(publish.named(slug))


def _brands() -> tuple[str, ...]:
    return tuple(wiring.brands_of(env.current()))


def _told(given: Update) -> publish.Told:
    conditions = {BoardPart(one.brand, one.component): one.condition for one in given.components}
    return publish.Told(given.phase, publish.Words(given.text.it, given.text.en), conditions)


def _line(one: Incident) -> dict[str, object]:
    return {
        "slug": one.slug,
        "code": one.code,
        "kind": one.kind,
        "impact": one.impact,
        "phase": one.phase,
        "title": {"it": one.title_it, "en": one.title_en},
        "outage": one.outage,
        "started_at": one.started_at,
        "updated_at": one.updated_at,
        "over_at": one.over_at,
    }


def _shown(one: Incident) -> IncidentShown:
    updates = [
        {
            "code": each.code,
            "phase": each.phase,
            "text": {"it": each.body_it, "en": each.body_en},
            "at": each.at,
            "written_by": each.written_by,
        }
        for each in one.updates.all()
    ]
    return IncidentShown.model_validate({**_line(one), "updates": updates})
