"""An incident and planned work, told as an operator tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ristoro.outages.incidents import publish
from ristoro.outages.incidents.board import Part
from ristoro.outages.incidents.models import Incident
from ristoro.outages.incidents.publish import Opening, Plan, Told, Words
from ristoro.outages.incidents.states import Condition, Impact, Phase
from ristoro.staff.people import Person

AT = datetime(2023, 1, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRANDS = ("libero", "virgilio")


def open_one(olga: Person, outage: str = "") -> Incident:
    return publish.publish(
        Opening(
            Words("Caselle non raggiungibili", "Mailboxes cannot be reached"),
            Impact.CRITICAL,
            AT - HOUR,
            outage=outage,
        ),
        Told(
            Phase.INVESTIGATING,
            Words("Cerchiamo la causa.\n<b>Non</b> è un attacco.", "We look for the cause."),
            {Part("libero", "webmail"): Condition.MAJOR_OUTAGE},
        ),
        BRANDS,
        olga,
        AT,
    )


def plan_one(olga: Person) -> Incident:
    return publish.publish(
        Opening(
            Words("Sostituzione dei dischi", "New disks"),
            Impact.MAINTENANCE,
            AT,
            Plan(AT + 24 * HOUR, AT + 26 * HOUR),
        ),
        Told(Phase.SCHEDULED, Words("Di notte.", "At night.")),
        BRANDS,
        olga,
        AT,
    )


def goes_on(olga: Person, slug: str, phase: Phase, hours: int) -> None:
    body = Words(f"{phase}, detto", f"{phase}, told")
    publish.update(slug, Told(phase, body), BRANDS, olga, AT + hours * HOUR)
