"""Approving a run, and cancelling it as long as it has not begun."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.faces.console.runs.letters import kept_of
from ristoro.faces.console.runs.views import MOMENT, named, run_page, ticking
from ristoro.faces.entrance import browser, proof
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.problems import Shown, shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import approving, runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_TOTAL = 500
LONGEST_REASON = 500
CANCELLERS = (Role.OPERATOR, Role.APPROVER)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether this person may approve the run in this browser, and has just proven who it is."""

    refused: Shown | None
    fresh: bool


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(*Role)
def approve(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """What would be approved; by POST, approve it by retyping its total.

    Whoever tries is told by the stage whether they may, so that the journal has every attempt.
    """
    found = named(name)
    if request.method != "POST":
        return _page(request, person, found, None)
    here = reverse("console:approve", args=[name])
    if is_of(person, Role.APPROVER) and not _is_fresh(request, person):
        return proof.ask(here)
    total = request.POST.get("total", "")[:LONGEST_TOTAL]
    try:
        runs.approve(found, person, total, clock.now(), browser=browser.of(request))
    except RistoroError as error:
        return _page(request, person, named(name), error)
    return SeeOther(reverse("console:run", args=[name]))


@require_POST
@ticking
@held_by(*CANCELLERS)
def cancel(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Cancel a run that has not begun, for a reason."""
    found = named(name)
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    try:
        runs.cancel(found, person, reason, clock.now())
    except RistoroError as error:
        return run_page(request, person, named(name), error)
    return SeeOther(reverse("console:run", args=[name]))


def _is_fresh(request: HttpRequest, person: Person) -> bool:
    return proof.is_given(request, person, clock.now(), within=FRESH)


def _page(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "run": found,
        "wrong": wrong,
        "tab": "approve",
        "asked": _asked(request, person, found),
        "awaits": found.state == RunState.LOADED,
        "letters": kept_of(found),
        "wait_minutes": int(settings.APPROVAL_WAIT.total_seconds()) // MOMENT,
        "second_factor": settings.SECOND_FACTOR,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/runs/approval.html", about, status=status)


def _asked(request: HttpRequest, person: Person, found: Run) -> Asked:
    refused = approving.refusal(found, person, browser.of(request))
    return Asked(None if refused is None else shown(refused), _is_fresh(request, person))
