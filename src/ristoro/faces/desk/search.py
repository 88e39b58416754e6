"""Finding a caller's mailbox, and telling whether a letter's code is ours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro import env
from ristoro.errands import places
from ristoro.faces.desk import doors
from ristoro.faces.desk.doors import at_desk
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.callers import calls, finding
from ristoro.kernel import clock
from ristoro.notices import genuine
from ristoro.notices.genuine import Verdict
from ristoro.staff.people import Person

CODE_SECRET = "RISTORO_NOTICE_SECRET"  # noqa: S105 - the secret's name, not the secret


@require_safe
@at_desk
def desk(request: HttpRequest, person: Person) -> HttpResponse:
    """Where every call begins."""
    return doors.home(request, person)


@require_POST
@at_desk
def find(request: HttpRequest, person: Person) -> HttpResponse:
    """Begin a call about the mailbox with exactly that address."""
    now = clock.now()
    box = finding.search(person, request.POST.get("address", ""), now, places.estates())
    call = calls.begin(person, box, now)
    doors.begun(request, call)
    return SeeOther(reverse("desk:call", args=[call.pk]))


@require_POST
@at_desk
def check(request: HttpRequest, person: Person) -> HttpResponse:
    """Whether a code belongs to a letter in the mailbox with that address, as anybody may ask."""
    address = request.POST.get("address", "")[: genuine.LONGEST]
    found = verdict(request.POST.get("code", ""), address)
    return doors.home(request, person, found=found, checked=address)


def verdict(typed: str, address: str) -> Verdict:
    """What is known of a code that the caller reads out."""
    secret = env.current().secret(CODE_SECRET).encode()
    return genuine.verdict(secret, typed[: genuine.LONGEST], address)


@require_safe
@at_desk
def keys(request: HttpRequest, person: Person) -> HttpResponse:
    """What each key does, and the switch."""
    return doors.page(request, person, "desk/keys.html", {})


@require_POST
@at_desk
def switch(request: HttpRequest, person: Person) -> HttpResponse:
    """Switch single keys on or off, for this session."""
    doors.switch_keys(request, "on" in request.POST)
    return SeeOther(reverse("desk:keys"))
