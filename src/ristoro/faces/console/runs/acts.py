"""What staff do here: each by POST, once, through the stage that knows whether they may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ristoro.errands.places import shelves
from ristoro.faces.console.runs.views import EXPLAINERS, named, run_page, ticking
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.said import lang
from ristoro.faces.seeing import SeeOther
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import runs
from ristoro.remedies.explaining.explain import Explanation
from ristoro.remedies.explaining.explain import explain as explain_one
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.books import open_books

LONGEST_ADDRESS = 254

Act = Callable[[Run, Person, datetime], Run]


@require_POST
@ticking
@held_by(Role.OPERATOR)
def begin(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Let workers act on an approved run whose wait is over."""
    return _act(request, person, name, _begin)


def _begin(run: Run, person: Person, at: datetime) -> Run:
    return runs.begin(run, at, person, shelves(), open_books)


@require_POST
@ticking
@held_by(Role.OPERATOR)
def pause(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Let no worker begin another chunk."""
    return _act(request, person, name, runs.pause)


@require_POST
@ticking
@held_by(Role.OPERATOR)
def resume(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Let workers go on."""
    return _act(request, person, name, runs.resume)


def _act(request: HttpRequest, person: Person, name: str, act: Act) -> HttpResponse:
    found = named(name)
    try:
        act(found, person, clock.now())
    except RistoroError as error:
        return run_page(request, person, named(name), error)
    to = "console:watch" if request.POST.get("from") == "watch" else "console:run"
    return SeeOther(reverse(to, args=[name]))


@require_POST
@ticking
@held_by(*EXPLAINERS)
def explain(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Why one mailbox gets what it gets. By POST, for the look is journaled before it is shown."""
    found = named(name)
    address = request.POST.get("mailbox", "").strip()[:LONGEST_ADDRESS]
    try:
        told = explain_one(Path(found.directory), address, lang())
    except RistoroError as error:
        return run_page(request, person, found, error)
    _journal(found, person, told, clock.now())
    parts = [{"title": one.lines[0], "lines": one.lines[1:]} for one in told.remedies]
    about = {"person": person, "run": found, "told": told, "parts": parts}
    return render(request, "console/runs/explanation.html", about)


def _journal(found: Run, person: Person, told: Explanation, at: datetime) -> None:
    data = {
        "run": found.name,
        "person": person.id,
        "mailbox": told.mailbox_id,
        "address": told.address,
    }
    with transaction.atomic():
        append(person.name, names.MAILBOX_EXPLAINED, f"run {found.pk}", data, at)
