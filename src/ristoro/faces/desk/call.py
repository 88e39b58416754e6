"""One call: before the caller is verified a mask, and afterwards the whole mailbox but its mail."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro import env, wiring
from ristoro.errands import places
from ristoro.faces.components import COMPONENTS as NAMES
from ristoro.faces.desk import doors, screen, telling
from ristoro.faces.desk.doors import in_call
from ristoro.faces.desk.search import verdict
from ristoro.faces.problems import Shown, shown
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.callers import callbacks, calls, finding, verifying
from ristoro.fulfilment.callers.means import Means
from ristoro.fulfilment.callers.models import Call, Callback, Deed
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem, RistoroError
from ristoro.notices.genuine import masked
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.reports.report import LONGEST
from ristoro.staff.people import Person


@require_safe
@in_call
def call(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """The call as it stands."""
    return call_page(request, person, call)


def call_page(
    request: HttpRequest, person: Person, call: Call, wrong: Shown | None = None, **about: Any
) -> HttpResponse:
    """The page of a call; with what stood against the act just tried, and what was typed."""
    now = clock.now()
    seen = calls.is_verified(call, now)
    if seen:
        calls.look(call, now)
    told = {
        "wrong": wrong,
        **bar(call, seen),
        "reasons": telling.REASONS,
        "key": secrets.token_urlsafe(12),
        "components": [(way, NAMES[way]) for way in COMPONENTS],
        "since": now.astimezone(doors.zone()).strftime("%Y-%m-%dT%H:%M"),
        "longest": LONGEST,
        "slots": callbacks.slots(now, doors.zone()),
        "deeds": [*call.deeds.all()],
        "recorded": telling.recorded(call, _last(request, call)),
        **about,
    }
    if seen:
        told |= screen.of(call, now)
        return doors.page(request, person, "desk/mailbox.html", told)
    told |= {
        "until": call.code_at + verifying.GOOD_FOR if call.code_at and call.nonce else None,
        "tries": verifying.MOST_TRIES - call.tries,
        "means": means_of(call),
        "suggested": telling.before(call),
    }
    return doors.page(request, person, "desk/caller.html", told)


def bar(call: Call, seen: bool) -> dict[str, Any]:
    """What stands above every page of a call."""
    brand = wiring.brands_of(env.current()).get(call.brand)
    return {
        "call": call,
        "ends_at": calls.ends_at(call),
        "named": call.address if seen else masked(call.address),
        "brand": brand,
        "callback": Callback.objects.filter(pk=call.callback_id or 0).first(),
    }


def refused(
    request: HttpRequest, person: Person, call: Call, error: RistoroError, **about: Any
) -> HttpResponse:
    """The page of the call with what stood against the act; what was typed stays."""
    call.refresh_from_db()
    typed = {name: str(value) for name, value in request.POST.items()}
    return call_page(request, person, call, shown(error), typed=typed, **about)


def back(call: Call, deed: Deed | None = None) -> HttpResponse:
    """To the call again; with what is to be said of a deed."""
    there = reverse("desk:call", args=[call.pk])
    return SeeOther(there if deed is None else f"{there}?fatto={deed.pk}")


def means_of(call: Call) -> tuple[Means, ...]:
    """The brand's other means to verify its callers."""
    return wiring.means_of(env.current()).get(call.brand, ())


@require_POST
@in_call
def ask(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Put a code into the webmail of the mailbox."""
    try:
        verifying.ask(person, call.pk, clock.now())
    except RistoroError as error:
        return refused(request, person, call, error)
    return back(call)


@require_POST
@in_call
def verify(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Compare what the caller read out."""
    typed = request.POST.get("code", "")[:20]
    try:
        verifying.verify(person, call.pk, typed, settings.SECRET_KEY.encode(), clock.now())
    except RistoroError as error:
        return refused(request, person, call, error)
    return back(call)


@require_POST
@in_call
def verify_otherwise(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Say by which of the brand's means the caller was verified."""
    named = request.POST.get("means", "")
    means = next((one for one in means_of(call) if one.code == named), None)
    try:
        if means is None:
            raise _no_means(named)
        reference = request.POST.get("reference", "")
        verifying.verify_otherwise(person, call.pk, means, reference, clock.now())
    except RistoroError as error:
        return refused(request, person, call, error)
    return back(call)


@require_POST
@in_call
def check(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """Whether the code that the caller reads is of a letter to this mailbox."""
    found = verdict(request.POST.get("code", ""), call.address)
    return call_page(request, person, call, found=found)


@require_POST
@in_call
def end(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """End the call, and be ready for the next."""
    calls.end(person, call.pk, request.POST.get("about", ""), clock.now())
    return SeeOther(reverse("desk:desk"))


def store_of(call: Call) -> str:
    """The store of the mailbox, for a report; empty where no run has it any more."""
    box = finding.box_of(call.address, places.estates())
    return "" if box is None else box.store


def _last(request: HttpRequest, call: Call) -> Deed | None:
    number = request.GET.get("fatto", "")
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    return call.deeds.filter(pk=asked).first()


def _no_means(named: str) -> Missing:
    return Missing(
        Problem(
            "means-unknown",
            f"{named!r} is no means of this brand",
            "a caller is verified only as the brand has laid down",
            "choose one of those on the page",
        )
    )
