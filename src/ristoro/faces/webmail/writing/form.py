"""The page of a letter that is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from ristoro.edges.mailboxes.composing import Field, Writing
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.writing.drafts import Place
from ristoro.faces.webmail.writing.limits import LONGEST_SUBJECT, LONGEST_TEXT, most_bytes
from ristoro.faces.webmail.writing.posted import Fault
from ristoro.faces.webmail.writing.recipients import said


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along unless it is unticked; ``size`` is in bytes."""

    mark: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form shows beside the letter's own words.

    ``bare`` has the holder asked whether the letter goes without the file that it speaks of.
    """

    files: Sequence[File] = ()
    place: Place | None = None
    faults: Sequence[Fault] = ()
    formatted: bool = False
    saved: bool = False
    bare: bool = False


def form(
    request: HttpRequest, held: Holder, writing: Writing, shown: Shown, status: int = 200
) -> HttpResponse:
    """The form, with every fault told at the top and at its field."""
    wrong = {fault.field for fault in shown.faults}
    about: dict[str, Any] = {
        "part": "mail",
        "writing": writing,
        "references": " ".join(writing.references),
        "fields": {name: said(field) for name, field in _fields(writing)},
        "copies": bool(said(writing.cc) or said(writing.bcc)) or bool({"cc", "bcc"} & wrong),
        "shown": shown,
        "wrong": wrong,
        "longest_subject": LONGEST_SUBJECT,
        "longest_text": LONGEST_TEXT,
        "most_bytes": most_bytes(),
    }
    return page(request, held, "writing/form.html", about, status=status)


def _fields(writing: Writing) -> Sequence[tuple[str, Field]]:
    return (("to", writing.to), ("cc", writing.cc), ("bcc", writing.bcc))
