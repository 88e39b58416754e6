"""What people do with a decision: each by POST, through the stage that knows whether they may."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ristoro.errands import decisions as work
from ristoro.errands import entering, places
from ristoro.faces.console.decisions import frozen, pages
from ristoro.faces.console.decisions.frozen import READERS, Place
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.said import lang
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import news, setting_aside
from ristoro.remedies.looking import LOOKERS, look
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.models import Errand

LONGEST_ADDRESS = 254
LONGEST_KEY = 40
LONGEST_NAME = 200
LONGEST_REASON = 500
MOST_DIGITS = 19


@require_POST
@held_by(*LOOKERS)
def mailbox(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Why one mailbox gets what it gets. By POST, for the look is journaled before it is shown."""
    return _look(request, person, frozen.of_digest(digest))


@require_POST
@held_by(*LOOKERS)
def run_mailbox(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The same for a run."""
    return _look(request, person, frozen.of_run(name), "preview")


def _look(request: HttpRequest, person: Person, place: Place, tab: str = "") -> HttpResponse:
    asked = request.POST.get("mailbox", "").strip()[:LONGEST_ADDRESS]
    is_id = asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS
    whom = int(asked) if is_id else asked
    try:
        told = look(place.folder, place.subject, whom, lang(), person, clock.now())
    except RistoroError as error:
        return pages.page(request, person, place, error, tab)
    parts = [{"title": one.lines[0], "lines": one.lines[1:]} for one in told.remedies]
    about = {"person": person, "place": place, "told": told, "parts": parts}
    return render(request, "console/decisions/explanation.html", about)


@require_POST
@held_by(*READERS)
def check(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Have it proved: read whole, decided again, drawn again."""
    return _ask(
        request, person, digest, lambda key: work.ask_check(digest, person, key, clock.now())
    )


@require_POST
@held_by(Role.OPERATOR)
def compare(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Have it held against another policy."""
    other = request.POST.get("policy", "")[:LONGEST_NAME]
    return _ask(
        request,
        person,
        digest,
        lambda key: work.ask_compare(digest, other, person, key, clock.now()),
    )


@require_POST
@held_by(Role.OPERATOR)
def enter(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Have it entered as a run, if need be over a newer estate that is set aside for a reason."""
    despite = request.POST.get("despite", "")[:LONGEST_NAME]
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    return _ask(
        request,
        person,
        digest,
        lambda key: entering.ask_enter(digest, person, key, clock.now(), despite, reason),
    )


@require_POST
@held_by(Role.OPERATOR)
def draw(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have samples and letters written of a run that was decided by the command."""
    place = frozen.of_run(name)
    try:
        errand = work.ask_draw(name, person, _key(request, "draw"), clock.now())
    except RistoroError as error:
        return pages.page(request, person, place, error, "preview")
    return SeeOther(reverse("console:errand", args=[errand.pk]))


@require_POST
@held_by(Role.OPERATOR)
def set_aside(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Say why a newer estate makes no difference to a run."""
    place = frozen.of_run(name)
    if place.run is None:
        raise Http404
    told, _waits = news.at_a_glance(place.folder, places.shelves())
    despite = request.POST.get("despite", "")
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    if told.estate is None or told.estate.digest != despite:
        return SeeOther(reverse("console:run-preview", args=[name]))
    try:
        setting_aside.set_aside(place.run, person, told.estate, reason, clock.now())
    except RistoroError as error:
        return pages.page(request, person, place, error, "preview")
    return SeeOther(reverse("console:run-preview", args=[name]))


def _ask(
    request: HttpRequest, person: Person, digest: str, ask: Callable[[str], Errand]
) -> HttpResponse:
    """Ask for a long work and lead to its page; what stands against it is told on this one."""
    place = frozen.of_digest(digest)
    kind = request.resolver_match.url_name if request.resolver_match else ""
    try:
        errand = ask(_key(request, f"{kind} {digest[:12]}"))
    except RistoroError as error:
        return pages.page(request, person, place, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _key(request: HttpRequest, what: str) -> str:
    return f"{what} {request.POST.get('key', '')[:LONGEST_KEY] or uuid4().hex}"
