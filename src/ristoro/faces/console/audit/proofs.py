"""The chain walked, and runs proved from their inputs: asked for here, and how it came out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ristoro.errands import closing as works
from ristoro.errands import entering
from ristoro.faces.console.audit.asked import READERS
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.said import Lazy
from ristoro.faces.seeing import SeeOther
from ristoro.journal.append import Head, current_head
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.models import Errand, ErrandState

LAST = 20
A_PAGE = 50
LONGEST_KEY = 60
PROVERS = (Role.AUDITOR, Role.OPERATOR)
CHECKS: Mapping[str, tuple[Lazy, Lazy]] = {
    "inputs": (_("Inputs"), _("The folder speaks of the estate, outage and policy entered.")),
    "outcomes": (_("Outcomes"), _("The outcomes are those that were entered and approved.")),
    "decided again": (_("Decided again"), _("The same inputs decided now give the same digest.")),
    "rows": (_("Rows"), _("Every figure of every grant is that of its outcome.")),
    "figures": (_("Figures"), _("The parts of the closing statement sum up to its totals.")),
    "answers": (_("Answers"), _("Every answer stands beside a grant that it explains.")),
    "two people": (_("Two people"), _("Nobody approved what the same person entered.")),
    "journal": (_("Journal"), _("Each entry hashes to its hash, and names the one before.")),
    "tallies": (_("Tallies"), _("The counters that progress is read from equal the rows.")),
}
"""What each check of a proof compares."""


@require_safe
@held_by(*READERS)
def chain(request: HttpRequest, person: Person) -> HttpResponse:
    """The head of the chain, and how it came out when it was walked."""
    return _chain(request, person)


@require_POST
@held_by(Role.AUDITOR)
def walk(request: HttpRequest, person: Person) -> HttpResponse:
    """Have the chain walked; past a head that was noted earlier, where one is given."""
    number, hash_ = request.POST.get("numero", ""), request.POST.get("impronta", "").strip().lower()
    key = request.POST.get("chiave", "")[:LONGEST_KEY]
    if bool(number) != bool(hash_) or (number and not _is_head(number, hash_)) or not key:
        return _chain(request, person, badly=True)
    noted = Head(int(number), hash_) if number else None
    try:
        made = works.ask_walk(noted, person, f"walk {key}", clock.now())
    except RistoroError as error:
        return _chain(request, person, error)
    return SeeOther(reverse("console:errand", args=[made.pk]))


@require_safe
@held_by(*READERS)
def proofs(request: HttpRequest, person: Person) -> HttpResponse:
    """The runs, each with how it came out when it was last proved."""
    found = Run.objects.exclude(state=RunState.LOADING).order_by("-pk")
    below = request.GET.get("prima", "")
    if below.isascii() and below.isdigit() and len(below) < 10:
        found = found.filter(pk__lt=int(below))
    listed = list(found[: A_PAGE + 1])
    last = _last_proofs()
    about = {
        "person": person,
        "lines": [{"run": run, "proof": last.get(run.name)} for run in listed[:A_PAGE]],
        "older": listed[A_PAGE - 1].pk if len(listed) > A_PAGE else None,
    }
    return render(request, "console/audit/proofs.html", about)


@require_safe
@held_by(*READERS)
def proof(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Each check of the last proofs of one run."""
    return _proof(request, person, named(name))


@require_POST
@held_by(*PROVERS)
def prove(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have a run decided again and compared, row by row."""
    found = named(name)
    key = request.POST.get("chiave", "")[:LONGEST_KEY]
    if not key:
        return HttpResponseBadRequest()
    try:
        params = {"run": found.name}
        made = errands.ask(entering.PROVE, params, person, f"prove {key}", clock.now())
    except RistoroError as error:
        return _proof(request, person, found, error)
    return SeeOther(reverse("console:errand", args=[made.pk]))


def _chain(
    request: HttpRequest, person: Person, error: RistoroError | None = None, badly: bool = False
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    walks = Errand.objects.filter(kind=works.WALK).order_by("-pk")[:LAST]
    about = {
        "person": person,
        "wrong": wrong,
        "badly": badly,
        "number": request.POST.get("numero", ""),
        "hash": request.POST.get("impronta", ""),
        "head": current_head(),
        "walks": list(walks),
        "may_walk": is_of(person, *works.ROLES[works.WALK]),
        "key": secrets.token_urlsafe(16),
    }
    status = 422 if badly else wrong.status if wrong else 200
    return render(request, "console/audit/chain.html", about, status=status)


def _proof(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None = None
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "run": found,
        "wrong": wrong,
        "proofs": [{"errand": one, "checks": _checks(one)} for one in _proofs_of(found)],
        "may_prove": is_of(person, *PROVERS),
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "console/audit/proof.html", about, status=wrong.status if wrong else 200)


def _checks(one: Errand) -> list[dict[str, Any]]:
    return [
        {**check, "words": CHECKS.get(check["name"], (check["name"], ""))}
        for check in one.result.get("checks", [])
    ]


def _proofs_of(found: Run) -> list[Errand]:
    asked = Errand.objects.filter(kind=entering.PROVE, params={"run": found.name})
    return list(asked.order_by("-pk")[:LAST])


def _last_proofs() -> dict[str, Errand]:
    """By run, the last proof that was done, among the newest."""
    done = Errand.objects.filter(kind=entering.PROVE, state=ErrandState.DONE).order_by("-pk")
    last: dict[str, Errand] = {}
    for one in done[: 10 * A_PAGE]:
        last.setdefault(str(one.params.get("run", "")), one)
    return last


def _is_head(number: str, hash_: str) -> bool:
    whole = number.isascii() and number.isdigit() and len(number) < 19
    return whole and len(hash_) == 64 and set(hash_) <= set("0123456789abcdef")
