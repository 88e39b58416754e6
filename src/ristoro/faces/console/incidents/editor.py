"""Writing: a draft in both languages, kept between visits, reviewed as it will read, published."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.errands.places import outages
from ristoro.faces.console.incidents import form, suggested
from ristoro.faces.console.incidents.form import Form, site_for_staff
from ristoro.faces.console.incidents.views import incident_page, named
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import Shown, shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, RistoroError
from ristoro.outages.incidents import drafts
from ristoro.outages.incidents.models import Draft, Incident
from ristoro.outages.incidents.states import Kind, Phase
from ristoro.staff.models import Role
from ristoro.staff.people import Person

scripted = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
"""For pages whose module shows and keeps what is typed."""

PLANNED = "lavori"


@require_http_methods(["GET", "HEAD", "POST"])
@scripted
@held_by(Role.OPERATOR)
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """A new incident, or planned work with ``?tipo=lavori``; ``?disservizio=`` names its outage."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = Kind.MAINTENANCE if asked.get("tipo") == PLANNED else Kind.INCIDENT
    if request.method == "POST":
        return _begun(request, person, kind, None)
    outage = request.GET.get("disservizio", "")
    blank = form.blank(kind, None, outage if outage in _outages() else "", site_for_staff())
    return _editor(request, person, blank)


@require_http_methods(["GET", "HEAD", "POST"])
@scripted
@held_by(Role.OPERATOR)
def following(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """The next update of an incident; on to its draft, where there is one."""
    incident = named(slug)
    if request.method == "POST":
        return _begun(request, person, Kind(incident.kind), incident)
    draft = drafts.of_incident(incident)
    if draft is not None:
        return SeeOther(reverse("console:incident-draft", args=[draft.pk]))
    blank = form.blank(Kind(incident.kind), incident, "", site_for_staff())
    return _editor(request, person, blank)


@require_http_methods(["GET", "HEAD", "POST"])
@scripted
@held_by(Role.OPERATOR)
def draft(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """A draft: shown as it was kept; saved, added to or reviewed by POST."""
    try:
        found = drafts.open_draft(number)
        if request.method == "POST":
            found = _saved(request, person, found)
    except RistoroError as error:
        return _refused(request, person, number, error)
    if request.method == "POST":
        return _after(request, person, found)
    return _editor(request, person, form.of_draft(found, site_for_staff()))


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(Role.OPERATOR)
def publish(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Exactly what becomes public, in both languages; by POST it does."""
    site = site_for_staff()
    try:
        if request.method == "POST":
            version = _number(request.POST.get("version", ""))
            made = drafts.publish(number, version, site.codes, site.zone, person, clock.now())
            return SeeOther(reverse("console:incident", args=[made.slug]))
        found = drafts.open_draft(number)
        wrong = drafts.written(found, site.codes, site.zone, clock.now()).wrong
        if wrong:
            raise BadInput(*wrong)
    except BadInput as error:
        found = drafts.open_draft(number)
        return _editor(request, person, form.of_draft(found, site, error.problems), 422)
    except RistoroError as error:
        return _refused(request, person, number, error)
    asked, now = form.of_draft(found, site), clock.now()
    about = {
        "person": person,
        "form": asked,
        "previews": asked.previews(now),
        "changes": asked.changes(now),
    }
    return render(request, "console/incidents/publish.html", about)


@require_POST
@held_by(Role.OPERATOR)
def drop(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Forget a draft."""
    drafts.drop(number, person)
    return SeeOther(reverse("console:incidents"))


def _begun(
    request: HttpRequest, person: Person, kind: Kind, incident: Incident | None
) -> HttpResponse:
    typed = _added(request, form.posted(request.POST, site_for_staff()))
    try:
        begun = drafts.begin(kind, incident, typed, person, clock.now())
        if begun.fields != typed:
            # There was one already: what was typed here is kept as its newest version.
            begun = drafts.save(begun.pk, begun.version, typed, person, clock.now())
    except RistoroError as error:
        if incident is not None:
            return incident_page(request, person, incident, error)
        return _refused(request, person, 0, error)
    return _after(request, person, begun)


def _saved(request: HttpRequest, person: Person, found: Draft) -> Draft:
    typed = _added(request, form.posted(request.POST, site_for_staff()))
    version = _number(request.POST.get("version", ""))
    return drafts.save(found.pk, version, typed, person, clock.now())


def _added(request: HttpRequest, typed: dict[str, str]) -> dict[str, str]:
    """What was typed, with the sentence that was asked for, if one was."""
    phase, _, number = request.POST.get("sentence", "").partition("/")
    if phase in set(Phase) and number.isascii() and number.isdigit():
        return suggested.added(typed, Phase(phase), int(number[:3]))
    return typed


def _after(request: HttpRequest, person: Person, kept: Draft) -> HttpResponse:
    """On to where the pressed button leads; to a script, what was kept and how it reads."""
    here, site = reverse("console:incident-draft", args=[kept.pk]), site_for_staff()
    if request.headers.get("Accept") == "application/json":
        about = {"previews": form.of_draft(kept, site).previews(clock.now())}
        preview = render_to_string("console/incidents/preview.html", about, request)
        return JsonResponse({"version": kept.version, "to": here, "preview": preview})
    if "review" not in request.POST:
        return SeeOther(here)
    wrong = drafts.written(kept, site.codes, site.zone, clock.now()).wrong
    if wrong:
        return _editor(request, person, form.of_draft(kept, site, wrong), 422)
    return SeeOther(reverse("console:incident-publish", args=[kept.pk]))


def _editor(
    request: HttpRequest,
    person: Person,
    asked: Form,
    status: int = 200,
    wrong: Shown | None = None,
) -> HttpResponse:
    about: dict[str, Any] = {
        "person": person,
        "form": asked,
        "wrong": wrong,
        "previews": asked.previews(clock.now()),
        "outages": _outages(),
        "planned": asked.kind is Kind.MAINTENANCE,
        "PLANNED": PLANNED,
    }
    return render(request, "console/incidents/editor.html", about, status=status)


def _refused(
    request: HttpRequest, person: Person, number: int, error: RistoroError
) -> HttpResponse:
    """What stood against it; where a draft was changed meanwhile, what was typed is shown too."""
    told = shown(error)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"wrong": told.sentence}, status=told.status)
    typed = form.posted(request.POST, site_for_staff())
    about = {
        "person": person,
        "wrong": told,
        "draft": Draft.objects.filter(pk=number, published=None).first(),
        "typed": sorted(typed.items()),
    }
    return render(request, "console/incidents/refused.html", about, status=told.status)


def _outages() -> list[str]:
    """The names of the declared outages."""
    folder = outages()
    return sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
