"""The pages of estates: what was sent, what it holds, and what was made of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from ristoro.errands import estates as work
from ristoro.errands import mappings, places, uploads
from ristoro.errands.uploads import Upload
from ristoro.estate import bad_rows
from ristoro.estate.counts import counts_of
from ristoro.estate.mapping import MAPPINGS, by_name
from ristoro.estate.preview import Mapped, Table, mapped_rows
from ristoro.estate.snapshot import open_snapshot
from ristoro.faces import sheets
from ristoro.faces.console.estates.receiving import Streamed
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import Shown, shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Missing, RistoroError
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.errands import as_data
from ristoro.workers.models import Errand, ErrandState

LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
MOST_LISTED = 50
MOST_TALLIED = 20_000
MOST_RUNS = 20
LONGEST_NUMBER = 10
UNENDED = (ErrandState.WAITING, ErrandState.GOING)
ZONES = tuple(sorted(zone for zone in available_timezones() if zone.startswith("Europe/")))

sending = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
"""For the page whose module shows how much of a file has been sent."""


@require_safe
@sending
@held_by(*LOOKERS)
def estates(request: HttpRequest, person: Person) -> HttpResponse:
    """What was sent, and the snapshots, each newest first."""
    return _list(request, person)


def _list(request: HttpRequest, person: Person, error: RistoroError | None = None) -> HttpResponse:
    wrong = None if error is None else shown(error)
    listed = uploads.listed(MOST_LISTED)
    last = uploads.last_imports(listed)
    sent = [{"upload": one, "last": last.get(one.name)} for one in listed]
    about = {
        "person": person,
        "wrong": wrong,
        "sent": sent,
        "snapshots": places.shelves().snapshots()[:MOST_LISTED],
        "may_act": is_of(person, Role.OPERATOR),
        "suffixes": uploads.SUFFIXES,
        "most": uploads.MOST_BYTES,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/estates/estates.html", about, status=status)


# Sending


@csrf_exempt
@require_POST
@sending
@held_by(Role.OPERATOR)
def receive(request: HttpRequest, person: Person) -> HttpResponse:
    """Take a file. It is written as it comes, so the form is read after who sends it is known."""
    streamed = Streamed(request)
    request.upload_handlers = [streamed]
    try:
        return _received(request, person, streamed)
    finally:
        streamed.drop()


@csrf_protect
def _received(request: HttpRequest, person: Person, streamed: Streamed) -> HttpResponse:
    now = clock.now()
    uploads.sweep(now)
    asked = bool(request.POST)  # reads the form, and the file with it
    try:
        if streamed.refused is not None:
            raise streamed.refused
        if not asked or streamed.coming is None:
            return SeeOther(reverse("console:estates"))
        kept = streamed.coming.keep(person, now)
    except RistoroError as error:
        return _list(request, person, error)
    return SeeOther(reverse("console:upload", args=[kept.name]))


@require_POST
@held_by(Role.OPERATOR)
def discard(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Throw a file away."""
    upload = _upload(name)
    try:
        uploads.discard(upload.name, person, clock.now())
    except RistoroError as error:
        return upload_page(request, person, upload, error)
    return SeeOther(reverse("console:estates"))


# One file


@require_safe
@held_by(*LOOKERS)
def upload(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The first rows of a file, as they stand and as mailboxes; its imports."""
    return upload_page(request, person, _upload(name))


def upload_page(
    request: HttpRequest, person: Person, one: Upload, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a file; with what stood against the act that was just asked for, if anything."""
    asked = uploads.errands_of(one)
    chosen = request.POST.get("mapping", request.GET.get("mappatura"))
    if chosen is None:
        chosen = str(asked[0].params.get("mapping", "")) if asked else ""
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "wrong": wrong,
        "upload": one,
        "asked": asked,
        "going": next((each for each in asked if each.state in UNENDED), None),
        "may_act": is_of(person, Role.OPERATOR),
        "shipped": MAPPINGS,
        "kept": mappings.kept(MOST_LISTED),
        "chosen": chosen,
        "key": uuid4().hex,
        "zones": (settings.HOLDERS_ZONE, "UTC", *ZONES),
        "given": request.POST,
        "bad": _bad(one),
        **_preview(one, chosen),
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/estates/upload.html", about, status=status)


def _preview(one: Upload, chosen: str) -> dict[str, Any]:
    """The first rows both ways; and in place of either, what stands against it."""
    source = places.uploads() / one.name
    raw: Table | None = None
    mapped: Mapped | None = None
    as_of = None
    against: list[dict[str, Any]] = []
    try:
        looked = work.look(one.name)
        directory, raw = looked.directory, looked.table
        as_of = directory.as_of
        mapping = mappings.read(chosen) if chosen else by_name(directory.columns, directory.name)
        mapped = mapped_rows(looked.block, mapping, directory, as_of or clock.now())
    except RistoroError as error:
        against = [as_data(problem) for problem in work.renamed(error, source)]
    return {"raw": raw, "mapped": mapped, "file_as_of": as_of, "problems": against}


def _bad(one: Upload) -> dict[str, Any] | None:
    """What the last import of a file found wrong, by code and field."""
    path = work.bad_file_of(one.name)
    if not path.exists():
        return None
    tally = bad_rows.tally(path, MOST_TALLIED)
    return {"tally": tally, "cut": sum(number for *_, number in tally) == MOST_TALLIED}


@require_safe
@held_by(*LOOKERS)
def bad(request: HttpRequest, person: Person, name: str) -> HttpResponseBase:
    """Every row that is wrong, as a CSV file."""
    del request, person
    one = _upload(name)
    path = work.bad_file_of(one.name)
    if not path.exists():
        raise Http404
    head = ("file", *bad_rows.COLUMNS)
    rows = (
        [one.original, *(_plain(fault[column]) for column in bad_rows.COLUMNS)]
        for fault in bad_rows.listed(path)
    )
    return sheets.sent(f"scarti-{one.sha256[:12]}.csv", head, rows)


def _plain(text: str) -> str:
    """Without the apostrophe that the list has already, for the sheet puts its own."""
    return text[1:] if text[:1] == "'" and bad_rows.harmless(text[1:]) == text else text


@require_POST
@held_by(Role.OPERATOR)
def import_(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Ask for the import of a file."""
    one = _upload(name)
    form = request.POST
    allowed = form.get("allowed_bad", "")[:LONGEST_NUMBER]
    wanted = work.Wanted(
        one.name,
        form.get("mapping", ""),
        form.get("as_of", "").strip(),
        form.get("zone", "UTC"),
        int(allowed) if allowed.isascii() and allowed.isdigit() else 0,
    )
    key = f"import {form.get('key', '')[:40] or uuid4().hex}"
    try:
        errand = work.ask(wanted, person, key, clock.now())
    except RistoroError as error:
        return upload_page(request, person, one, error)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _upload(name: str) -> Upload:
    try:
        return uploads.find(name)
    except Missing as error:
        raise Http404 from error


# One snapshot


@require_safe
@held_by(*LOOKERS)
def snapshot(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """One snapshot: of when, how many mailboxes of what, from which files, in which runs."""
    path = places.estates() / f"{digest}.parquet"
    if not path.exists():
        raise Http404
    about: dict[str, Any] = {"person": person, "digest": digest}
    try:
        found = open_snapshot(path)
        about |= {"snapshot": found, "counts": counts_of(found)}
    except BadInput as error:
        wrong: Shown = shown(error)
        about["wrong"] = wrong
        return render(request, "console/estates/snapshot.html", about, status=wrong.status)
    made = Errand.objects.filter(kind=work.KIND, result__digest=digest).order_by("-pk")
    about["made"] = [
        {
            "errand": one,
            "name": work.original_name(str(one.params["upload"])),
            "bad": one.result["bad_rows"],
            "there": uploads.find_or_none(str(one.params["upload"])),
        }
        for one in made[:MOST_RUNS]
    ]
    about["runs"] = Run.objects.filter(snapshot_digest=digest).order_by("-pk")[:MOST_RUNS]
    return render(request, "console/estates/snapshot.html", about)
