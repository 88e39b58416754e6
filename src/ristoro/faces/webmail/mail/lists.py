"""Lists of messages: a folder's, fifty at a time, and what a search finds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ristoro.faces.webmail import places
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page


@require_safe
@holder
def inbox(request: HttpRequest, held: Holder) -> HttpResponse:
    """The newest messages."""
    return _list(request, held, places.INBOX)


@require_safe
@holder
def folder(request: HttpRequest, held: Holder, folder: str) -> HttpResponse:
    """The newest messages of a folder."""
    return _list(request, held, folder)


@require_safe
@holder
def search(request: HttpRequest, held: Holder) -> HttpResponse:
    """What is found."""
    return _list(request, held, places.INBOX)


def _list(request: HttpRequest, held: Holder, path: str) -> HttpResponse:
    folders = held.mailbox.folders()
    found = held.mailbox.page(path)
    return page(request, held, "mail/list.html", {"folders": folders, "page": found})
