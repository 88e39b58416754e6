"""What the staff's pages lead to: each line for whoever holds one of its roles."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.staff.models import Role
from ristoro.staff.people import Person

register = template.Library()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the menu: the name of its address, its words, and who may open it."""

    to: str
    words: Lazy
    roles: frozenset[Role]


def home_of(person: Person) -> str:
    """Where a person begins: whoever only answers calls at the desk, everybody else at the runs."""
    return reverse("desk:desk" if person.roles == {Role.AGENT} else "console:runs")


def _line(to: str, words: Lazy, *roles: Role) -> Line:
    return Line(to, words, frozenset(roles))


LINES = (
    _line("desk:desk", _("Calls"), Role.AGENT),
    _line("desk:queue", _("To call back"), Role.AGENT),
    _line("console:outages", _("Outages"), *Role),
    _line("console:estates", _("Imports"), Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
    _line("console:policies", _("Policies"), Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
    _line(
        "console:decisions",
        _("Decisions"),
        *(Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE),
    ),
    _line("console:runs", _("Runs"), *Role),
    _line("console:evidence", _("Evidence"), Role.OPERATOR, Role.EXAMINER, Role.AUDITOR),
    _line("console:claims", _("Claims"), Role.EXAMINER, Role.APPROVER, Role.AUDITOR),
    _line("console:payments", _("Payments"), Role.FINANCE, Role.APPROVER, Role.AUDITOR),
    _line("console:books", _("Books"), Role.FINANCE, Role.APPROVER, Role.AUDITOR),
    _line("console:incidents", _("Incidents"), Role.OPERATOR, Role.AGENT, Role.AUDITOR),
    _line("console:breaches", _("Breaches"), Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
    _line("console:faults", _("Reports of faults"), Role.OPERATOR, Role.AGENT, Role.AUDITOR),
    _line(
        "console:journal",
        _("Journal"),
        *(Role.AUDITOR, Role.OPERATOR, Role.APPROVER, Role.FINANCE),
    ),
    _line("console:programs", _("API access"), *Role),
)
"""In the order of the work."""

RUN = "/console/esecuzioni/"
"""Below this stands each run."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as a page shows it: its words, where it leads, and whether the page is below that."""

    words: Lazy
    place: str
    here: bool


@register.simple_tag(takes_context=True)
def menu(context: template.Context, person: Person) -> list[Shown]:
    """The lines that lead this person somewhere."""
    path = context["request"].path
    lines = [line for line in LINES if not line.roles.isdisjoint(person.roles)]
    places = [reverse(line.to) for line in lines]
    # The console's own address begins that of every page, and is the list of runs.
    here = max((place for place in places if path.startswith(place)), key=len, default="")
    if here == reverse("console:runs") and path != here and not path.startswith(RUN):
        here = ""
    return [
        Shown(line.words, place, place == here) for line, place in zip(lines, places, strict=True)
    ]
