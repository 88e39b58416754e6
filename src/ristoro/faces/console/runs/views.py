"""The pages that show: the runs, one run, its letters, its statement. None changes anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.far import how_far
from ristoro.faces.problems import Shown, shown
from ristoro.faces.said import lang
from ristoro.fulfilment import wording
from ristoro.fulfilment.report import report
from ristoro.fulfilment.statement import Statement
from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, RistoroError
from ristoro.remedies.deciding import decide
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_LISTED = 200
MOST_ENTRIES = 50
PAUSABLE = (RunState.APPROVED, RunState.ACTING)


@require_safe
@held_by(*Role)
def runs(request: HttpRequest, person: Person) -> HttpResponse:
    """Every run, newest first."""
    found = Run.objects.order_by("-entered_at", "-pk")[:MOST_LISTED]
    return render(request, "console/runs/runs.html", {"person": person, "runs": found})


@require_safe
@held_by(*Role)
def run(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One run: where it stands, what it gives, how far it is, and what was done to it."""
    return run_page(request, person, named(name))


def run_page(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a run; with what stood against the act that was just asked for, if anything."""
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "run": found,
        "wrong": wrong,
        "far": how_far(found),
        "entries": _entries(found),
        "may_approve": found.state == RunState.LOADED and is_of(person, Role.APPROVER),
        "entered_it": person.id == found.entered_by_id,
        "may_pause": found.state in PAUSABLE and is_of(person, Role.OPERATOR),
        "may_explain": is_of(person, *EXPLAINERS),
    }
    return render(request, "console/runs/run.html", about, status=wrong.status if wrong else 200)


EXPLAINERS = (Role.OPERATOR, Role.AGENT, Role.AUDITOR)
"""Who may look at what a single mailbox was decided to get; the look is journaled."""


@require_safe
@held_by(*Role)
def statement(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The closing statement of a run, drawn up now."""
    found = named(name)
    text: str | None = None
    wrong: Shown | None = None
    try:
        policy = load_policy(Path(found.directory) / decide.POLICY).policy
        text = wording.text(_drawn_up(found), lang(), policy)
    except BadInput as error:
        wrong = shown(error)
    about = {"person": person, "run": found, "text": text, "wrong": wrong}
    status = 200 if wrong is None else wrong.status
    return render(request, "console/runs/statement.html", about, status=status)


def _drawn_up(found: Run) -> Statement:
    return report(found, clock.now())


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
