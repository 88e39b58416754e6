"""What a caller asks for: that a fault be looked at, or to be called back."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ristoro.faces.desk import call as pages
from ristoro.faces.desk import doors
from ristoro.faces.desk.doors import in_call
from ristoro.fulfilment.callers import callbacks, deeds
from ristoro.fulfilment.callers.callbacks import Wish
from ristoro.fulfilment.callers.models import Call
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.outages.reports.report import LONGEST, Said
from ristoro.staff.people import Person


@require_POST
@in_call
def fault(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Report what fails, in the caller's words; whoever calls need not be verified for it."""
    words = request.POST.get("words", "")[: LONGEST * 2]
    said = Said(request.POST.get("way", ""), _instant(request.POST.get("since", "")), words)
    key, store = key_of(request), pages.store_of(call)
    try:
        deeds.report_fault(call, said, key, store, clock.now())
    except RistoroError as error:
        return pages.refused(request, person, call, error, opened="fault")
    return pages.back(call, call.deeds.filter(key=key).first())


@require_POST
@in_call
def callback(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Put the caller into the queue."""
    named = (request.POST.get(name, "") for name in ("number", "slot", "words"))
    key = key_of(request)
    try:
        callbacks.ask(call, Wish(*named), key, clock.now(), doors.zone())
    except RistoroError as error:
        return pages.refused(request, person, call, error, opened="callback")
    return pages.back(call, call.deeds.filter(key=key).first())


def key_of(request: HttpRequest) -> str:
    """The form's own key; one that is missing or too long is the same for all such forms."""
    key = request.POST.get("key", "")
    return key if 0 < len(key) <= 64 else "none"


def _instant(text: str) -> datetime:
    """The instant of a ``datetime-local`` field; what cannot be read is long ago, and refused."""
    try:
        local = datetime.fromisoformat(text[:16])
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=doors.zone())
    return local.replace(tzinfo=doors.zone())
