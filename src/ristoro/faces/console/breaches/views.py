"""The register as a list with its clocks, one record, and the record as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.errands.places import estates, outages
from ristoro.estate.snapshot import open_snapshot
from ristoro.faces.console.breaches import telling
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, RistoroError
from ristoro.outages.breaches import paper
from ristoro.outages.breaches.models import Kind, Record, Risk, Standing
from ristoro.outages.breaches.register import BY_HAND, LONGEST
from ristoro.staff.models import Role
from ristoro.staff.people import Person

READERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
"""An operator writes, an approver settles, an auditor reads."""

MOST_LISTED = 100
MOST_ESTATES = 20


@require_safe
@held_by(*READERS)
def breaches(request: HttpRequest, person: Person) -> HttpResponse:
    """Every record, those to be decided first, with the time that is left."""
    return list_page(request, person)


def list_page(
    request: HttpRequest, person: Person, error: RistoroError | None = None
) -> HttpResponse:
    """The list; with what stood against opening a record, if anything."""
    zone, now = wiring.zone_of(env.current()), clock.now()
    every = Record.objects.order_by("-aware_at", "-pk").prefetch_related("entries")
    listed = list(every.filter(standing=Standing.DRAFT).order_by("due_at"))
    listed += every.exclude(standing=Standing.DRAFT)[:MOST_LISTED]
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "wrong": wrong,
        "records": [
            (one, telling.title_of(one), telling.clock_of(one, now, zone)) for one in listed
        ],
        "unrecorded": _unrecorded() if is_of(person, Role.OPERATOR) else [],
        "now": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}",
        "zone": zone.key,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/breaches/breaches.html", about, status=status)


@require_safe
@held_by(*READERS)
def breach(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One record: the clock, what is known, what lacks, every entry, and what can be written."""
    return record_page(request, person, named(name))


def record_page(
    request: HttpRequest, person: Person, record: Record, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a record; with what stood against what was just asked for, if anything."""
    zone, now = wiring.zone_of(env.current()), clock.now()
    wrong = None if error is None else shown(error)
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "record": record,
        "title": telling.title_of(record),
        "clock": telling.clock_of(record, now, zone),
        "aware": record.aware_at.astimezone(zone),
        "known": telling.known(record, zone),
        "lacking": telling.lacking(record),
        "entries": telling.written(record, zone),
        "writes": is_of(person, Role.OPERATOR),
        "settles": is_of(person, Role.APPROVER),
        "kinds": BY_HAND,
        "risks": Risk,
        "NOTIFIED": Kind.NOTIFIED,
        "NOT_NOTIFIED": Kind.NOT_NOTIFIED,
        "estates": _estates() if is_of(person, Role.OPERATOR) else [],
        "typed": request.POST,
        "now": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}",
        "zone": zone.key,
        "longest": LONGEST,
        "key": uuid4(),
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/breaches/breach.html", about, status=status)


@require_safe
@held_by(*READERS)
def as_text(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The record on paper, in Italian, as an authority asks for it."""
    del request, person
    here = env.current()
    contact = here.text(paper.CONTACT, "")
    text = paper.as_text(named(name), clock.now(), wiring.zone_of(here), contact)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return answer


@require_safe
@held_by(*READERS)
def as_json(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """All of the record for machines."""
    del request, person
    spelling = {"ensure_ascii": False, "indent": 1}
    answer = JsonResponse(paper.as_data(named(name)), json_dumps_params=spelling)
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def named(name: str) -> Record:
    """The record of that outage, or 404."""
    found = Record.objects.filter(outage=name).prefetch_related("entries").first()
    if found is None:
        raise Http404
    return found


def _unrecorded() -> list[str]:
    """Declared outages without a record."""
    folder = outages()
    there = {one.name for one in folder.iterdir() if one.is_dir()} if folder.is_dir() else set()
    return sorted(there - set(Record.objects.values_list("outage", flat=True)))


def _estates() -> list[tuple[str, str]]:
    """The newest snapshots: their names, and the instant that each is of."""
    folder = estates()
    files = sorted(folder.glob("*.parquet"), key=_age) if folder.is_dir() else []
    found = []
    for one in files[:MOST_ESTATES]:
        try:
            found.append((one.name, f"{open_snapshot(one).as_of:%Y-%m-%d %H:%M} UTC"))
        except BadInput:
            continue
    return found


def _age(path: Path) -> float:
    return -path.stat().st_mtime
