"""One form on which a decision is asked for: an estate, an outage, a policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ristoro import env, wiring
from ristoro.errands import decisions as work
from ristoro.errands import places
from ristoro.errands.estates import instant_of
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError, bad_input
from ristoro.outages.outage import Outage
from ristoro.remedies.shelves import Kept
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_SNAPSHOTS = 50
LONGEST_KEY, LONGEST_NAME = 40, 200
FIELDS = ("snapshot", "outage", "policy", "until")


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(Role.OPERATOR)
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Choose and ask; by GET the same names choose beforehand, for links of other pages."""
    if request.method != "POST":
        return _page(request, person, request.GET)
    key = f"decide {request.POST.get('key', '')[:LONGEST_KEY] or uuid4().hex}"
    try:
        errand = work.ask_decide(_choice(request.POST), person, key, clock.now())
    except RistoroError as error:
        return _page(request, person, request.POST, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _choice(form: Any) -> work.Choice:
    outage, slash, version = form.get("outage", "").rpartition("/")
    if not (form.get("snapshot") and slash and form.get("policy")):
        raise bad_input(
            "choice-missing",
            "an estate, an outage and a policy are chosen",
            "a decision is of these three",
            "choose one of each",
        )
    number = int(version) if version.isascii() and version.isdigit() else 0
    return work.Choice(form["snapshot"], outage, number, form["policy"], _until(form))


def _until(form: Any) -> datetime | None:
    text = form.get("until", "").strip()
    return instant_of(text, wiring.zone_of(env.current()).key) if text else None


def _page(
    request: HttpRequest, person: Person, form: Any, error: RistoroError | None = None
) -> HttpResponse:
    shelves = places.shelves()
    wrong = None if error is None else shown(error)
    outages, policies = shelves.outage_versions(), shelves.policies_kept()
    about = {
        "person": person,
        "wrong": wrong,
        "key": uuid4().hex,
        "snapshots": shelves.snapshots()[:MOST_SNAPSHOTS],
        "outages": [(f"{one.name}/{one.version}", one) for one in outages],
        "still_going": any(one.end is None for one in outages),
        "policies": policies,
        "chosen": _chosen(form, outages, policies),
        "zone": wiring.zone_of(env.current()).key,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/decisions/new.html", about, status=status)


def _chosen(form: Any, outages: Sequence[Outage], policies: Sequence[Kept]) -> dict[str, str]:
    """What is chosen already: what was sent, or of an outage or a policy by name its newest."""
    chosen = {name: form.get(name, "")[:LONGEST_NAME] for name in FIELDS}
    newest = {one.name: f"{one.name}/{one.version}" for one in reversed(outages)}
    files = {one.policy.name: one.file for one in reversed(policies)}
    chosen["outage"] = newest.get(chosen["outage"], chosen["outage"])
    chosen["policy"] = files.get(chosen["policy"], chosen["policy"])
    return chosen
