"""The lists by name: what was read otherwise, with the reasons, and the rows that are left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ristoro.faces import sheets
from ristoro.faces.console.closing.views import NAMERS
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.said import ROW_STATES, Lazy, in_own
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment import mismatches
from ristoro.fulfilment.models import Mismatch
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.kernel.sheets import Cell
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import standing

A_PAGE = 50
LONGEST_CODE = 40
MOST_CHOSEN = A_PAGE

PARTS: dict[str, Lazy] = {
    "waiting-for-yes": _("Waiting for a yes"),
    "to-make": _("To be made"),
    "deferred": _("Deferred"),
    "unknown": _("Not known"),
    "not-verified": _("Made, not read back"),
    "notices-pending": _("Letters not delivered"),
    "refused": _("Not possible"),
    "notices-refused": _("Letters refused"),
}
CODES: dict[str, tuple[Lazy, Lazy]] = {
    "not-as-given": (
        _("It shows something else than was given."),
        _("Look there who changed it. Mend it and read again, or say why it is right so."),
    ),
    "no-mailbox": (
        _("The mailbox is no longer there."),
        _("Nothing can be given to it any more: say since when it is gone."),
    ),
    "no-subscription": (
        _("There is no subscription any more."),
        _("Look whether it was ended or moved. Mend it and read again, or say why."),
    ),
    "unreadable": (
        _("It could not be read: whether it differs is not known."),
        _("See that the mail host and the ledger answer, then read everything again."),
    ),
}
"""By the code of a mismatch, or by what stands before its colon: what was read, and what to do."""

HANDLERS = (Role.OPERATOR, Role.FINANCE)

MISMATCHES = (
    "mailbox_id", "address", "remedy", "code", "text", "found_at", "reason", "handled_by",
    "handled_at",
)  # fmt: skip
ROWS = ("id", "mailbox_id", "address", "remedy", "state", "result", "since")


def code_words(code: str) -> Lazy:
    """What a code of a mismatch says; the code itself where it has no sentence."""
    return _of(code)[0]


def _of(code: str) -> tuple[Lazy, Lazy]:
    return CODES.get(code) or CODES.get(code.partition(":")[0]) or (code, "")


@require_safe
@held_by(*NAMERS)
def differences(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """What the last full reading found otherwise, a page at a time."""
    return _differences(request, person, named(name))


@require_POST
@held_by(*HANDLERS)
def handle(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Give a reason to those that were chosen, or to every open one with a code."""
    found = named(name)
    code = request.POST.get("tutte", "")[:LONGEST_CODE]
    chosen = [int(one) for one in request.POST.getlist("una")[:MOST_CHOSEN] if _whole(one)]
    reason = request.POST.get("motivo", "")
    try:
        mismatches.handle(found, person, reason, clock.now(), ids=chosen, code=code)
    except RistoroError as error:
        return _differences(request, person, found, error)
    back = request.POST.get("codice", "")[:LONGEST_CODE]
    query = urlencode({"codice": back}) if back else ""
    return SeeOther(f"{reverse('console:differences', args=[found.name])}?{query}".rstrip("?"))


@require_safe
@held_by(*NAMERS)
def differences_file(request: HttpRequest, person: Person, name: str) -> HttpResponseBase:
    """All of them as CSV."""
    del request, person
    found = named(name)
    rows = (
        tuple(getattr(one, field) for field in MISMATCHES)
        for one in mismatches.walk(mismatches.listed(found))
    )
    return sheets.sent(f"{found.name}-differences.csv", MISMATCHES, rows)


@require_safe
@held_by(*NAMERS)
def rows(request: HttpRequest, person: Person, name: str, part: str) -> HttpResponse:
    """The mailboxes whose grants or letters stand so, a page at a time."""
    found = named(name)
    if part not in PARTS:
        raise Http404
    listed = standing.listed(found, part, _after(request), A_PAGE + 1)
    act = standing.PARTS[part].act
    titles = _titles(found)
    about = {
        "person": person,
        "run": found,
        "part": part,
        "title": PARTS[part],
        "count": standing.counts(found)[part],
        "rows": [
            {
                "row": one,
                "about": titles.get(one.about, ""),
                "state": ROW_STATES[act][one.state],
            }
            for one in listed[:A_PAGE]
        ],
        "next": listed[A_PAGE - 1].id if len(listed) > A_PAGE else None,
        "first": not _after(request),
    }
    return render(request, "console/closing/rows.html", about)


@require_safe
@held_by(*NAMERS)
def rows_file(request: HttpRequest, person: Person, name: str, part: str) -> HttpResponseBase:
    """All of them as CSV."""
    del request, person
    found = named(name)
    if part not in PARTS:
        raise Http404
    return sheets.sent(f"{found.name}-{part}.csv", ROWS, _file_rows(found, part))


def _file_rows(found: Run, part: str) -> Iterator[tuple[Cell, ...]]:
    for one in standing.walk(found, part):
        state = standing.state_name(part, one.state)
        yield (one.id, one.mailbox_id, one.address, one.about, state, one.result, one.since)


def _differences(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None = None
) -> HttpResponse:
    asked = request.GET if request.method == "GET" else request.POST
    code = asked.get("codice", "")[:LONGEST_CODE]
    only_open = asked.get("aperte", "") == "1"
    listed = mismatches.page(
        mismatches.listed(found, code, only_open=only_open), _after(request), A_PAGE + 1
    )
    kinds = mismatches.kinds(found)
    titles = _titles(found)
    wrong = None if error is None else shown(error)
    about: dict[str, Any] = {
        "person": person,
        "run": found,
        "wrong": wrong,
        "reason": request.POST.get("motivo", ""),
        "code": code,
        "only_open": only_open,
        "kinds": [
            {"kind": one, "words": code_words(one.code), "todo": _of(one.code)[1]} for one in kinds
        ],
        "open": sum(one.open for one in kinds if code in ("", one.code)),
        "rows": [_shown(one, titles) for one in listed[:A_PAGE]],
        "next": listed[A_PAGE - 1].id if len(listed) > A_PAGE else None,
        "first": not _after(request),
        "may_handle": is_of(person, *HANDLERS),
    }
    return render(
        request, "console/closing/differences.html", about, status=wrong.status if wrong else 200
    )


def _shown(one: Mismatch, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "one": one,
        "about": titles.get(one.remedy, ""),
        "words": code_words(one.code),
    }


def _titles(found: Run) -> dict[int, str]:
    """The remedies of a run, as its policy calls them."""
    remedies = found.totals.get("remedies", [])
    return {number: in_own(one["title"]) for number, one in enumerate(remedies)}


def _after(request: HttpRequest) -> int:
    asked = request.GET.get("dopo", "")
    return int(asked) if _whole(asked) else 0


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
