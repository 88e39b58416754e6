"""The list of incidents and planned works, and one of them as it was told so far."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from ristoro.faces.console.incidents.form import LANGUAGES, site_for_staff
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown as shown_problem
from ristoro.faces.told import Shown, shown
from ristoro.kernel.errors import RistoroError
from ristoro.outages.incidents import drafts
from ristoro.outages.incidents.models import Incident
from ristoro.outages.incidents.states import OVER, Kind
from ristoro.staff.models import Role
from ristoro.staff.people import Person

READERS = (Role.OPERATOR, Role.AGENT, Role.AUDITOR)
"""Agents read here what they tell callers."""

A_PAGE = 25


@require_safe
@held_by(*READERS)
def incidents(request: HttpRequest, person: Person) -> HttpResponse:
    """What is being written, what is open, what is planned, and the past by pages."""
    site, writes = site_for_staff(), is_of(person, Role.OPERATOR)
    every = Incident.objects.order_by("-started_at", "-id").prefetch_related("updates__corrections")
    going = list(every.exclude(phase__in=OVER))
    past = every.filter(phase__in=OVER)
    before = Incident.objects.filter(slug=request.GET.get("prima", "")).first()
    if before is not None:
        same = Q(started_at=before.started_at, id__lt=before.pk)
        past = past.filter(Q(started_at__lt=before.started_at) | same)
    listed = list(past[: A_PAGE + 1])
    about = {
        "person": person,
        "writes": writes,
        "drafts": drafts.waiting() if writes and before is None else [],
        "open": [shown(one, site) for one in going if one.kind == Kind.INCIDENT],
        "planned": [shown(one, site) for one in reversed(going) if one.kind == Kind.MAINTENANCE],
        "past": [shown(one, site) for one in listed[:A_PAGE]],
        "older": listed[A_PAGE - 1].slug if len(listed) > A_PAGE else "",
        "newest": before is None,
    }
    return render(request, "console/incidents/incidents.html", about)


@require_safe
@held_by(*READERS)
def incident(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """One incident: each update in both languages, with what it said before and who wrote it."""
    return incident_page(request, person, named(slug))


def incident_page(
    request: HttpRequest, person: Person, found: Incident, error: RistoroError | None = None
) -> HttpResponse:
    """The page of an incident; with what stood against what was just asked for, if anything."""
    wrong = None if error is None else shown_problem(error)
    writers = dict(found.updates.values_list("code", "written_by"))
    both = in_both(found)
    entries = [
        {"pair": pair, "writer": writers[pair[0][1].code]}
        for pair in zip(
            *([(lang, entry) for entry in one.entries] for lang, one in both), strict=True
        )
    ]
    writes = is_of(person, Role.OPERATOR)
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "incident": found,
        "both": both,
        "entries": entries,
        "writes": writes,
        "draft": drafts.of_incident(found) if writes else None,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/incidents/incident.html", about, status=status)


def in_both(found: Incident) -> list[tuple[str, Shown]]:
    """An incident in each language."""
    site, told = site_for_staff(), []
    for lang in LANGUAGES:
        with override(lang):
            told.append((lang, shown(found, site)))
    return told


def named(slug: str) -> Incident:
    """The incident of that name, or 404."""
    every = Incident.objects.prefetch_related("updates__corrections")
    found = every.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found
