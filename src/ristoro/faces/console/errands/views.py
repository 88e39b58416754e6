"""The page of an errand, for whoever asked for it and whoever answers for the work; the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro.faces.console.errands import onward, telling
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands as work
from ristoro.workers.models import Errand, ErrandState

EVERYBODYS = (Role.OPERATOR, Role.AUDITOR)
"""Who may see what others asked for."""

A_PAGE = 50
UNENDED = (ErrandState.WAITING, ErrandState.GOING)

watching = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
"""For pages with the module that asks how far an errand is."""


@require_safe
@held_by(*Role)
def errands(request: HttpRequest, person: Person) -> HttpResponse:
    """The last errands, newest first, and older ones by the number before which they stand."""
    found = Errand.objects.order_by("-pk")
    if not is_of(person, *EVERYBODYS):
        found = found.filter(person_id=person.id)
    below = request.GET.get("prima", "")
    if below.isascii() and below.isdigit() and len(below) < 19:
        found = found.filter(pk__lt=int(below))
    listed = list(found[: A_PAGE + 1])
    lines = [{"errand": one, "kind": onward.of(one)} for one in listed[:A_PAGE]]
    older = listed[A_PAGE - 1].pk if len(listed) > A_PAGE else None
    about = {"person": person, "lines": lines, "older": older, "newest": not below}
    return render(request, "console/errands/errands.html", about)


@require_safe
@watching
@held_by(*Role)
def errand(request: HttpRequest, person: Person, errand: int) -> HttpResponse:
    """One errand: how far it is, how it ended, and where it leads on."""
    return _page(request, person, seen_by(person, errand))


@require_safe
@held_by(*Role)
def state(request: HttpRequest, person: Person, errand: int) -> HttpResponse:
    """How far an errand is, for the module on its page, in the reader's words."""
    found = seen_by(person, errand)
    far = work.far(found)
    return JsonResponse(
        {
            "ended": found.state not in UNENDED,
            "percent": far.percent,
            "step": telling.step(found),
            "counts": telling.counts(found, far),
            "silent": work.is_silent(found, clock.now()),
        }
    )


@require_POST
@watching
@held_by(*Role)
def cancel(request: HttpRequest, person: Person, errand: int) -> HttpResponse:
    """Have it dropped, by whoever asked for it."""
    found = seen_by(person, errand)
    try:
        work.cancel(found.pk, person, clock.now())
    except RistoroError as error:
        return _page(request, person, found, error)
    return SeeOther(reverse("console:errand", args=[found.pk]))


def seen_by(person: Person, number: int) -> Errand:
    """An errand that this person may see; 404 for any other."""
    mine = Q() if is_of(person, *EVERYBODYS) else Q(person_id=person.id)
    found = Errand.objects.filter(mine, pk=number).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, person: Person, found: Errand, error: RistoroError | None = None
) -> HttpResponse:
    far = work.far(found)
    wrong = None if error is None else shown(error)
    ended = found.state not in UNENDED
    about: dict[str, Any] = {
        "person": person,
        "errand": found,
        "kind": onward.of(found),
        "onward": onward.link(found),
        "faults": onward.faults(found),
        "ended": ended,
        "far": far,
        "step": "" if ended else telling.step(found),
        "counts": telling.counts(found, far),
        "took": telling.took(found),
        "silent": work.is_silent(found, clock.now()),
        "may_cancel": not ended and found.person_id == person.id,
        "problems": [_problem(one) for one in found.problems],
        "wrong": wrong,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/errands/errand.html", about, status=status)


def _problem(data: dict[str, Any]) -> dict[str, Any]:
    """A kept problem, with its file's name alone: where our folders are is nobody's concern."""
    return {**data, "file": Path(data.get("file") or "").name}
