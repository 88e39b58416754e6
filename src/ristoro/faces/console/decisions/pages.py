"""The pages that show decisions: all, one as it will be given, its letters, a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro.errands import places
from ristoro.errands.decisions import PROVERS
from ristoro.faces.console.decisions import frozen
from ristoro.faces.console.decisions.frozen import READERS, Place
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.kernel.errors import BadInput, Missing, RistoroError
from ristoro.notices import showing
from ristoro.remedies.comparing import against
from ristoro.remedies.folder import preview
from ristoro.remedies.folder.samples import masked
from ristoro.remedies.looking import LOOKERS
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_LISTED = 50


@require_safe
@held_by(*READERS)
def decisions(request: HttpRequest, person: Person) -> HttpResponse:
    """The last decisions, newest first, each with the run that it became."""
    folders = [one for one in places.decisions().glob("[!.]*") if one.is_dir()]
    folders.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
    listed = []
    for folder in folders[:MOST_LISTED]:
        try:
            listed.append((folder.name, preview.read(folder)))
        except BadInput:
            continue  # being written, or damaged: its own page says what is wrong
    digests = [found.digest for _, found in listed]
    entered = Run.objects.filter(outcomes_digest__in=digests).exclude(state=RunState.CANCELLED)
    runs = {run.outcomes_digest: run for run in entered.order_by("pk")}
    about = {
        "person": person,
        "listed": [
            {"digest": name, "found": found, "run": runs.get(found.digest)}
            for name, found in listed
        ],
        "may_decide": is_of(person, Role.OPERATOR),
    }
    return render(request, "console/decisions/decisions.html", about)


@require_safe
@held_by(*READERS)
def decision(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """What a decision gives, frozen, before anything of it is given."""
    return page(request, person, _of(digest))


@require_safe
@held_by(*Role)
def run_preview(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The same of the decision that a run was entered from, for whoever may see the run."""
    return page(request, person, frozen.of_run(name), tab="preview")


def page(
    request: HttpRequest,
    person: Person,
    place: Place,
    error: RistoroError | None = None,
    tab: str = "",
) -> HttpResponse:
    """The page of a decision, or with ``tab`` its page among those of its run; with what stood
    against the act that was just asked for, if any."""
    wrong = None if error is None else shown(error)
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "key": uuid4().hex,
        "place": place,
        "tab": tab,
    }
    try:
        about |= frozen.about(place, person)
    except BadInput as damaged:
        about["wrong"] = wrong = shown(damaged)
        return render(request, "console/decisions/damaged.html", about, status=wrong.status)
    operator = is_of(person, Role.OPERATOR)
    own = about["record"]["policy_digest"]
    about |= {
        "may_enter": operator and place.run is None,
        "may_compare": operator and bool(place.digest),
        "may_draw": operator and place.run is not None and about["figures"] is None,
        "may_set_aside": operator and place.run is not None,
        "may_prove": is_of(person, *PROVERS) and bool(place.digest),
        "reads": is_of(person, *READERS),
        "may_look": is_of(person, *LOOKERS),
        "others": [one for one in places.shelves().policies_kept() if one.policy.digest != own],
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/decisions/decision.html", about, status=status)


@require_safe
@held_by(*READERS)
def letters(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """A letter of each brand and kind in both languages, with what the lint says of it."""
    place = _of(digest)
    found = preview.read(place.folder)
    about = {
        "person": person,
        "place": place,
        "found": found,
        "letters": showing.read(place.folder, found.digest),
    }
    return render(request, "console/decisions/letters.html", about)


@require_safe
@held_by(*READERS)
def comparison(request: HttpRequest, person: Person, digest: str, name: str) -> HttpResponse:
    """Who gains and who loses by another policy, and by which rule."""
    place = _of(digest)
    try:
        found = against.read(place.folder, name)
    except Missing as error:
        raise Http404 from error
    knows = frozen.knows_whose(person)
    groups = [
        {
            "group": group,
            "samples": [
                (one, one.address if knows else masked(one.address)) for one in group.samples
            ],
        }
        for group in against.together(found)
    ]
    about = {"person": person, "place": place, "diff": found, "groups": groups}
    return render(request, "console/decisions/comparison.html", about)


def _of(digest: str) -> Place:
    try:
        return frozen.of_digest(digest)
    except BadInput:
        return Place(Path(places.decisions()) / digest, digest, None)
