"""The page on which a run is closed: what is left, the last reading of the world, the statement."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ristoro.errands import closing as works
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.said import Lazy
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment import closing, mismatches
from ristoro.fulfilment.books import reconcile as books
from ristoro.fulfilment.closing import Kept
from ristoro.fulfilment.wording import LANGUAGES
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import standing
from ristoro.workers.books import sums_of
from ristoro.workers.models import Errand, ErrandState

READERS = (Role.OPERATOR, Role.APPROVER, Role.FINANCE, Role.AUDITOR)
NAMERS = (Role.OPERATOR, Role.FINANCE, Role.AUDITOR)
"""Who sees addresses here."""

KINDS = (works.RECONCILE, works.DRAW_UP, works.CLOSE)
LONGEST_KEY = 60
UNENDED = (ErrandState.WAITING, ErrandState.GOING)

HINTS: dict[str, tuple[Lazy, Lazy]] = {
    "waiting-for-yes": (
        _("Every holder who was asked has answered"),
        _("They answer until the deadline; what the policy says of silence is then done."),
    ),
    "to-make": (_("Every remedy is made"), _("Workers make them while the run acts.")),
    "deferred": (_("None is deferred"), _("Workers try again by themselves, later and later.")),
    "unknown": (
        _("None is unknown"),
        _("Workers look whether it happened; they never try again before they know."),
    ),
    "not-verified": (
        _("Every remedy made was read back once"),
        _("Workers read it back. Where they cannot, read the world again and give a reason."),
    ),
    "notices-pending": (_("Every letter is delivered"), _("Workers deliver them and try again.")),
    "not-reconciled": (
        _("The mail host and the ledger were read again, whole"),
        _("Read the world again below: what was made since is not in the last reading."),
    ),
    "mismatches": (
        _("Everything read otherwise is handled"),
        _("Give each a reason: why it stays so, or how it was mended."),
    ),
    "books": (
        _("The books agree with the remedies"),
        _("See the run in the books: each difference is named there."),
    ),
    "discrepancies": (
        _("The figures agree"),
        _("See the report: the two figures stand side by side, and the proof finds the rows."),
    ),
}
"""What must be so before a run is closed, and what to do where it is not yet."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so; ``left`` rows stand against it, ``None`` where it is not known."""

    code: str
    words: Lazy
    todo: Lazy
    left: int | None
    named: bool

    @property
    def passed(self) -> bool:
        return self.left == 0


@require_safe
@held_by(*READERS)
def page(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Where the closing of a run stands."""
    return closing_page(request, person, named(name))


@require_POST
@held_by(*READERS)
def ask(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Ask for a reading of the world, a report, or the closing; on to the errand's page."""
    found = named(name)
    kind = request.POST.get("lavoro", "")
    key = request.POST.get("chiave", "")[:LONGEST_KEY]
    if kind not in KINDS or not key:
        return HttpResponseBadRequest()
    try:
        asked = works.ask(kind, found, person, f"{kind} {key}", clock.now())
    except RistoroError as error:
        return closing_page(request, person, found, error)
    return SeeOther(reverse("console:errand", args=[asked.pk]))


def closing_page(
    request: HttpRequest, person: Person, found: Run, error: RistoroError | None = None
) -> HttpResponse:
    """The page; with what stood against the act that was just asked for, if anything."""
    kept = closing.latest(found)
    kinds = mismatches.kinds(found)
    counts = standing.counts(found)
    wrong = None if error is None else shown(error)
    now = {
        "mismatches": sum(one.open for one in kinds),
        "books": len(books.differences(found, sums_of(found))),
    }
    checks = _checks(kept, counts, now)
    about = {
        "person": person,
        "run": found,
        "wrong": wrong,
        "kept": kept,
        "texts": _texts(kept),
        "kinds": kinds,
        "checks": checks,
        "ready": all(one.passed for one in checks),
        "refused": [(name, counts[name]) for name in ("refused", "notices-refused")],
        "going": _going(found),
        "key": secrets.token_urlsafe(16),
        "acting": found.state == RunState.ACTING,
        "closed": found.state == RunState.CLOSED,
        "may_read": is_of(person, *works.ROLES[works.RECONCILE]),
        "may_close": is_of(person, *works.ROLES[works.CLOSE]),
        "sees_names": is_of(person, *NAMERS),
    }
    return render(
        request, "console/closing/closing.html", about, status=wrong.status if wrong else 200
    )


def _checks(kept: Kept | None, counts: dict[str, int], now: dict[str, int]) -> list[Check]:
    """Counts of rows are of now; what only a report can tell is of the last one."""
    last = None if kept is None else {one.code: one.count for one in kept.obstacles}
    checks = []
    for code, (words, todo) in HINTS.items():
        left: int | None
        if code == "mismatches":
            left = now[code] if last is not None else None
        elif code in now:
            left = now[code]
        elif code == "not-verified" and last is not None:
            left = min(counts[code], last.get(code, 0)) if counts[code] else 0
        elif code in counts:
            left = counts[code]
        else:
            left = None if last is None else last.get(code, 0)
        checks.append(Check(code, words, todo, left, code in counts))
    return checks


def _texts(kept: Kept | None) -> list[dict[str, Any]]:
    if kept is None:
        return []
    names = {"it": "Italiano", "en": "English"}
    ordered = [(lang, kept.texts[lang]) for lang in LANGUAGES]
    return [{"lang": lang, "name": names[lang], "text": text} for lang, text in ordered]


def _going(found: Run) -> list[Errand]:
    """What was asked for of this run and has not ended."""
    asked = Errand.objects.filter(state__in=UNENDED, kind__in=KINDS).order_by("pk")
    return [one for one in asked[:20] if one.params.get("run") == found.name]
