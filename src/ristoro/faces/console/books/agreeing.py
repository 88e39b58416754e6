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
from ristoro.fulfilment.books import opening
from ristoro.fulfilment.books.accounts import Nature
from ristoro.fulfilment.books.reconcile import Difference, Standing, differences, standings
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
    currency = _currency(found)
    listed = standings(found, sums)
    about = {
        "person": person,
        "run": found,
        "open": opening.is_open(found.pk),
        "remedies": [_remedy(one, one.unit or currency) for one in listed],
        "differences": [
            _difference(one, {f"remedy {each.remedy}": each for each in listed}, currency)
            for one in differences(found, sums)
        ],
        "tab": "agreeing",
    }
    return render(request, "console/books/run.html", about)


def _currency(of: Run) -> str:
    """The currency of a run's money; the first where there are several."""
    remedies = of.totals.get("remedies", []) if isinstance(of.totals, dict) else []
    lines = (line for remedy in remedies for line in remedy.get("owed", []))
    return next((line["currency"] for line in lines if line.get("currency")), "EUR")


def _remedy(one: Standing, unit: str) -> dict[str, Any]:
    return {
        "number": one.remedy,
        "name": one.name,
        "nature": words.nature(Nature(one.nature)),
        "in_kind": bool(one.unit),
        "agrees": one.agrees,
        "decided": words.worth(one.decided, unit),
        "owed": words.worth(one.owed, unit),
        "given": words.worth(one.given, unit),
        "rows_owed": words.worth(one.rows_owed, unit),
        "rows_given": words.worth(one.rows_given, unit),
        "rows_not": words.worth(one.rows_not, unit),
    }


def _difference(one: Difference, of: dict[str, Standing], currency: str) -> dict[str, Any]:
    standing = of.get(one.what)
    unit = (standing.unit if standing else "") or currency
    return {
        "words": words.DIFFERENCES.get(one.code, one.code),
        "what": standing.name if standing else one.what,
        "expected": words.worth(one.expected, unit),
        "found": words.worth(one.found, unit),
    }
