"""What is written into the register: each by POST, dated and journaled, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from ristoro import env, wiring
from ristoro.errands.places import below, estates, outages
from ristoro.errands.registering import COUNT
from ristoro.faces.console.breaches.views import list_page, named, record_page
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, RistoroError, bad_input
from ristoro.outages import versions
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Kind, Risk
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands

LONGEST_KEY = 64


@require_POST
@held_by(Role.OPERATOR)
def open_record(request: HttpRequest, person: Person) -> HttpResponse:
    """Open the record of an outage that was declared without one."""
    now, name = clock.now(), request.POST.get("outage", "")
    try:
        below(outages(), name)
        aware = _instant(request, "aware")
        register.open_record(versions.version(outages(), name), aware, person, now)
    except RistoroError as error:
        return list_page(request, person, error)
    return SeeOther(reverse("console:breach", args=[name]))


@require_POST
@held_by(Role.OPERATOR)
def write(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Add what a person says of one point."""

    def act(words: str, now: datetime) -> None:
        kind = _choice(Kind.values, request, "kind")
        register.write(name, Kind(kind), words, person, now)

    return _act(request, person, name, act)


@require_POST
@held_by(Role.OPERATOR)
def assess(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Say how likely harm to people is, and why."""

    def act(words: str, now: datetime) -> None:
        risk = _choice(Risk.values, request, "risk")
        register.assess(name, Risk(risk), words, person, now)

    return _act(request, person, name, act)


@require_POST
@held_by(Role.APPROVER)
def settle(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Say that the authority was told, when and under which number, or why it is not."""

    def act(words: str, now: datetime) -> None:
        kind = Kind(_choice((Kind.NOTIFIED.value, Kind.NOT_NOTIFIED.value), request, "kind"))
        at = _instant(request, "sent") if kind is Kind.NOTIFIED else now
        register.settle(name, kind, words, at, person, now)

    return _act(request, person, name, act)


@require_POST
@held_by(Role.APPROVER)
def supplement(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Say what more the authority was told, and when."""

    def act(words: str, now: datetime) -> None:
        register.supplement(name, words, _instant(request, "sent"), person, now)

    return _act(request, person, name, act)


@require_POST
@held_by(Role.OPERATOR)
def count(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have the numbers counted from an estate, by another process."""
    record = named(name)
    try:
        snapshot = below(estates(), request.POST.get("snapshot", "")).name
        params = {"outage": name, "snapshot": snapshot}
        key = f"{COUNT} {request.POST.get('key', '')[:LONGEST_KEY]}"
        errand = errands.ask(COUNT, params, person, key, clock.now())
    except RistoroError as error:
        return record_page(request, person, record, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _act(
    request: HttpRequest, person: Person, name: str, act: Callable[[str, datetime], None]
) -> HttpResponse:
    record = named(name)
    words = request.POST.get("words", "").replace("\r\n", "\n")
    try:
        act(words, clock.now())
    except RistoroError as error:
        return record_page(request, person, record, error)
    return SeeOther(reverse("console:breach", args=[name]))


def _choice(known: list[str] | tuple[str, ...], request: HttpRequest, field: str) -> str:
    said = request.POST.get(field, "")
    if said not in known:
        raise bad_input(
            "wrong-value",
            f"{said!r} is none of the list",
            f"it is one of {', '.join(known)}",
            "choose one of them",
            Place("form", field=field),
        )
    return said


def _instant(request: HttpRequest, field: str) -> datetime:
    typed = request.POST.get(field, "")
    try:
        return clock.parse_instant(typed, wiring.zone_of(env.current()))
    except ValueError as error:
        raise bad_input(
            "wrong-time",
            f"{typed!r} is not one instant",
            str(error),
            "write it as 2023-01-23T08:00",
            Place("form", field=field),
        ) from None
