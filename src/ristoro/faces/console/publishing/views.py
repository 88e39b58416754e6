"""The page of facts before it is public: drawn up, read in both languages, published once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from ristoro.errands.publishing import LETTERS
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.facts import page
from ristoro.faces.problems import shown
from ristoro.faces.said import lang
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.notices import specimens
from ristoro.notices.facts import LANGUAGES
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands

LONGEST_KEY, LONGEST_DIGEST = 64, 64


@require_http_methods(["GET", "HEAD"])
@held_by(*Role)
def publication(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """What becomes public, word for word, or what is still to be done before it can."""
    return _page(request, person, _named(name))


@require_http_methods(["POST"])
@held_by(Role.OPERATOR)
def draw_up(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have the letters drawn up, by another process."""
    run = _named(name)
    key = f"{LETTERS} {request.POST.get('key', '')[:LONGEST_KEY]}"
    try:
        errand = errands.ask(LETTERS, {"run": run.name}, person, key, clock.now())
    except RistoroError as error:
        return _page(request, person, run, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


@require_http_methods(["POST"])
@held_by(Role.OPERATOR)
def publish(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Publish what was read."""
    run = _named(name)
    try:
        digest = request.POST.get("digest", "")[:LONGEST_DIGEST]
        specimens.publish(run, digest, person, clock.now())
    except RistoroError as error:
        return _page(request, person, run, error)
    return SeeOther(reverse("console:publication", args=[name]))


def _page(
    request: HttpRequest, person: Person, run: Run, error: RistoroError | None = None
) -> HttpResponse:
    wording = specimens.of_run(run)
    asked = request.GET.get("lingua", "")
    chosen = asked if asked in LANGUAGES else lang()
    about: dict[str, Any] = {
        "person": person,
        "run": run,
        "wording": wording,
        "writes": is_of(person, Role.OPERATOR),
        "approved": run.state not in (RunState.LOADING, RunState.LOADED),
        "cancelled": run.state == RunState.CANCELLED,
        "key": uuid4(),
        "shown_lang": chosen,
    }
    if wording is not None and run.published_at is None and not about["cancelled"]:
        try:
            about["facts"] = _facts(request, run, chosen)
            about["letters"] = [one for one in specimens.read(wording) if one.locale == chosen]
        except RistoroError as found:
            error = error or found
    about["wrong"] = wrong = None if error is None else shown(error)
    status = 200 if wrong is None else wrong.status
    return render(request, "console/publishing/publication.html", about, status=status)


def _facts(request: HttpRequest, run: Run, chosen: str) -> str:
    """The facts as the public page has them, in one language."""
    with override(chosen):
        about = page.about(page.page_of(run, clock.now()))
        return render_to_string("status/facts.html", about, request)


def _named(name: str) -> Run:
    found = Run.objects.filter(name=name).first()
    if found is None:
        raise Http404
    return found
