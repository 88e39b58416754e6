"""Pages on which a letter begins or goes on. None changes anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.composing import Origin, Writing
from ristoro.edges.mailboxes.contract import Person
from ristoro.edges.mailboxes.message import Opened, Part, open_message
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.posts import new_key
from ristoro.faces.webmail.writing import answering, drafts
from ristoro.faces.webmail.writing.drafts import Kept, Place
from ristoro.faces.webmail.writing.form import File, Shown, form
from ristoro.faces.webmail.writing.limits import LONGEST_FIELD, LONGEST_SUBJECT, LONGEST_TEXT
from ristoro.faces.webmail.writing.posted import WHOLE, mark
from ristoro.faces.webmail.writing.recipients import read

Begin = Callable[[str, Person, Opened, Origin], Writing]


@require_safe
@holder
def new(request: HttpRequest, held: Holder) -> HttpResponse:
    """An empty letter, or one to whom and about what the address of the page says."""
    asked = request.GET
    writing = Writing(
        key=new_key(),
        sender=Person("", held.address),
        to=read(asked.get("a", "")[:LONGEST_FIELD]).field,
        cc=read(asked.get("cc", "")[:LONGEST_FIELD]).field,
        subject=asked.get("oggetto", "")[:LONGEST_SUBJECT],
        text=asked.get("testo", "")[:LONGEST_TEXT],
    )
    return form(request, held, writing, Shown())


@require_safe
@holder
def draft(request: HttpRequest, held: Holder, letter: str) -> HttpResponse:
    """A letter as it was saved."""
    kept = drafts.found(held.mailbox, letter)
    if kept is None:
        raise Http404
    return kept_form(request, held, kept, Shown(saved=True))


@require_safe
@holder
def draft_at(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """A draft in a folder, whichever program made it."""
    place = Place(folder, uidvalidity, uid)
    return kept_form(
        request, held, drafts.opened(held.mailbox, new_key(), place), Shown(place=place)
    )


def kept_form(request: HttpRequest, held: Holder, kept: Kept, shown: Shown) -> HttpResponse:
    """The form of a draft, with its files."""
    shown = replace(shown, files=files_of(kept.files), formatted=kept.formatted)
    return form(request, held, kept.writing, shown, status=422 if shown.faults else 200)


@require_safe
@holder
def answer(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """An answer to who wrote."""
    origin = Origin(folder, uidvalidity, uid)
    writing, _, _ = _begun(held, origin, _answer)
    return form(request, held, writing, Shown())


@require_safe
@holder
def answer_all(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """An answer to everybody who got the message."""
    origin = Origin(folder, uidvalidity, uid)
    writing, _, _ = _begun(held, origin, _answer_all)
    return form(request, held, writing, Shown())


@require_safe
@holder
def forward(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The message's words and files to somebody else."""
    origin = Origin(folder, uidvalidity, uid, forward=True)
    writing, taken, _ = _begun(held, origin, answering.forward)
    return form(request, held, writing, Shown(files_of(drafts.files_of(taken))))


@require_safe
@holder
def forward_whole(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The message as a file to somebody else."""
    origin = Origin(folder, uidvalidity, uid, forward=True)
    writing, taken, stored = _begun(held, origin, answering.forward_whole)
    name = taken.header.subject or _("Message without a subject")
    return form(request, held, writing, Shown((File(WHOLE, name, len(stored)),)))


def files_of(parts: Sequence[Part]) -> tuple[File, ...]:
    """Files as the form lists them."""
    return tuple(File(mark(part), part.name.text, len(part.content())) for part in parts)


def _answer(key: str, me: Person, taken: Opened, origin: Origin) -> Writing:
    return answering.answer(key, me, taken, origin, to_all=False)


def _answer_all(key: str, me: Person, taken: Opened, origin: Origin) -> Writing:
    return answering.answer(key, me, taken, origin, to_all=True)


def _begun(held: Holder, origin: Origin, begin: Begin) -> tuple[Writing, Opened, bytes]:
    _, stored = held.mailbox.read(origin.folder, origin.uidvalidity, origin.uid)
    taken = open_message(stored)
    writing = begin(new_key(), Person("", held.address), taken, origin)
    return writing, taken, stored
