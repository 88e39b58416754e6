"""The page of one message: its frame, its print, its conversation, the way to its neighbours."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import SEEN, Role
from ristoro.edges.mailboxes.message import fields, header_of
from ristoro.faces.webmail import places
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.reading import allowing, distant, frame, opening, shown
from ristoro.faces.webmail.reading.allowing import Scope
from ristoro.faces.webmail.reading.opening import Letter, Wish
from ristoro.faces.webmail.reading.seal import judged
from ristoro.kernel import clock

_HEADER = 64 * 1024
"""Octets of a message that are read where only its header is asked for."""


@require_safe
@holder
def message(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """A message: who wrote it, what is said of it, its text or page, its files."""
    letter = opening.read(held.mailbox, folder, uidvalidity, uid)
    marks = _marks(held, letter)
    may = allowing.allowed(request, marks)
    wish = Wish("testo" in request.GET, distant.addresses(request) if may else None)
    about: dict[str, Any] = {
        **_named(folder, uidvalidity, uid),
        "part": "mail",
        "row": letter.row,
        "header": letter.header,
        "to_whom": opening.to_whom(letter.header),
        "top": opening.top_of(letter, held.address, clock.now()),
        "shown": opening.shown_as(letter, held.address, shown.keys(), wish),
        "role": opening.role_of(folder, letter.row).value,
        "in_sent": opening.role_of(folder, letter.row) in (Role.SENT, Role.DRAFTS),
        "scopes": [scope.value for scope in marks],
        "sender": letter.sender,
        "domain": letter.sender.rpartition("@")[2],
        "may": may,
    }
    return page(request, held, "reading/message.html", about)


@require_safe
@holder
def body(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The document of the frame. It is asked for by the frame alone."""
    if request.headers.get("Sec-Fetch-Dest", "iframe") != "iframe":
        return see(places.message(folder, uidvalidity, uid))
    letter = opening.read(held.mailbox, folder, uidvalidity, uid)
    may = allowing.allowed(request, _marks(held, letter))
    wish = Wish(distant=distant.addresses(request) if may else None)
    seal = judged(letter.stored, letter.opened, held.address, shown.keys())
    cleaned = opening.page_of(letter.opened, seal, wish)
    pictures = distant.base(request) if may else ""
    return frame.document(cleaned.page if cleaned else "", get_language() or "it", pictures)


@require_safe
@holder
def printed(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The message on paper, as contained as in its frame."""
    letter = opening.read(held.mailbox, folder, uidvalidity, uid)
    may = allowing.allowed(request, _marks(held, letter))
    wish = Wish(distant=distant.addresses(request) if may else None)
    as_shown = opening.shown_as(letter, held.address, shown.keys(), wish)
    about = {
        "row": letter.row,
        "header": letter.header,
        "to_whom": opening.to_whom(letter.header),
        "brand": held.brand,
        "shown": as_shown,
        "page": mark_safe(as_shown.cleaned.page) if as_shown.cleaned else "",  # noqa: S308 - clean
        "text": "" if as_shown.cleaned else shown.text_of(letter.opened),
    }
    pictures = distant.base(request) if may else ""
    text = render_to_string("reading/printed.html", about)
    return frame.document(text, get_language() or "it", pictures, title=letter.header.subject)


@require_safe
@holder
def conversation(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The other messages of its conversation, as a page or as the piece of one."""
    row, stored, _ = held.mailbox.beginning(folder, uidvalidity, uid, _HEADER)
    header = header_of(fields(stored))
    rows = held.mailbox.conversation(folder, row, header.references)
    about = {
        **_named(folder, uidvalidity, uid),
        "part": "mail",
        "header": header,
        "rows": rows if len(rows) > 1 else (),
        "uid": uid,
    }
    fragment = "frammento" in request.GET
    template = "reading/talk.html" if fragment else "reading/conversation.html"
    return page(request, held, template, about)


@require_safe
@holder
def beside(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int, way: str
) -> HttpResponse:
    """To the next older (``dopo``) or newer (``prima``) message, or to the list at the end."""
    del request
    now, uids = held.mailbox.uids(folder)
    at = bisect_left(uids, uid) - 1 if way == "dopo" else bisect_right(uids, uid)
    if now != uidvalidity or not 0 <= at < len(uids):
        return see(places.folder(folder))
    return see(places.message(folder, uidvalidity, uids[at]))


@change
def pictures(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """Allow remote pictures for this message, its sender or its sender's domain; or no more."""
    marks = _marks(held, opening.read(held.mailbox, folder, uidvalidity, uid))
    response = see(places.message(folder, uidvalidity, uid))
    if request.POST.get("per") == "nessuno":
        allowing.forbid(request, response, marks)
        return response
    try:
        mark = marks[Scope(request.POST.get("per", ""))]
    except (ValueError, KeyError):
        return response
    allowing.allow(request, response, mark)
    return response


@change
def seen(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """Mark the message as read: by the page's module once it shows, or by its button."""
    del request
    held.mailbox.flag(folder, uidvalidity, [uid], add=[SEEN])
    return see(places.message(folder, uidvalidity, uid))


def _named(folder: str, uidvalidity: int, uid: int) -> dict[str, Any]:
    """How a page names the message and its folder."""
    return {
        "path": folder,
        "folder": opening.folder_said(folder),
        "uidvalidity": uidvalidity,
        "uid": uid,
        "place": places.message(folder, uidvalidity, uid),
        "list": places.folder(folder),
    }


def _marks(held: Holder, letter: Letter) -> dict[Scope, str]:
    # Without a Message-ID, the message is known by its bytes.
    name = letter.header.message_id or hashlib.sha256(letter.stored).hexdigest()
    return allowing.marks_of(held.address, name, letter.sender)
