"""What becomes of a letter: saved, thrown away, or sent, once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.composing import Writing
from ristoro.edges.mailboxes.contract import Unreachable
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.writing import drafts
from ristoro.faces.webmail.writing.beginning import kept_form
from ristoro.faces.webmail.writing.dispatch import State, copy_of, dispatch, state_of
from ristoro.faces.webmail.writing.form import Shown, form
from ristoro.faces.webmail.writing.guard import bounded
from ristoro.faces.webmail.writing.posted import Fault, Posted, posted, with_files
from ristoro.faces.webmail.writing.promised import lacks_files
from ristoro.faces.webmail.writing.said_of import reason
from ristoro.kernel import clock
from ristoro.kernel.outcome import Result


@bounded
@change
def save(request: HttpRequest, held: Holder) -> HttpResponse:
    """Keep the letter as a draft; to a script that asks for JSON, say when."""
    told = posted(request, held)
    if told is None:
        raise Http404
    now = clock.now()
    scripted = request.headers.get("Accept", "").startswith("application/json")
    if state_of(held.mailbox, told.writing.key, now) is not State.NOT_SENT:
        return _ended(told.writing) if not scripted else JsonResponse({"saved": False}, status=409)
    _, faults, failed = _saved(held, told, now)
    if scripted:
        if state_of(held.mailbox, told.writing.key, now) is not State.NOT_SENT:
            drafts.discard(held.mailbox, told.writing.key)  # it was sent while this was saved
        return JsonResponse({"saved": not failed}, status=503 if failed else 200)
    if failed:
        return form(request, held, told.writing, Shown(place=told.place, faults=faults), status=503)
    if faults:
        return _kept(request, held, told.writing.key, faults)
    return see(reverse("writing:draft", args=[told.writing.key]))


@bounded
@change
def send(request: HttpRequest, held: Holder) -> HttpResponse:
    """Send the letter, or say what stands against it; it is saved in either case."""
    told = posted(request, held)
    if told is None:
        raise Http404
    now = clock.now()
    if state_of(held.mailbox, told.writing.key, now) is not State.NOT_SENT:
        return _ended(told.writing)
    writing, faults, failed = _saved(held, told, now)
    if failed:
        return form(request, held, told.writing, Shown(place=told.place, faults=faults), status=503)
    faults = (*told.faults, *faults)
    if faults:
        return _kept(request, held, writing.key, faults)
    if not told.bare and lacks_files(writing):
        missing = Fault("files", _("Your text speaks of an attachment, and there is none."))
        return _kept(request, held, writing.key, (missing,), bare=True)
    return _sent(request, held, writing, now)


@bounded
@change
def discard(request: HttpRequest, held: Holder) -> HttpResponse:
    """Move the draft to the trash, as it is in the form; an empty one is just taken out."""
    told = posted(request, held)
    if told is None:
        raise Http404
    if told.writing.empty and not told.keep and not told.uploads:
        drafts.discard(held.mailbox, told.writing.key, told.place)
        return see("/posta/")
    _, faults, failed = _saved(held, told, clock.now())
    if failed:
        return form(request, held, told.writing, Shown(place=told.place, faults=faults), status=503)
    drafts.to_trash(held.mailbox, told.writing.key)
    return see("/posta/")


@change
def send_again(request: HttpRequest, held: Holder, letter: str) -> HttpResponse:
    """Send a letter of which it is not known whether it went: the holder has been told so."""
    kept = drafts.found(held.mailbox, letter)
    if kept is None:
        raise Http404
    return _sent(request, held, drafts.complete(kept), clock.now(), again=True)


@require_safe
@holder
def ended(request: HttpRequest, held: Holder, letter: str) -> HttpResponse:
    """How a letter ended: to whom it went, to whom it did not and why, or that it is not known."""
    state = state_of(held.mailbox, letter, clock.now())
    if state is State.NOT_SENT:
        raise Http404
    copy = copy_of(held.mailbox, letter) if state is State.SENT else None
    refused = [] if copy is None else [(who, reason(code)) for who, code in copy.refused]
    missed = {who.lower() for who, _ in refused}
    people = () if copy is None else (*copy.header.to, *copy.header.cc, *copy.blind.to)
    reached = [one.address for one in people if one.address.lower() not in missed]
    about = {
        "part": "mail",
        "letter": letter,
        "state": state.value,
        "copy": copy,
        "reached": reached,
        "refused": refused,
    }
    return page(request, held, "writing/ended.html", about)


def _saved(held: Holder, told: Posted, now: datetime) -> tuple[Writing, tuple[Fault, ...], bool]:
    """The letter with its files, what could not be taken, and whether saving it failed."""
    try:
        writing, faults = with_files(told, held.mailbox)
        drafts.save(held.mailbox, writing, now, told.place)
    except Unreachable:
        sentence = _(
            "The draft could not be saved: the mail host does not answer, or the mailbox is full. "
            "Your text is still in this page; choose the files again."
        )
        return told.writing, (Fault("text", sentence),), True
    return writing, faults, False


def _sent(
    request: HttpRequest, held: Holder, writing: Writing, now: datetime, *, again: bool = False
) -> HttpResponse:
    done = dispatch(held, writing, now, again=again)
    if done.state is State.NOT_SENT:
        return _kept(request, held, writing.key, _reasons(writing, done.results))
    if done.state is State.SENT:
        with suppress(Unreachable):
            drafts.discard(held.mailbox, writing.key)
    return _ended(writing)


def _reasons(writing: Writing, results: Mapping[str, Result]) -> tuple[Fault, ...]:
    """Why nobody got the letter, at the fields where it can be mended."""
    where = {
        one.address: name
        for name, field in (("bcc", writing.bcc), ("cc", writing.cc), ("to", writing.to))
        for one in field.people
    }
    told: dict[str, Fault] = {}
    for address, result in results.items():
        sentence = f"{address}: {reason(result.code)}"
        told.setdefault(sentence, Fault(where.get(address, "to"), sentence))
    return tuple(told.values())


def _kept(
    request: HttpRequest,
    held: Holder,
    letter: str,
    faults: tuple[Fault, ...],
    *,
    bare: bool = False,
) -> HttpResponse:
    """The form as it was just saved, with what stands against sending it."""
    kept = drafts.found(held.mailbox, letter)
    if kept is None:
        raise Http404
    return kept_form(request, held, kept, Shown(faults=faults, bare=bare))


def _ended(writing: Writing) -> HttpResponse:
    return see(reverse("writing:ended", args=[writing.key]))
