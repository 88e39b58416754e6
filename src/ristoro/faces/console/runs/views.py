"""The pages that show: the runs, and one run. None changes anything."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ristoro.faces.console.runs.stages import next_of, way
from ristoro.faces.entrance import browser
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.far import HowFar, how_far
from ristoro.faces.problems import Shown, shown
from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import approving
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_LISTED = 200
MOST_ENTRIES = 50
MOMENT = 60
"""Seconds of a minute, in which a wait is said."""

PAUSABLE = (RunState.APPROVED, RunState.ACTING)
CANCELLABLE = (RunState.LOADING, RunState.LOADED, RunState.APPROVED)

ticking = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
"""For pages with the module that counts a wait down."""


@require_safe
@held_by(*Role)
def runs(request: HttpRequest, person: Person) -> HttpResponse:
    """Every run, newest first, with where each stands and what comes next."""
    at = clock.now()
    found = Run.objects.order_by("-entered_at", "-pk")[:MOST_LISTED]
    lines = [{"run": one, "next": next_of(one, at), "far": _far(one)} for one in found]
    about = {"person": person, "lines": lines}
    return render(request, "console/runs/runs.html", about)


@require_safe
@ticking
@held_by(*Role)
def run(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One run: where it stands, what it gives, how far it is, and what was done to it."""
    return run_page(request, person, named(name))


def run_page(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a run; with what stood against the act that was just asked for, if anything."""
    wrong = None if error is None else shown(error)
    operates = is_of(person, Role.OPERATOR)
    stands = way(found, clock.now())
    about = {
        "person": person,
        "run": found,
        "tab": "run",
        "wrong": wrong,
        "way": stands,
        "far": how_far(found),
        "entries": _entries(found),
        "awaits": found.state == RunState.LOADED,
        "refused": _refused(request, person, found),
        "unpublished": found.state == RunState.APPROVED and found.published_at is None,
        "may_begin": found.state == RunState.APPROVED
        and not stands.waiting
        and found.published_at is not None
        and operates,
        "may_cancel": found.state in CANCELLABLE and is_of(person, Role.OPERATOR, Role.APPROVER),
        "may_pause": (found.state == RunState.ACTING or found.paused) and operates,
        "may_explain": is_of(person, *EXPLAINERS),
    }
    return render(request, "console/runs/run.html", about, status=wrong.status if wrong else 200)


def _refused(request: HttpRequest, person: Person, found: Run) -> Shown | None:
    """Why this person could not approve a run that waits for it."""
    if found.state != RunState.LOADED:
        return None
    refused = approving.refusal(found, person, browser.of(request))
    return None if refused is None else shown(refused)


def _far(found: Run) -> tuple[HowFar, ...]:
    return how_far(found) if found.state == RunState.ACTING else ()


EXPLAINERS = (Role.OPERATOR, Role.AUDITOR)
"""Who may look at what a single mailbox was decided to get; the look is journaled.

An agent does at the desk, once the caller is verified.
"""


def named(name: str) -> Run:
    """The run of that name, or 404."""
    found = Run.objects.filter(name=name).first()
    if found is None:
        raise Http404
    return found


def _entries(found: Run) -> list[dict[str, Any]]:
    """The run's last journal entries, those of chunks left out, which are as many as chunks."""
    entries = (
        Entry.objects.filter(subject=f"run {found.pk}")
        .exclude(name=names.CHUNK_RECORDED)
        .order_by("-number")[:MOST_ENTRIES]
    )
    listed = list(entries)
    details = Detail.objects.in_bulk([entry.number for entry in listed])
    return [
        {
            "entry": entry,
            "what": gettext(names.NAMES.get(entry.name, entry.name)),
            "data": _data(details.get(entry.number)),
        }
        for entry in listed
    ]


def _data(detail: Detail | None) -> list[tuple[str, str]]:
    """What an entry says in detail, but for what the page says already."""
    if detail is None or not detail.data:
        return []
    return [(key, str(value)) for key, value in detail.data.items() if key not in ("run", "person")]
