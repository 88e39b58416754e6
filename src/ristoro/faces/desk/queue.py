"""The queue of those who asked to be called: take one, call, and say how it went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro import env, wiring
from ristoro.errands import places
from ristoro.faces.desk import doors
from ristoro.faces.desk.doors import at_desk
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.callers import callbacks, calls, finding
from ristoro.fulfilment.callers.models import Callback
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, Problem
from ristoro.notices.genuine import masked
from ristoro.staff.people import Person

DEEPEST = 1000
"""Nobody pages further into a queue than that: it is worked from its head."""


@require_safe
@at_desk
def queue(request: HttpRequest, person: Person) -> HttpResponse:
    """What the agent has taken, and what waits, the one due first before."""
    named = request.GET.get("da", "")
    after = min(int(named), DEEPEST) if named.isascii() and named.isdigit() else 0
    now = clock.now()
    waits = callbacks.queue(now, after, callbacks.MOST_LISTED + 1)
    brands = wiring.brands_of(env.current())

    def shown(one: Callback) -> dict[str, object]:
        brand = brands.get(one.brand)
        return {
            "one": one,
            "brand": brand.name if brand else one.brand,
            "masked": masked(one.address),
            "late": one.due < now,
            "early": one.begins > now,
        }

    about = {
        "mine": [
            {**shown(one), "number": callbacks.shown_number(one.number)}
            for one in callbacks.taken_by(person)
        ],
        "waits": [shown(one) for one in waits[: callbacks.MOST_LISTED]],
        "more": after + callbacks.MOST_LISTED if len(waits) > callbacks.MOST_LISTED else 0,
    }
    return doors.page(request, person, "desk/queue.html", about)


@require_POST
@at_desk
def take(request: HttpRequest, person: Person, callback_id: int) -> HttpResponse:
    """Take a request: its number is shown, and nobody else calls."""
    callbacks.take(person, callback_id, clock.now())
    return _to_queue()


@require_POST
@at_desk
def dial(request: HttpRequest, person: Person, callback_id: int) -> HttpResponse:
    """Begin the call that answers the request. Whoever picks up is not verified by the number."""
    one, now = callbacks.own(person, callback_id), clock.now()
    box = finding.box_of(one.address, places.estates())
    if box is None:
        raise Missing(
            Problem(
                "no-caller",
                "no mailbox of ours has that address any more",
                "no run has it",
                "call, and say that the mailbox is not known",
            )
        )
    call = calls.begin(person, box, now, one.pk)
    doors.begun(request, call)
    return SeeOther(reverse("desk:call", args=[call.pk]))


@require_POST
@at_desk
def done(request: HttpRequest, person: Person, callback_id: int) -> HttpResponse:
    """The holder was spoken with."""
    callbacks.done(person, callback_id, clock.now())
    return _to_queue()


@require_POST
@at_desk
def unanswered(request: HttpRequest, person: Person, callback_id: int) -> HttpResponse:
    """Nobody answered."""
    callbacks.unanswered(person, callback_id, clock.now())
    return _to_queue()


@require_POST
@at_desk
def give_back(request: HttpRequest, person: Person, callback_id: int) -> HttpResponse:
    """Leave it to another."""
    callbacks.give_back(person, callback_id, clock.now())
    return _to_queue()


def _to_queue() -> HttpResponse:
    return SeeOther(reverse("desk:queue"))
