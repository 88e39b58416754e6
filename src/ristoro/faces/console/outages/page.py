"""The editor's page: the draft on its picture, its parts as fields, what is wrong beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ristoro.errands.places import outages as folder
from ristoro.faces.console.outages import form
from ristoro.faces.console.outages.drawing import Shown
from ristoro.faces.console.outages.reviewing import window_words
from ristoro.faces.console.outages.sheet import Sheet
from ristoro.faces.console.outages.showing import Look, drawing, remarks
from ristoro.faces.console.outages.words import Told, told
from ristoro.faces.problems import shown
from ristoro.kernel.errors import BadInput, Problem
from ristoro.outages import picture, versions
from ristoro.outages.drafts.draft import WINDOW_FIELDS, Draft, DraftExclusion
from ristoro.outages.drafts.judge import Fault
from ristoro.outages.outage import CAUSES, Outage
from ristoro.staff.people import Person

NAME_DECLARED = Problem(
    "name-declared",
    "an outage of this name was declared already",
    "the name stands for one outage",
    "choose another name, or correct that outage",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says above the draft: what was refused, or what was just done."""

    wrong: BadInput | None = None
    unready: bool = False
    """Whether a review was asked for of a draft that is not right yet."""
    imported: bool = False
    carried: int | None = None
    """The version onto which changes were carried over."""


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window in the table."""

    number: int
    words: str
    source: str
    chosen: bool
    wrong: tuple[Told, ...]


def sheet_page(request: HttpRequest, person: Person, sheet: Sheet, notice: Notice) -> HttpResponse:
    """The draft as it stands."""
    draft = sheet.draft
    taken = not draft.corrects and versions.count(folder(), draft.name) > 0
    faults = [told(one) for one in sheet.judged.faults]
    if not (draft.corrects or notice.unready):
        faults = [one for one in faults if not _is_unwritten(draft, one)]
    if taken:
        faults.insert(0, told(Fault("head", 0, "outage", NAME_DECLARED)))
    rows = picture.rows(sheet.judged.stores, sheet.judged.written, sheet.until)
    faulty = frozenset(one.number for one in faults if one.part == "windows")
    look = Look(sheet.plot, Shown(faulty, sheet.chosen, sheet.opened), sheet.until, editable=True)
    sentences, more = remarks(rows, sheet.plot.span, sheet.plot.told)
    wrong = None if notice.wrong is None else shown(notice.wrong)
    new = not draft.corrects
    about: dict[str, Any] = {
        "person": person,
        "sheet": sheet,
        "draft": draft,
        "view": "" if sheet.span is None else f"{sheet.span.start}_{sheet.span.end}",
        "to": reverse("console:outage-new") if new else _correct(draft),
        "new": new,
        "taken": taken,
        "notice": notice,
        "wrong": wrong,
        "meanwhile": _meanwhile(draft),
        "pic": drawing(sheet.judged, rows, look),
        "remarks": sentences,
        "more_remarks": more,
        "faults": faults,
        "head": _by_field(faults, "head"),
        "brands": [*enumerate([*draft.stores, ("", "")])],
        "sources": "\n".join(draft.sources),
        "windows": _lines(sheet, faults),
        "form": _form(sheet, faults),
        "exclusions": _exclusions(draft, faults),
        "causes": CAUSES,
    }
    status = wrong.status if wrong else 422 if notice.unready else 200
    return render(request, "console/outages/edit.html", about, status=status)


def _is_unwritten(draft: Draft, one: Told) -> bool:
    """Whether it is wrong only for nobody wrote it yet: that is told once a review is asked for."""
    if one.part == "windows":
        return not draft.windows
    head = {"outage": draft.name, "title-it": draft.title_it, "title-en": draft.title_en}
    return one.part == "head" and head.get(one.field, one.field) == ""


def _correct(draft: Draft) -> str:
    return reverse("console:outage-correct", args=[draft.name])


def _meanwhile(draft: Draft) -> Outage | None:
    """The last version, where it is not the one that the draft corrects."""
    if not draft.corrects:
        return None
    last = versions.version(folder(), draft.name)
    return None if last.digest == draft.corrects else last


def _by_field(faults: Sequence[Told], part: str, number: int = 0) -> Mapping[str, list[Told]]:
    """What is wrong by the attribute's name, as templates can write it."""
    found: dict[str, list[Told]] = {}
    for one in faults:
        if (one.part, one.number) == (part, number):
            field = WINDOW_FIELDS.get(one.field, one.field) or "all"
            field = "stores" if part == "head" and field.startswith("stores") else field
            found.setdefault(field.replace("-", "_"), []).append(one)
    return found


def _lines(sheet: Sheet, faults: Sequence[Told]) -> list[WindowLine]:
    return [
        WindowLine(
            number,
            window_words(window),
            window.source,
            number == sheet.chosen,
            tuple(one for one in faults if (one.part, one.number) == ("windows", number)),
        )
        for number, window in enumerate(sheet.draft.windows)
    ]


def _form(sheet: Sheet, faults: Sequence[Told]) -> Mapping[str, Any] | None:
    """The fields of the chosen window."""
    if sheet.chosen is None:
        return None
    brands = [brand for brand, _ in sheet.draft.stores]
    fields = form.window_fields(sheet.draft.windows[sheet.chosen], brands)
    wrong = _by_field(faults, "windows", sheet.chosen)
    return {**fields, "number": sheet.chosen, "wrong": wrong}


def _exclusions(draft: Draft, faults: Sequence[Told]) -> list[Mapping[str, Any]]:
    return [
        {
            "number": number,
            "of": one,
            "types": {name: form.input_type(getattr(one, name)) for name in ("start", "end")},
            "wrong": [w for w in faults if (w.part, w.number) == ("exclusions", number)],
        }
        for number, one in enumerate([*draft.exclusions, DraftExclusion()])
    ]
