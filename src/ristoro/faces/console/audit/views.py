"""The journal's pages: entries, one entry, and a period to take away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ristoro.faces import sheets
from ristoro.faces.console.audit import asked as asking
from ristoro.faces.console.audit import files
from ristoro.faces.console.audit.asked import READERS
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.journal import names, reading, verify
from ristoro.journal.append import FIRST_PREVIOUS, append
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person

A_PAGE = 50
RUN = "run "
"""Begins the subject of an entry about a run; its number in the database follows."""


@require_safe
@held_by(*READERS)
def journal(request: HttpRequest, person: Person) -> HttpResponse:
    """Entries, the newest first, a page at a time."""
    asked = asking.read(request.GET)
    below = _number(request.GET.get("prima", ""))
    found = reading.page(asking.wanted(asked, person), below, A_PAGE)
    about = {
        "person": person,
        "asked": asked,
        "groups": asking.names_by_group(person),
        "looked": asking.LOOKED,
        "lines": _lines(found.entries),
        "page": found,
        "newest": below is None,
        "is_auditor": is_of(person, Role.AUDITOR),
        "head": verify.length(),
    }
    return render(request, "console/audit/journal.html", about)


@require_safe
@held_by(*READERS)
def entry(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One entry: what it says, its links, and whether both hash to what they should."""
    found = reading.one(number)
    if found is None or found[0].name not in asking.names_seen(person):
        raise Http404
    one, detail = found
    before = Entry.objects.filter(pk=number - 1).values_list("hash", flat=True).first()
    about = {
        "person": person,
        "line": _lines([one])[0],
        "detail": detail,
        "data": _data(detail),
        "whole": verify.is_as_written(one, detail),
        "linked": one.previous == (before or FIRST_PREVIOUS),
        "before": number - 1 if before else None,
        "after": number + 1 if number < verify.length() else None,
        "is_auditor": is_of(person, Role.AUDITOR),
    }
    return render(request, "console/audit/entry.html", about)


@require_POST
@held_by(Role.AUDITOR)
def export(request: HttpRequest, person: Person) -> HttpResponseBase:
    """What was asked for, as a file; that it was taken away is itself an entry."""
    asked = asking.read(request.POST)
    as_lines = request.POST.get("forma", "") == "jsonl"
    found = asking.wanted(asked, person)
    with transaction.atomic():
        data = {
            "person": person.id,
            "subject": asked.subject,
            "actor": asked.actor,
            "name": asked.name,
            "since": asked.since,
            "until": asked.until,
            "form": "jsonl" if as_lines else "csv",
        }
        append(person.name, names.JOURNAL_EXPORTED, "journal", data, clock.now())
    if not as_lines:
        return sheets.sent("journal.csv", files.HEAD, files.rows(found))
    answer = StreamingHttpResponse(files.lines(found), content_type="application/x-ndjson")
    answer["Content-Disposition"] = 'attachment; filename="journal.jsonl"'
    return answer


def _lines(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries with their words; a run is called by its name, not by its number."""
    numbers = [one.subject.removeprefix(RUN) for one in entries if one.subject.startswith(RUN)]
    runs = Run.objects.in_bulk([int(number) for number in numbers if number.isdigit()])
    called = {f"{RUN}{number}": run.name for number, run in runs.items()}
    return [
        {
            "entry": one,
            "words": gettext(names.NAMES[one.name]) if one.name in names.NAMES else one.name,
            "about": called.get(one.subject, one.subject),
        }
        for one in entries
    ]


def _data(detail: Detail | None) -> list[tuple[str, str]]:
    """What an entry says in detail, one field a line."""
    if detail is None or not detail.data:
        return []
    return [(name, _text(value)) for name, value in sorted(detail.data.items())]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1 if isinstance(value, dict) else None)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
