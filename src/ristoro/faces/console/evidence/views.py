"""The pages of evidence: what was imported, one import, and an outage beside the logs.

They show files, counts and mailboxes by number: nobody's address, and no correspondent.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import pyarrow.parquet as pq
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from ristoro.claims.evidence.comparing import key_of, read_comparison, read_gaps
from ristoro.claims.evidence.gaps import gaps
from ristoro.edges.mail_logs.folder import Folder, open_folder
from ristoro.errands import evidence as work
from ristoro.errands import places
from ristoro.faces.console.evidence import showing
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, RistoroError, bad_input
from ristoro.outages import versions
from ristoro.outages.outage import Outage
from ristoro.outages.timeline import ranges
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LOOKERS = (Role.OPERATOR, Role.EXAMINER, Role.AUDITOR)
MOST_LISTED = 50
MOST_UNKNOWN = 40
ZONES = tuple(sorted(zone for zone in available_timezones() if zone.startswith("Europe/")))


@require_safe
@held_by(*LOOKERS)
def evidence(request: HttpRequest, person: Person) -> HttpResponse:
    """Every import, and the outages to hold against them."""
    return _list(request, person)


def _list(request: HttpRequest, person: Person, error: RistoroError | None = None) -> HttpResponse:
    wrong = None if error is None else shown(error)
    folders = work.imports()
    about = {
        "person": person,
        "wrong": wrong,
        "folders": folders[::-1][:MOST_LISTED],
        "outages": versions.names(places.outages())[:MOST_LISTED],
        "may_act": is_of(person, Role.OPERATOR),
        "key": uuid4().hex,
        "zones": (settings.HOLDERS_ZONE, "UTC", *ZONES),
        "log_folders": work.log_folders(),
        "given": {} if wrong is None or wrong.status == 413 else request.POST,
    }
    return render(
        request, "console/evidence/evidence.html", about, status=wrong.status if wrong else 200
    )


@csrf_exempt
@require_POST
@held_by(Role.OPERATOR)
def send(request: HttpRequest, person: Person) -> HttpResponse:
    """Take logs and have them imported. The form is read after who sends it is known."""
    length = request.headers.get("Content-Length", "")
    if not length.isdigit() or int(length) > work.MOST_BYTES:
        error = bad_input(
            "too-much-sent",
            f"{length or 'an unknown number of'} octets are sent",
            f"one form may send {work.MOST_BYTES}",
            "name the log by its path, or import it by `ristoro evidence import`",
        )
        return _list(request, person, error)
    return _sent(request, person)


@csrf_protect
def _sent(request: HttpRequest, person: Person) -> HttpResponse:
    key = _key(request)
    try:
        folder = work.receive(request.FILES.getlist("files"), person, key, clock.now())
        return _asked(request, person, key, sent=folder)
    except RistoroError as error:
        return _list(request, person, error)


@require_POST
@held_by(Role.OPERATOR)
def read(request: HttpRequest, person: Person) -> HttpResponse:
    """Have logs imported that lie on this machine."""
    try:
        path = request.POST.get("path", "").strip()[:1000]
        return _asked(request, person, _key(request), path=path)
    except RistoroError as error:
        return _list(request, person, error)


def _asked(
    request: HttpRequest, person: Person, key: str, sent: str = "", path: str = ""
) -> HttpResponse:
    form = request.POST
    wanted = work.Wanted(
        sent=sent,
        path=path,
        year=form.get("year", "").strip()[:10],
        zone=form.get("zone", "")[:60],
        host=form.get("host", "").strip()[:254],
    )
    errand = work.ask(wanted, person, f"logs {key}", clock.now())
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _key(request: HttpRequest) -> str:
    given = "".join(one for one in request.POST.get("key", "") if one.isalnum())
    return given[:40] or uuid4().hex


@require_safe
@held_by(*LOOKERS)
def imported(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """One import: its files with their digests, what they told, and what was not understood."""
    try:
        folder = open_folder(places.home() / "evidence" / digest)
    except Missing as error:
        raise Http404 from error
    about = {
        "person": person,
        "folder": folder,
        "tables": _tables(folder),
        "unknown": _unknown(folder),
        "sources": folder.sources[:MOST_LISTED],
        "more": len(folder.sources) - MOST_LISTED,
    }
    return render(request, "console/evidence/imported.html", about)


def _tables(folder: Folder) -> dict[str, Any]:
    counts = folder.counts
    return {
        "messages": sorted(counts.get("histories", {}).items()),
        "sign_ins": sorted(counts.get("sign_ins", {}).items()),
        "edges": sorted(counts.get("edges", {}).items()),
        "deposits": folder.tables["deposits"].rows,
        "doors": folder.tables["doors"].rows,
    }


def _unknown(folder: Folder) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder.table("unknown")).to_pylist()
    return sorted(rows, key=lambda row: (-row["lines"], row["program"]))[:MOST_UNKNOWN]


@require_safe
@held_by(*LOOKERS)
def outage(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """An outage beside the logs."""
    return _outage(request, person, _declared(name))


def _outage(
    request: HttpRequest, person: Person, one: Outage, error: RistoroError | None = None
) -> HttpResponse:
    """What was published of mail, what was not, and where the logs say something else."""
    wrong = None if error is None else shown(error)
    until = clock.micros(clock.now())
    folders = work.imports()
    snapshots = places.shelves().snapshots()[:MOST_LISTED]
    chosen = request.GET.get("fotografia", "")
    made = held = snapshot = None
    for each in snapshots:
        if chosen and each.path.stem != chosen:
            continue
        place = places.comparisons() / one.name / key_of(folders, each, one)
        if (place / "comparison.json").is_file():
            made, held, snapshot = read_comparison(place), read_gaps(place), each
            break
    held = held or gaps(one.windows, [], until)
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "outage": one,
        "made": made,
        "snapshot": snapshot,
        "snapshots": snapshots,
        "folders": folders,
        "picture": showing.picture(one, made, held, until),
        "flawed": showing.flawed(held, one.zone),
        "may_act": is_of(person, Role.OPERATOR),
        "key": uuid4().hex,
    }
    if made is not None:
        for kind, word in (("faults-outside", "outside"), ("good-inside", "inside")):
            about[word], about[f"{word}_more"] = showing.differing(made, kind, one.zone)
        about["silent"] = [
            (showing.name_of(each.component), each.brand, ranges(each.stores))
            for each in made.silent
        ]
    return render(
        request, "console/evidence/outage.html", about, status=wrong.status if wrong else 200
    )


@require_POST
@held_by(Role.OPERATOR)
def compare(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have an outage held against every import and an estate."""
    one = _declared(name)
    try:
        errand = work.ask_comparison(
            one.name,
            request.POST.get("snapshot", "")[:100],
            person,
            f"compare {_key(request)}",
            clock.now(),
        )
    except RistoroError as error:
        return _outage(request, person, one, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _declared(name: str) -> Outage:
    try:
        return versions.version(places.outages(), name)
    except Missing as error:
        raise Http404 from error
