"""The page on which a file's columns are given their places, one by one or as a text."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from ristoro.errands import estates as work
from ristoro.errands import mappings
from ristoro.errands.uploads import Upload
from ristoro.estate.mapping import Mapping
from ristoro.estate.mapping_text import (
    ASKED,
    NEEDED,
    Choice,
    choices_of,
    guessed,
    has_more,
    text_of,
)
from ristoro.faces.console.estates.fields import FIELDS
from ristoro.faces.console.estates.views import ZONES, _upload
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_TEXT = 200_000
LONGEST_FIELD = 200
CHOICES, TEXT, FILE = "choices", "text", "file"


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(Role.OPERATOR)
def mapping(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Choose a column for each field, write the mapping's text, or send its file."""
    one = _upload(name)
    if request.method != "POST":
        return _page(request, person, one)
    try:
        raw, called = _sent(request)
        kept = mappings.keep(raw, called, person)
    except RistoroError as error:
        return _page(request, person, one, error)
    there = reverse("console:upload", args=[one.name])
    return SeeOther(f"{there}?{urlencode({'mappatura': kept})}")


def _sent(request: HttpRequest) -> tuple[bytes, str]:
    """The mapping's text as one of the forms has it, and what messages call it."""
    how = request.POST.get("how", CHOICES)
    if how == TEXT:
        return request.POST.get("text", "")[:LONGEST_TEXT].replace("\r\n", "\n").encode(), "text"
    if how == FILE:
        file = request.FILES.get("file")
        return (file.read(LONGEST_TEXT) if file else b"", (file.name if file else "") or "file")
    zone = request.POST.get("zone", "")
    return text_of(_chosen(request), zone if zone in available_timezones() else "").encode(), "form"


def _chosen(request: HttpRequest) -> dict[str, Choice]:
    def given(kind: str, target: str) -> str:
        return request.POST.get(f"{kind}-{target}", "").strip()[:LONGEST_FIELD]

    return {
        name: Choice(given("column", name), given("same", name), given("missing", name))
        for name in ASKED
    }


def _page(
    request: HttpRequest, person: Person, one: Upload, error: RistoroError | None = None
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    about: dict[str, Any] = {"person": person, "upload": one, "wrong": wrong}
    try:
        columns = work.look(one.name).directory.columns
    except RistoroError as unread:
        about["wrong"] = shown(unread)
        return render(request, "console/estates/mapping.html", about, status=about["wrong"].status)
    base = request.GET.get("da", "")
    known = _known(base)
    posted = request.method == "POST"
    choices = _chosen(request) if posted else choices_of(known) if known else guessed(columns)
    zone = known.zone.key if known and known.zone else settings.HOLDERS_ZONE
    text = mappings.text(base) if known else text_of(choices, zone)
    about |= {
        "columns": columns,
        "lines": [
            {
                "name": name,
                "words": FIELDS[name],
                "choice": choices.get(name, Choice()),
                "needed": name in NEEDED,
            }
            for name in ASKED
        ],
        "zone": request.POST.get("zone", zone),
        "zones": ("", "UTC", *ZONES),
        "text": request.POST.get("text", text),
        "more": known is not None and has_more(known),
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/estates/mapping.html", about, status=status)


def _known(name: str) -> Mapping | None:
    try:
        return mappings.read(name) if name else None
    except RistoroError:
        return None
