"""The report as a page, a paper, tables and data; all of them from what is kept."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from ristoro.errands import closing as works
from ristoro.faces import sheets
from ristoro.faces.console.closing import content, papers
from ristoro.faces.console.closing import tables as files
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.fulfilment import closing
from ristoro.fulfilment.closing import Kept
from ristoro.fulfilment.wording import LANGUAGES
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person


@require_safe
@held_by(*Role)
def page(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The last report that was drawn up, or how to have one."""
    found = named(name)
    kept = closing.latest(found)
    about = {
        "person": person,
        "run": found,
        "kept": kept,
        "content": None if kept is None else content.of(found, kept),
        "tables": list(files.TABLES),
        "key": secrets.token_urlsafe(16),
        "may_draw_up": is_of(person, *works.ROLES[works.DRAW_UP]),
    }
    return render(request, "console/closing/report.html", about)


@require_safe
@held_by(*Role)
def paper(request: HttpRequest, person: Person, name: str, lang: str) -> HttpResponse:
    """The report as PDF, in one language."""
    del request, person
    if lang not in LANGUAGES:
        raise Http404
    found, kept = _kept(name)
    with translation.override(lang):
        octets = papers.made(content.of(found, kept), lang, kept.at)
    return _file(octets, "application/pdf", f"{found.name}-{lang}.pdf")


@require_safe
@held_by(*Role)
def tables(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Every table, in one archive."""
    del request, person
    found, kept = _kept(name)
    return _file(files.bundle(found, kept), "application/zip", f"{found.name}-tables.zip")


@require_safe
@held_by(*Role)
def table(request: HttpRequest, person: Person, name: str, table: str) -> HttpResponseBase:
    """One table as CSV."""
    del request, person
    found, kept = _kept(name)
    if table not in files.TABLES:
        raise Http404
    head, make = files.TABLES[table]
    return sheets.sent(f"{found.name}-{table}.csv", head, make(found, kept))


@require_safe
@held_by(*Role)
def data(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The report's very bytes, of which its digest is the SHA-256."""
    del request, person
    found, kept = _kept(name)
    text = closing.as_kept(found, kept.digest) or ""
    return _file(text.encode(), "application/json", f"{found.name}-{kept.digest[:12]}.json")


def _kept(name: str) -> tuple[Run, Kept]:
    found = named(name)
    kept = closing.latest(found)
    if kept is None:
        raise Http404
    return found, kept


def _file(octets: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(octets, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
