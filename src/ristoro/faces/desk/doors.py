"""The desk's way in: an agent, and for most pages the call that the agent is in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import Shown, shown
from ristoro.fulfilment.callers import callbacks, calls
from ristoro.fulfilment.callers.models import Call
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

View = Callable[..., HttpResponse]
_CALL, _KEYS = "desk-call", "desk-keys"

scripted = csp_update({"script-src": ["'self'"]})


def zone() -> ZoneInfo:
    """The zone in which the desk says times."""
    return clock.zone(settings.HOLDERS_ZONE)


def at_desk(view: View) -> View:
    """A view for agents, and for nobody else; what stands against it is said on the first page."""

    @held_by(Role.AGENT)
    @wraps(view)
    def answer(request: HttpRequest, person: Person, **named: Any) -> HttpResponse:
        with timezone.override(zone()):
            try:
                return view(request, person, **named)
            except RistoroError as error:
                return home(request, person, shown(error))

    return cast(View, scripted(answer))


def in_call(view: View) -> View:
    """A view within the agent's own call, begun in this very session; called with the call.

    A call that has ended, or is another's, is refused with 409 on the first page.
    """

    @wraps(view)
    def answer(request: HttpRequest, person: Person, call_id: int, **named: Any) -> HttpResponse:
        begun_here = request.session.get(_CALL) == call_id
        call = calls.own(person, call_id if begun_here else 0, clock.now())
        return view(request, person, call, **named)

    return at_desk(answer)


def begun(request: HttpRequest, call: Call) -> None:
    """Have this session be the one that the call is seen in."""
    request.session[_CALL] = call.pk


def present(request: HttpRequest, person: Person) -> Call | None:
    """The call that is going on in this session."""
    call = calls.present(person, clock.now())
    return call if call is not None and request.session.get(_CALL) == call.pk else None


def has_keys(request: HttpRequest) -> bool:
    """Whether single keys do something in this session."""
    return bool(request.session.get(_KEYS, True))


def switch_keys(request: HttpRequest, on: bool) -> None:
    request.session[_KEYS] = on


def page(
    request: HttpRequest, person: Person, template: str, about: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the desk; ``wrong`` in ``about`` is what stood against the act just tried."""
    wrong = about.get("wrong")
    framed = {
        "person": person,
        "keys": has_keys(request),
        "waiting": callbacks.waiting(clock.now()),
        **about,
    }
    return render(request, template, framed, status=wrong.status if wrong else status)


def home(
    request: HttpRequest, person: Person, wrong: Shown | None = None, **about: Any
) -> HttpResponse:
    """The first page: whose mailbox it is, by the whole address."""
    told = {"wrong": wrong, "present": present(request, person), **about}
    return page(request, person, "desk/home.html", told)
