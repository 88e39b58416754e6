"""The holder's own folders: made, renamed, removed; and the trash and the junk emptied."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import Folder, Refused, Role
from ristoro.faces.webmail import folders, places, session
from ristoro.faces.webmail.doors import Holder, holder, with_space
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see

LONGEST = 60
"""Characters of a folder's name."""

PLACE = "/posta/cartelle/"
_REFUSED = frozenset('%*"\\/~#&')
"""What IMAP, or some host, gives a meaning of its own in a folder's name (RFC 9051, 5.1)."""
_EMPTIED = frozenset((Role.TRASH, Role.JUNK))


@require_safe
@holder
def manage(request: HttpRequest, held: Holder) -> HttpResponse:
    """Every folder of the holder's own, and a form for a new one."""
    return _page(request, held)


@change
def make(request: HttpRequest, held: Holder) -> HttpResponse:
    """Make a folder, at the top or inside of another."""
    every = held.mailbox.folders()
    inside = _own(every, request.POST.get("inside", ""))
    name = request.POST.get("name", "").strip()
    naming = held.mailbox.naming()
    above = f"{inside.path}{naming.delimiter}" if inside else naming.prefix
    wrong = _wrong(name, naming.delimiter, above, every)
    if not wrong:
        try:
            held.mailbox.make_folder(above + name)
            return see(PLACE)
        except Refused:
            wrong = _("The mail host does not take this name. Choose another.")
    return _page(request, held, wrong, name)


@change
def rename(request: HttpRequest, held: Holder) -> HttpResponse:
    """Give a folder another name, where it is."""
    every = held.mailbox.folders()
    one = _own(every, request.POST.get("folder", ""))
    name = request.POST.get("name", "").strip()
    if one is None:
        return _page(request, held, _not_there())
    if name == one.name:
        return see(PLACE)
    wrong = _wrong(name, one.delimiter, one.parent, every)
    if not wrong:
        try:
            held.mailbox.rename_folder(one.path, one.parent + name)
            return see(PLACE)
        except Refused:
            wrong = _("The mail host does not take this name. Choose another.")
    return _page(request, held, wrong)


@change
def remove(request: HttpRequest, held: Holder) -> HttpResponse:
    """Remove a folder, after asking; its messages go to the trash."""
    one = _own(held.mailbox.folders(), request.POST.get("folder", ""))
    if one is None:
        return _page(request, held, _not_there())
    if "sure" not in request.POST:
        return page(request, held, "mail/sure-folder.html", {"part": "folders", "one": one})
    try:
        held.mailbox.remove_folder(one.path, folders.ensured(held.mailbox, Role.TRASH))
    except Refused:
        return _page(request, held, _("The mail host does not remove this folder."))
    return see(PLACE)


@change
def empty(request: HttpRequest, held: Holder) -> HttpResponse:
    """Remove for good what the trash or the junk held when it was shown, after asking."""
    form = request.POST
    path, uidvalidity, upto = form.get("folder", ""), form.get("uidvalidity"), form.get("upto")
    found = (each for each in held.mailbox.folders() if each.path == path)
    one = next((each for each in found if folders.role_of(each) in _EMPTIED), None)
    if one is None or not (_is_number(uidvalidity) and _is_number(upto)):
        return _page(request, held, _not_there())
    if "sure" not in form:
        about = {"part": "mail", "one": one, "path": path, "uidvalidity": uidvalidity, "upto": upto}
        return page(request, held, "mail/sure-empty.html", about)
    held.mailbox.empty(path, int(uidvalidity or 0), int(upto or 0))
    response = see(places.folder(path))
    session.put(response, with_space(held.session, held.mailbox.space()))
    return response


def _page(request: HttpRequest, held: Holder, wrong: str = "", typed: str = "") -> HttpResponse:
    every = folders.ordered(held.mailbox.folders())
    about: dict[str, Any] = {
        "part": "folders",
        "folders": every,
        "own": [one for one in every if folders.role_of(one) is Role.NONE],
        "nests": any(one.delimiter for one in every),
        "longest": LONGEST,
        "wrong": wrong,
        "typed": typed,
    }
    return page(request, held, "mail/manage.html", about, status=422 if wrong else 200)


def _own(every: list[Folder], path: str) -> Folder | None:
    """A folder of that path which is none of those that mail itself needs."""
    found = next((one for one in every if one.path == path), None)
    return found if found is not None and folders.role_of(found) is Role.NONE else None


def _wrong(name: str, delimiter: str, above: str, every: list[Folder]) -> str:
    """What stands against a name; empty where nothing does."""
    if not name or len(name) > LONGEST or not name.isprintable():
        return _("A folder's name has 1 to %(most)d characters.") % {"most": LONGEST}
    refused = sorted(set(name) & {delimiter, *_REFUSED})
    if refused:
        return _("A folder's name cannot have “%(mark)s” in it.") % {"mark": refused[0]}
    if any(one.path.lower() == f"{above}{name}".lower() for one in every):
        return _("There is already a folder of this name.")
    return ""


def _not_there() -> str:
    return _("The folder is not there any more.")


def _is_number(value: str | None) -> bool:
    return value is not None and value.isdecimal() and len(value) < 11
