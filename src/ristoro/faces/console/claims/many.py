"""Decisions for claims of identical facts: groups, a sample, one verdict, a second person."""

from __future__ import annotations

import random
import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro.claims import queue, terms, together
from ristoro.claims.models import Together, TogetherState
from ristoro.claims.reasons import Outcome
from ristoro.faces.console.claims import telling
from ristoro.faces.console.claims.telling import Typed
from ristoro.faces.console.claims.views import READERS, at_desk, letter_of, page
from ristoro.faces.entrance import browser, proof
from ristoro.faces.entrance.doors import is_of
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_KEY = 64


@require_safe
@at_desk(*READERS)
def groups(request: HttpRequest, person: Person) -> HttpResponse:
    """The groups of identical claims, and what is prepared of them."""
    return _groups(request, person)


@require_POST
@at_desk(Role.EXAMINER)
def prepare(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a group together and draw its sample."""
    key = request.POST.get("key", "")[:LONGEST_KEY] or secrets.token_urlsafe(12)
    try:
        facts = request.POST.get("facts", "")
        made = together.prepare(facts, key, person, clock.now(), random.SystemRandom())
    except RistoroError as error:
        return _groups(request, person, error)
    return _to(made)


@require_safe
@at_desk(*READERS)
def one(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One decision for many: its claims, the sample, and what is left to do."""
    return _page(request, person, _named(number))


@require_POST
@at_desk(Role.EXAMINER)
def ask(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Write the verdict for all, once the sample was opened."""
    found = _named(number)
    codes = {one.value: request.POST.getlist(f"reason-{one.value}") for one in Outcome}
    typed = telling.typed_of(request.POST, codes)
    try:
        verdict = telling.verdict_of(together.claims_of(found)[0], typed)
        together.ask(found, person, verdict, clock.now())
    except RistoroError as error:
        found.refresh_from_db()
        return _page(request, person, found, error, typed)
    return _to(found)


@require_POST
@at_desk(Role.EXAMINER, Role.APPROVER)
def release(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """A second person retypes how many there are, with a fresh proof of who they are."""
    found, now = _named(number), clock.now()
    if not proof.is_given(request, person, now, within=FRESH):
        return proof.ask(reverse("console:together-one", args=[number]))
    try:
        retyped = request.POST.get("count", "")
        together.release(found, person, retyped, terms.of_house(), now, browser.of(request))
    except RistoroError as error:
        found.refresh_from_db()
        return _page(request, person, found, error)
    return _to(found)


@require_POST
@at_desk(Role.EXAMINER, Role.APPROVER)
def drop(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Decide each alone instead."""
    together.drop(_named(number), person, clock.now())
    return SeeOther(reverse("console:together"))


def _groups(
    request: HttpRequest, person: Person, error: RistoroError | None = None
) -> HttpResponse:
    about = {
        "groups": together.groups(),
        "open": together.open_ones(),
        "examines": is_of(person, Role.EXAMINER),
        "key": secrets.token_urlsafe(12),
    }
    return page(request, person, "groups.html", about, error)


def _page(
    request: HttpRequest,
    person: Person,
    found: Together,
    error: RistoroError | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    now, house = clock.now(), terms.of_house()
    claims = together.claims_of(found)
    mine = found.made_by_id == person.id
    prepared = found.state == TogetherState.PREPARED
    entered = typed or Typed()
    about = {
        "together": found,
        "claim": claims[0],
        "count": len(claims),
        "rows": queue.rows(claims, house, now),
        "sample": set(found.sample),
        "opened": set(found.opened),
        "left": len(set(found.sample) - set(found.opened)),
        "choices": telling.choices(entered),
        "typed": entered,
        "prepared": prepared,
        "asks": prepared and mine and is_of(person, Role.EXAMINER),
        "releases": prepared
        and not mine
        and found.asked_at is not None
        and is_of(person, Role.EXAMINER, Role.APPROVER),
        "drops": prepared and is_of(person, Role.EXAMINER, Role.APPROVER),
        "letter": letter_of(claims[0], telling.unsaved(claims[0], together.verdict_of(found)))
        if found.asked_at
        else None,
        "fresh": proof.is_given(request, person, now, within=FRESH),
        "figures": telling.figures(claims[0], together.verdict_of(found), house)
        if found.asked_at
        else None,
    }
    return page(request, person, "together.html", about, error)


def _named(number: int) -> Together:
    found = Together.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _to(found: Together) -> HttpResponse:
    return SeeOther(reverse("console:together-one", args=[found.pk]))
