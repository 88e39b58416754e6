"""What the staff's pages lead to: each line for whoever holds one of its roles."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
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


def _line(to: str, words: Lazy, *roles: Role) -> Line:
    return Line(to, words, frozenset(roles))


LINES = (
    _line("desk:desk", _("Calls"), Role.AGENT),
    _line("desk:queue", _("To call back"), Role.AGENT),
    _line("console:estates", _("Imports"), Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
    _line("console:policies", _("Policies"), Role.OPERATOR, Role.APPROVER, Role.AUDITOR),
    _line(
        "console:decisions",
        _("Decisions"),
        *(Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE),
    ),
    _line("console:runs", _("Runs"), *Role),
    _line("console:outages", _("Outages"), *Role),
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


@register.simple_tag
def menu(person: Person) -> list[Line]:
    """The lines that lead this person somewhere."""
    return [line for line in LINES if not line.roles.isdisjoint(person.roles)]
