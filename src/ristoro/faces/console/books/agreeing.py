"""How the books agree with the runs: a list, and each remedy of one run side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro.faces.console.books import words
from ristoro.faces.console.books.words import READERS
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.said import number
from ristoro.fulfilment.books import opening
from ristoro.fulfilment.books.accounts import IN_KIND, Nature
from ristoro.fulfilment.books.reconcile import (
    Difference,
    Standing,
    booked_of,
    differences,
    standings,
)
from ristoro.remedies.models import Run, RunState
from ristoro.staff.people import Person
from ristoro.workers.books import sums_of

A_PAGE = 15
BEGUN = (RunState.ACTING, RunState.CLOSED)


@require_safe
@held_by(*READERS)
def runs_listed(request: HttpRequest, person: Person) -> HttpResponse:
    """The runs that have begun, the newest first, and whether the books agree with each."""
    found = Run.objects.filter(state__in=BEGUN).order_by("-pk")
    below = request.GET.get("prima", "")
    if below.isascii() and below.isdigit() and len(below) < 10:
        found = found.filter(pk__lt=int(below))
    listed = list(found[: A_PAGE + 1])
    lines = [
        {
            "run": run,
            "open": opening.is_open(run.pk),
            "differences": len(differences(run, sums_of(run))),
        }
        for run in listed[:A_PAGE]
    ]
    about = {
        "person": person,
        "lines": lines,
        "older": listed[A_PAGE - 1].pk if len(listed) > A_PAGE else None,
        "tab": "agreeing",
    }
    return render(request, "console/books/agreeing.html", about)


@require_safe
@held_by(*READERS)
def run(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """What each remedy of a run is in the books, beside what its grants and its totals say."""
    found = named(name)
    sums = sums_of(found)
    listed = standings(found, sums)
    about = {
        "person": person,
        "run": found,
        "open": opening.is_open(found.pk),
        "remedies": [line for one in listed for line in _remedy(one, found)],
        "differences": [_difference(one, listed) for one in differences(found, sums)],
        "tab": "agreeing",
    }
    return render(request, "console/books/run.html", about)


def _remedy(one: Standing, run: Run) -> list[dict[str, Any]]:
    """A line for each unit; of a remedy of several units the grants' figures are not shown."""
    told = {
        "number": one.remedy,
        "name": one.name,
        "nature": words.nature(Nature(one.nature)),
        "agrees": one.agrees,
    }
    if not one.unit:
        booked = booked_of(run.pk)
        return [
            {
                **told,
                "in_kind": unit in IN_KIND,
                "several": True,
                "owed": words.worth(owed, unit),
                "given": words.worth(given, unit),
            }
            for (remedy, unit), (owed, given) in sorted(booked.items())
            if remedy == one.remedy
        ]
    figures = {
        name: words.worth(getattr(one, name), one.unit)
        for name in ("decided", "owed", "given", "rows_owed", "rows_given", "rows_not")
    }
    return [{**told, **figures, "in_kind": one.unit in IN_KIND}]


def _difference(one: Difference, listed: list[Standing]) -> dict[str, Any]:
    """The two figures; as plain numbers where they are of several units."""
    named = {f"remedy {each.remedy}" + (f", {each.unit}" if each.unit else ""): each
             for each in listed}  # fmt: skip
    standing = named.get(one.what)
    unit = standing.unit if standing else ""

    def shown(value: int) -> str:
        return words.worth(value, unit) if unit else number(value)

    return {
        "words": words.DIFFERENCES.get(one.code, one.code),
        "what": standing.name if standing else one.what,
        "expected": shown(one.expected),
        "found": shown(one.found),
    }
