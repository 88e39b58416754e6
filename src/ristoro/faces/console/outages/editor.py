"""Declaring an outage and correcting one: the sheet, what it changes, and the declaration.

Each page answers a form that carries the whole draft, and only the last act changes anything. Of
two people who correct the same version the second is shown what the first one changed, and has
their own changes carried over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ristoro.errands.places import outages as folder
from ristoro.faces.console.outages.drawing import Shown
from ristoro.faces.console.outages.page import Notice, sheet_page
from ristoro.faces.console.outages.reviewing import reviewed
from ristoro.faces.console.outages.sheet import Sheet, done, sheet_of
from ristoro.faces.console.outages.showing import Look, drawing
from ristoro.faces.console.outages.views import LOOKERS, all_versions, judged_version
from ristoro.faces.console.outages.words import words_of
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Problem, RistoroError, bad_input
from ristoro.outages import picture, versions
from ristoro.outages.declaring import declare
from ristoro.outages.drafts import acts
from ristoro.outages.drafts.draft import Draft
from ristoro.outages.drafts.judge import Judged, judge
from ristoro.outages.drafts.text import NAMED, rewritten, text_of
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LARGEST = 1024 * 1024
"""Bytes of a file that is taken into the editor: its draft travels with each page."""

UNEXPLAINED = Problem(
    "unexplained-correction",
    "the correction has no reason",
    "whoever decides later reads why",
    "write the reason",
)
OVERTAKEN = {"corrects-other", "version-edited", "version-gap"}
scripted = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer that is being made: to whom, for which outage (``""`` for a new one)."""

    request: HttpRequest
    person: Person
    name: str


@scripted
@require_http_methods(METHODS)
@held_by(Role.OPERATOR)
def declare_new(request: HttpRequest, person: Person) -> HttpResponse:
    """An outage that is not declared yet."""
    asked = Asked(request, person, "")
    if request.method == "POST":
        return _answer(asked)
    return _sheet(asked, Sheet(judge(text_of(_blank())), clock.now()))


@scripted
@require_http_methods(METHODS)
@held_by(Role.OPERATOR)
def correct(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The next version of a declared outage."""
    asked = Asked(request, person, name)
    if versions.count(folder(), name) == 0:
        raise Http404
    if request.method == "POST":
        return _answer(asked)
    judged, draft = _begun(name)
    return _sheet(asked, Sheet(judged, clock.now()).said(draft))


def _begun(name: str) -> tuple[Judged, Draft]:
    """The last version, and the draft of the one after it."""
    last = versions.version(folder(), name)
    judged = judged_version(name, last.version)
    return judged, acts.correction_of(judged.draft, last)


def _blank() -> Draft:
    """A draft of nothing, with the stores that the last declared outage speaks of."""
    found = sorted(folder().glob("*/v1.yaml"), key=lambda path: path.stat().st_mtime_ns)
    stores: tuple[tuple[str, str], ...] = ()
    for path in reversed(found):
        try:
            number = versions.count(folder(), path.parent.name)
            stores = judged_version(path.parent.name, number).draft.stores
            break
        except RistoroError:
            continue
    return Draft("", "1", "", "", settings.HOLDERS_ZONE, stores)


def _answer(asked: Asked) -> HttpResponse:
    """What was asked of a draft."""
    act = asked.request.POST.get("act", "")
    try:
        sheet = sheet_of(asked.request.POST, clock.now())
        if asked.name and sheet.draft.name != asked.name:
            raise Http404
        if act in _ACTS:
            return _ACTS[act](asked, sheet)
        return _sheet(asked, done(sheet, act))
    except BadInput as error:
        judged, draft = _begun(asked.name) if asked.name else (judge(text_of(_blank())), _blank())
        return _sheet(asked, Sheet(judged, clock.now()).said(draft), Notice(wrong=error))


def _sheet(asked: Asked, sheet: Sheet, notice: Notice = Notice()) -> HttpResponse:
    return sheet_page(asked.request, asked.person, sheet, notice)


# Import


def _import(asked: Asked, sheet: Sheet) -> HttpResponse:
    """A file in the draft's place; refused, it leaves the draft as it was."""
    sent = asked.request.FILES.get("file")
    try:
        judged = judge(_decoded(sent))
        draft = judged.draft
        if asked.name and draft.name != asked.name:
            raise bad_input(
                "other-outage",
                f"the file is of {draft.name!r}, not of {asked.name!r}",
                "a correction keeps the outage's name",
                f"open the page of {draft.name!r}, or mend `outage:` in the file",
            )
    except BadInput as error:
        return _sheet(asked, sheet, Notice(wrong=error))
    if versions.count(folder(), draft.name):
        draft = acts.correction_of(draft, versions.version(folder(), draft.name))
        draft = replace(draft, reason=judged.draft.reason)
    else:
        draft = replace(draft, version="1", corrects="", reason="")
    return _sheet(asked, Sheet(judged, sheet.now).said(draft), Notice(imported=True))


def _decoded(sent: Any) -> str:
    if sent is None or sent.size > LARGEST:
        size = "nothing" if sent is None else f"{sent.size} bytes"
        raise bad_input(
            "bad-file",
            f"{size} was sent",
            f"a file of at most {LARGEST} bytes is taken into the editor",
            "choose a YAML file; `ristoro outage declare` takes larger ones",
        )
    try:
        return str(sent.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise bad_input(
            "not-utf8",
            "the file is not UTF-8",
            str(error),
            "save the file as UTF-8",
        ) from error


# Review and declaration


def _review(asked: Asked, sheet: Sheet, wrong: Problem | None = None) -> HttpResponse:
    """What the draft changes, before it is declared; back to the sheet while anything is wrong."""
    judged = sheet.judged
    if judged.outage is None or _is_taken(sheet.draft):
        return _sheet(asked, sheet, Notice(unready=True))
    about: dict[str, Any] = {
        "person": asked.person,
        "sheet": sheet,
        "draft": sheet.draft,
        "outage": judged.outage,
        "first": not sheet.draft.corrects,
        "reason": asked.request.POST.get("reason", sheet.draft.reason),
        "aware": asked.request.POST.get("aware") or acts.written_at(sheet.until, sheet.zone)[:16],
        "to": _address(sheet.draft),
        "wrong": None if wrong is None else words_of(wrong, "reason"),
    }
    if about["first"]:
        rows = picture.rows(judged.stores, judged.written, sheet.until)
        plot = replace(sheet, span=None).plot
        about["pic"] = drawing(judged, rows, Look(plot, Shown(), sheet.until))
    else:
        found = all_versions(sheet.draft.name)
        if found[-1].outage.digest != sheet.draft.corrects:
            return _overtaken(asked, sheet)
        before = judged_version(sheet.draft.name, found[-1].number)
        about |= reviewed(before, judged, sheet.in_utc, sheet.now)
        about["older"] = [use for one in found for use in one.uses]
    status = 200 if wrong is None else 422
    return render(asked.request, "console/outages/review.html", about, status=status)


def _confirm(asked: Asked, sheet: Sheet) -> HttpResponse:
    """Declare the draft. Sent twice it is declared once, for it means the same."""
    post = asked.request.POST
    if sheet.judged.outage is None:
        return _sheet(asked, sheet, Notice(unready=True))
    reason = " ".join(post.get("reason", "").split())
    draft = replace(sheet.draft, reason=reason) if sheet.draft.corrects else sheet.draft
    if draft.corrects and not reason:
        return _review(asked, sheet, UNEXPLAINED)
    aware = acts.instant_of(post.get("aware", ""), sheet.zone) if not draft.corrects else None
    aware_at = sheet.now if aware is None else clock.instant(aware)
    raw = rewritten(sheet.judged.text, draft).encode()
    try:
        declare(raw, NAMED, folder(), asked.person, aware_at, sheet.now)
    except BadInput as error:
        if error.problems[0].code in OVERTAKEN:
            return _overtaken(asked, sheet.said(draft))
        return _review(asked, sheet, error.problems[0])
    return SeeOther(reverse("console:outage", args=[draft.name]))


def _is_taken(draft: Draft) -> bool:
    """Whether another outage has the name of this new one."""
    return not draft.corrects and versions.count(folder(), draft.name) > 0


def _address(draft: Draft) -> str:
    """Where the draft's form is sent."""
    if draft.corrects:
        return reverse("console:outage-correct", args=[draft.name])
    return reverse("console:outage-new")


# Somebody else was first


def _overtaken(asked: Asked, sheet: Sheet) -> HttpResponse:
    """What others declared meanwhile; the draft is kept in the page."""
    found = all_versions(sheet.draft.name)
    theirs = judged_version(sheet.draft.name, found[-1].number)
    base = _base(sheet.draft)
    about: dict[str, Any] = {
        "person": asked.person,
        "sheet": sheet,
        "draft": sheet.draft,
        "to": reverse("console:outage-correct", args=[sheet.draft.name]),
        "meanwhile": [one for one in found if base is None or one.number > int(base.draft.version)],
        "first": base is None,
    }
    if base is not None:
        about |= reviewed(base, theirs, sheet.in_utc, sheet.now)
    return render(asked.request, "console/outages/overtaken.html", about, status=409)


def _base(draft: Draft) -> Judged | None:
    """The version that a draft corrects."""
    for one in versions.versions(folder(), draft.name):
        if one.digest == draft.corrects:
            return judged_version(draft.name, one.version)
    return None


def _carry(asked: Asked, sheet: Sheet) -> HttpResponse:
    """My changes on what others declared meanwhile."""
    last = versions.version(folder(), sheet.draft.name)
    theirs = judged_version(last.name, last.version)
    base = _base(sheet.draft)
    merged = acts.carried(None if base is None else base.draft, theirs.draft, sheet.draft)
    draft = replace(acts.correction_of(merged, last), reason=sheet.draft.reason)
    carried = replace(sheet, judged=theirs, chosen=None).said(draft)
    return _sheet(asked, carried, Notice(carried=last.version))


@require_safe
@held_by(*LOOKERS)
def compare(request: HttpRequest, person: Person, name: str, number: int) -> HttpResponse:
    """What a version changed against the one before it."""
    found = all_versions(name)
    if not 2 <= number <= len(found):
        raise Http404
    before, after = judged_version(name, number - 1), judged_version(name, number)
    in_utc = request.GET.get("ora") == "utc"
    about = {
        "person": person,
        "version": found[number - 1],
        "outage": found[number - 1].outage,
        "older": [use for one in found[: number - 1] for use in one.uses],
        "in_utc": in_utc,
        **reviewed(before, after, in_utc, clock.now()),
    }
    return render(request, "console/outages/compare.html", about)


_ACTS = {"import": _import, "review": _review, "confirm": _confirm, "carry": _carry}
