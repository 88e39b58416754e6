"""Lists of messages: a folder's, fifty at a time, and what a search finds.

A list costs the mail host three commands, however many messages there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import PAGE_SIZE, Cursor, Folder, Role
from ristoro.faces.webmail import folders as names
from ristoro.faces.webmail import places
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.mail import queries, shown, undo
from ristoro.faces.webmail.pages import page

_ROLES = frozenset(role.value for role in Role if role is not Role.NONE)
LARGE = 5_000
"""Messages of a folder from which on words are looked for among people and subjects, unless asked:
in the texts of 100,000 short messages they took Dovecot four seconds, in long ones minutes."""

DEEPEST = 10_000
"""The first result of the last page of a search that is shown."""


@require_safe
@holder
def inbox(request: HttpRequest, held: Holder) -> HttpResponse:
    """The inbox, or its part before or after a message."""
    return _list(request, held, places.INBOX)


@require_safe
@holder
def folder(request: HttpRequest, held: Holder, folder: str) -> HttpResponse:
    """Any folder, or its part before or after a message."""
    return _list(request, held, folder)


@require_safe
@holder
def by_role(request: HttpRequest, held: Holder, role: str) -> HttpResponse:
    """The folder for something, wherever and whatever it is called on this host; else the inbox."""
    del request
    if role not in _ROLES:
        raise Http404
    found = names.by_role(held.mailbox.folders(), Role(role))
    return HttpResponseRedirect(places.folder(found.path if found else places.INBOX))


@require_safe
@holder
def search(request: HttpRequest, held: Holder) -> HttpResponse:
    """What is found in a folder, newest first."""
    typed = request.GET.get("q", "").strip()[: queries.LONGEST]
    path = request.GET.get("cartella", "") or places.INBOX
    first = _number(request.GET.get("da", ""))
    beside = held.mailbox.folders()
    about = _beside(request, held, beside, path)
    about |= {"asked": typed, "searched": path}
    if not typed:
        return page(request, held, "mail/search.html", about)
    query = queries.read(typed)
    large = any(one.path == path and (one.total or 0) > LARGE for one in beside)
    deep = not large or "tutto" in request.GET
    found = held.mailbox.search(path, replace(query, in_text=deep), first)
    about |= {
        "deeper": "" if deep or not query.words else f"{_search_place(typed, path, 0, 1)}&tutto=1",
        "talks": [shown.Talk(row) for row in found.rows],
        "uidvalidity": found.uidvalidity,
        "count": found.count,
        "first": first + 1,
        "last": first + len(found.rows),
        "older": _search_place(typed, path, first + PAGE_SIZE, found.count, deep and large),
        "newer": _search_place(typed, path, first - PAGE_SIZE, found.count, deep and large),
    }
    return page(request, held, "mail/search.html", about)


def _list(request: HttpRequest, held: Holder, path: str) -> HttpResponse:
    older_than, newer_than = _cursor(request.GET.get("da")), _cursor(request.GET.get("a"))
    fragment = "frammento" in request.GET
    if newer_than is not None:
        found = held.mailbox.page_after(path, newer_than)
        if found.newer is None and not fragment:
            return HttpResponseRedirect(places.folder(path))  # full, and at its own address
    else:
        found = held.mailbox.page(path, older_than)
    beside = [] if fragment else held.mailbox.folders()
    about = _beside(request, held, beside, path)
    first = 1 if found.newer is None else found.total - found.newer.place + 1
    about |= {
        "talks": shown.talks(found.rows),
        "uidvalidity": found.uidvalidity,
        "count": found.total,
        "first": first if found.rows else 0,
        "last": first + len(found.rows) - 1 if found.rows else 0,
        "older": _place(path, "da", found.older),
        "newer": _place(path, "a", found.newer),
        "empty": not found.total,
    }
    template = "mail/rows.html" if fragment else "mail/list.html"
    return page(request, held, template, about)


def _beside(
    request: HttpRequest, held: Holder, beside: Sequence[Folder], path: str
) -> dict[str, Any]:
    """What every list has around it."""
    current = next((one for one in beside if one.path == path), None)
    role = names.role_of(current) if current is not None else Role.NONE
    return {
        "part": "mail",
        "folders": names.ordered(beside),
        "path": path,
        "title": names.shown(current) if current is not None else path,
        "unseen": current.unseen if current is not None else None,
        "role": role.value,
        "in_sent": role in (Role.SENT, Role.DRAFTS),
        "undoable": undo.latest(request, held),
    }


def _place(path: str, name: str, cursor: Cursor | None) -> str:
    """The address of the page beside; empty where there is none."""
    if cursor is None:
        return ""
    return f"{places.folder(path)}?{name}={cursor.uid}.{cursor.place}"


def _search_place(typed: str, path: str, first: int, count: int, deep: bool = False) -> str:
    if not -PAGE_SIZE < first < min(count, DEEPEST):
        return ""
    told = {"q": typed, "cartella": path, "da": str(max(first, 0))}
    return f"/posta/cerca/?{urlencode(told)}{'&tutto=1' if deep else ''}"


def _cursor(value: str | None) -> Cursor | None:
    uid, _, place = (value or "").partition(".")
    if uid.isdecimal() and place.isdecimal() and len(uid) < 11 and len(place) < 11:
        return Cursor(int(uid), int(place))
    return None


def _number(value: str) -> int:
    return min(int(value), DEEPEST) if value.isdecimal() and len(value) < 8 else 0
