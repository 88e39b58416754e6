"""The files of a message and its source, to keep or to look at: never as a page of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.filenames import disposition
from ristoro.edges.mailboxes.leaves import taken_off
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.reading import distant, opening, shown

_APART = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""The policy of a file that is opened by itself: it may do nothing and has no origin."""

Response = TypeVar("Response", bound=HttpResponseBase)
_TEXT = "text/plain; charset=utf-8"
_LONGEST_SOURCE = 1024 * 1024
"""Octets of a source that are shown; to keep, one has all of it."""


@require_safe
@holder
def source(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int
) -> HttpResponse:
    """The message as it is stored: to keep, or its beginning to look at."""
    name = f"messaggio-{uidvalidity}-{uid}.eml"
    if "apri" in request.GET:
        _, stored, _ = held.mailbox.beginning(folder, uidvalidity, uid, _LONGEST_SOURCE)
        return _apart(HttpResponse(stored, content_type=_TEXT), "inline", f"{name}.txt")
    pieces = held.mailbox.section(folder, uidvalidity, uid)
    return _streamed(_begun(pieces), "message/rfc822", name)


@require_safe
@holder
def attachment(
    request: HttpRequest, held: Holder, folder: str, uidvalidity: int, uid: int, number: str
) -> HttpResponse:
    """A file of the message, to keep; a plain picture or text also to look at."""
    opened = opening.read(held.mailbox, folder, uidvalidity, uid).opened
    part = opened.file(number)
    if part is None:
        raise Http404
    if not part.whole:
        pieces = held.mailbox.section(folder, uidvalidity, uid, number)
        content = _begun(taken_off(pieces, part.encoding))
        return _streamed(content, "application/octet-stream", part.name.text)
    seen, octets = shown.look_at(part)
    if "apri" in request.GET and shown.is_viewed(seen):
        if seen.media == "text/plain":
            text = HttpResponse(part.text().encode(), content_type=_TEXT)
            return _apart(text, "inline", part.name.text)
        again = distant.drawn_again(octets)
        if again is not None:
            drawn = HttpResponse(again, content_type="image/png")
            return _apart(drawn, "inline", part.name.text)
    kept = HttpResponse(octets, content_type="application/octet-stream")
    return _apart(kept, "attachment", part.name.text)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first of them asked for now: what is gone is a page that says so."""
    first = next(pieces, b"")

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_them()


def _streamed(pieces: Iterator[bytes], media: str, name: str) -> HttpResponse:
    response = StreamingHttpResponse(pieces, content_type=media)
    # The webmail's doors ask for no more than both kinds of answers have.
    return cast(HttpResponse, _apart(response, "attachment", name))


def _apart(response: Response, kind: str, name: str) -> Response:
    response["Content-Disposition"] = disposition(kind, name)
    response["Content-Security-Policy"] = _APART
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response
