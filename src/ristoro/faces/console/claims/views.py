"""The queue, one claim with everything about it, a document of it, and the keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.decorators import csp_update
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.claims import documents, letters, queue, terms, together
from ristoro.claims.models import Claim, ClaimState, Document, Finding
from ristoro.claims.moving import journal
from ristoro.claims.queue import View as Which
from ristoro.faces.console.claims import telling
from ristoro.faces.console.claims.telling import Typed
from ristoro.faces.console.claims.words import VIEWS
from ristoro.faces.entrance import proof
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.problems import shown
from ristoro.journal import names
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

READERS = (Role.EXAMINER, Role.APPROVER, Role.AUDITOR)
"""An examiner decides, an approver agrees, an auditor reads."""

KEYS, LOOKED = "claims-keys", "claims-looked"
MOST_LOOKED = 200
INLINE = (documents.PNG, documents.JPEG)
SAFE = "default-src 'none'; sandbox"

scripted = csp_update({"script-src": ["'self'"]})
Answer = Callable[..., HttpResponse]


def at_desk(*roles: Role) -> Callable[[Answer], Answer]:
    """A view for these roles, in the holders' time, with the desk's keys."""

    def wrap(view: Answer) -> Answer:
        @held_by(*roles)
        @wraps(view)
        def answer(request: HttpRequest, person: Person, **named: Any) -> HttpResponse:
            with timezone.override(clock.zone(settings.HOLDERS_ZONE)):
                return view(request, person, **named)

        return cast(Answer, scripted(answer))

    return wrap


@require_safe
@at_desk(*READERS)
def claims(request: HttpRequest, person: Person) -> HttpResponse:
    """A list of the queue: by the clock, fifty at a time."""
    return list_page(request, person)


def list_page(
    request: HttpRequest, person: Person, error: RistoroError | None = None
) -> HttpResponse:
    """The queue; with what stood against the act just tried."""
    now, house = clock.now(), terms.of_house()
    named = request.GET.get("vista", Which.TO_EXAMINE)
    which = Which(named) if named in set(Which) else Which.TO_EXAMINE
    counted = queue.counts(person, house, now)
    about = {
        "which": which,
        "views": [(one, VIEWS[one], counted.get(one)) for one in Which],
        "page": queue.page(which, person, house, now, request.GET.get("dopo", "")),
        "begins": is_of(person, Role.EXAMINER),
        "decided": request.GET.get("decisa", ""),
        "most": queue.MOST_COUNTED,
    }
    return page(request, person, "list.html", about, error)


@require_safe
@at_desk(*READERS)
def claim(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """One claim: what was claimed beside what is known, and the decision."""
    found = named(number)
    _look(request, person, found)
    return claim_page(request, person, found)


def claim_page(
    request: HttpRequest,
    person: Person,
    found: Claim,
    error: RistoroError | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    """The page of a claim; with what stood against the act just tried, and what was typed."""
    now, house = clock.now(), terms.of_house()
    case = telling.case(found, person, house, now)
    entered = typed or Typed()
    about = {
        "case": case,
        "claim": found,
        "choices": telling.choices(entered),
        "typed": entered,
        "in_kind": bool(house.in_kind),
        "examines": is_of(person, Role.EXAMINER),
        "agrees": is_of(person, Role.EXAMINER, Role.APPROVER),
        "takes_away": is_of(person, Role.EXAMINER, Role.AUDITOR),
        "fresh": proof.is_given(request, person, now, within=FRESH),
        "mine": case.row.taken_by == person.name,
        "own_finding": case.waiting is not None and case.waiting.found_by_id == person.id,
        "together": together.holding(found),
        "letter": None if case.waiting is None else letter_of(found, case.waiting),
        "decided": request.GET.get("decisa", ""),
        "key": secrets.token_urlsafe(12),
    }
    return page(request, person, "claim.html", about, error)


@require_safe
@at_desk(*READERS)
def document(request: HttpRequest, person: Person, number: str, document: int) -> HttpResponse:
    """A document that the holder added: a picture is shown, anything else is saved.

    Whatever it holds can run nothing and reach nothing from here.
    """
    found = named(number)
    row = Document.objects.filter(claim=found, pk=document).first()
    if row is None:
        raise Http404
    try:
        octets = documents.read(row, env.current().home)
    except RistoroError as error:
        return claim_page(request, person, found, error)
    with transaction.atomic():
        data = {"document": row.digest}
        journal(found, names.DOCUMENT_OPENED, person, data, clock.now())
    answer = HttpResponse(octets, content_type=row.kind)
    how = "inline" if row.kind in INLINE else "attachment"
    ending = {documents.PNG: ".png", documents.JPEG: ".jpg", documents.PDF: ".pdf"}
    name = f"{found.number}-{row.pk}{ending.get(row.kind, '.txt')}"
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    answer["Content-Security-Policy"] = SAFE
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@at_desk(*READERS)
def keys(request: HttpRequest, person: Person) -> HttpResponse:
    """What each key does, and the switch that turns single keys off."""
    return page(request, person, "keys.html", {})


def letter_of(found: Claim, finding: Finding) -> letters.Preview | None:
    """The letter that a second person agrees to; ``None`` where no letter can be written here."""
    try:
        return letters.preview(
            found, finding, terms.of_house(), clock.now(), wiring.writer(env.current())
        )
    except RistoroError:
        return None


def named(number: str) -> Claim:
    """The filed claim of that number; 404 where there is none."""
    found = Claim.objects.filter(number=number).exclude(state=ClaimState.DRAFT).first()
    if found is None or not number:
        raise Http404
    return found


def page(
    request: HttpRequest,
    person: Person,
    template: str,
    about: dict[str, Any],
    error: RistoroError | None = None,
) -> HttpResponse:
    """A page of the desk; with what stood against the act just tried."""
    wrong = None if error is None else shown(error)
    framed = {
        "person": person,
        "wrong": wrong,
        "keys": bool(request.session.get(KEYS, True)),
        **about,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, f"console/claims/{template}", framed, status=status)


def _look(request: HttpRequest, person: Person, found: Claim) -> None:
    """Note in the journal that the person opened the claim, once a session; and in a sample."""
    looked = request.session.get(LOOKED, [])
    if found.pk not in looked:
        with transaction.atomic():
            journal(found, names.CLAIM_LOOKED_AT, person, {}, clock.now())
        request.session[LOOKED] = [*looked, found.pk][-MOST_LOOKED:]
    held = together.holding(found)
    if held is not None:
        together.opened(held, found, person)
