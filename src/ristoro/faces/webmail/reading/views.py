"""The page of one message, its frame, its files, its source, and the way to its neighbours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import SEEN, Row
from ristoro.edges.mailboxes.filenames import disposition
from ristoro.edges.mailboxes.message import Opened, open_message
from ristoro.faces.webmail import places
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.reading import allowing, distant, frame, shown
from ristoro.faces.webmail.reading.allowing import Scope
from ristoro.faces.webmail.reading.cleaning import Cleaned, TooMuch, clean
from ristoro.faces.webmail.reading.seal import Verdict, judged
from ristoro.faces.webmail.reading.words import FAULT, FAULTS

_APART = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""The policy of a file that is opened by itself: it may do nothing and has no origin."""


@require_safe
@holder
def message(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """A message: who wrote it, what is said of it, its text or page, its files."""
    row, stored = held.mailbox.read(folder, uidvalidity, uid)
    opened = open_message(stored)
    seal = judged(stored, opened, held.address, shown.keys())
    marks = _marks(held, opened)
    may = allowing.allowed(request, marks)
    as_text = "testo" in request.GET or not opened.page.strip()
    cleaned = None if as_text else _cleaned(request, opened, may)
    about: dict[str, Any] = {
        "part": "mail",
        "row": row,
        "header": opened.header,
        "seal": seal,
        "genuine": seal.verdict is Verdict.GENUINE,
        "false": seal.verdict is Verdict.FALSE,
        "fault": FAULTS.get(seal.fault, FAULT) if seal.fault else "",
        "path": folder,
        "uidvalidity": uidvalidity,
        "uid": uid,
        "place": places.message(folder, uidvalidity, uid),
        "list": places.folder(folder),
        "cleaned": cleaned,
        "has_page": bool(opened.page.strip()),
        "text": None if cleaned else shown.linked(shown.text_of(opened)),
        "leads": shown.leads_of(cleaned.links) if cleaned else (),
        "files": shown.files_of(opened),
        "scopes": [scope.value for scope in marks],
        "sender": _sender(opened),
        "domain": _sender(opened).rpartition("@")[2],
        "cut": opened.cut,
        "unread": not row.seen,
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
    _, opened = _read(held, folder, uidvalidity, uid)
    may = allowing.allowed(request, _marks(held, opened))
    cleaned = _cleaned(request, opened, may)
    pictures = distant.base(request) if may else ""
    return frame.document(cleaned.page if cleaned else "", get_language() or "it", pictures)


@require_safe
@holder
def source(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The message as it is stored, to keep."""
    del request
    _, stored = held.mailbox.read(folder, uidvalidity, uid)
    return _apart(stored, "message/rfc822", "attachment", f"messaggio-{uidvalidity}-{uid}.eml")


@require_safe
@holder
def attachment(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int, number: str
) -> HttpResponse:
    """A file of the message, to keep; a plain picture or text also to look at."""
    _, opened = _read(held, folder, uidvalidity, uid)
    part = opened.file(number)
    if part is None:
        raise Http404
    seen, content = shown.look_at(part)
    if "apri" in request.GET and shown.is_viewed(seen):
        if seen.media == "text/plain":
            text = part.text().encode()
            return _apart(text, "text/plain; charset=utf-8", "inline", part.name.text)
        again = distant.drawn_again(content)
        if again is not None:
            return _apart(again, "image/png", "inline", part.name.text)
    return _apart(content, "application/octet-stream", "attachment", part.name.text)


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
    """Allow remote pictures for this message, its sender or its sender's domain."""
    _, opened = _read(held, folder, uidvalidity, uid)
    response = see(places.message(folder, uidvalidity, uid))
    try:
        mark = _marks(held, opened)[Scope(request.POST.get("per", ""))]
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


def _read(held: Holder, folder: str, uidvalidity: int, uid: int) -> tuple[Row, Opened]:
    row, stored = held.mailbox.read(folder, uidvalidity, uid)
    return row, open_message(stored)


def _cleaned(request: HttpRequest, opened: Opened, may: bool) -> Cleaned | None:
    """The cleaned page; ``None`` where it is too much for one, and its text is shown."""
    fetched = distant.addresses(request) if may else None
    try:
        return clean(opened.page, opened.pictures, fetched)
    except TooMuch:
        return None


def _marks(held: Holder, opened: Opened) -> dict[Scope, str]:
    return allowing.marks_of(held.address, opened.header.message_id, _sender(opened))


def _sender(opened: Opened) -> str:
    """The one sender's address; empty where there are several or none."""
    senders = opened.header.senders
    return senders[0].address if len(senders) == 1 else ""


def _apart(content: bytes, media: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = disposition(kind, name)
    response["Content-Security-Policy"] = _APART
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response
