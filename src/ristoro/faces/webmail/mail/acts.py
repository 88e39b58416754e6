"""What is done to messages of a list: marks, moves, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.contract import FLAGGED, SEEN, Moved, Role
from ristoro.faces.webmail import folders, places, session
from ristoro.faces.webmail.doors import Holder, holder, with_space
from ristoro.faces.webmail.mail import undo
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see

MOST = 300
"""Messages in one act: more than a list shows at once."""

_FLAGS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "read": ((SEEN,), ()),
    "unread": ((), (SEEN,)),
    "star": ((FLAGGED,), ()),
    "unstar": ((), (FLAGGED,)),
}
_ROLES: Mapping[str, Role] = {
    "archive": Role.ARCHIVE,
    "trash": Role.TRASH,
    "junk": Role.JUNK,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for: an act on messages of one folder."""

    act: str
    folder: str
    uidvalidity: int
    uids: tuple[int, ...]
    to: str

    @property
    def named(self) -> str:
        """The messages, as a form names them."""
        return ",".join(str(uid) for uid in self.uids)


@change
def act(request: HttpRequest, held: Holder) -> HttpResponse:
    """Do it, and go back to the list, which offers to take it back."""
    asked = _asked(request)
    if asked is None:
        return page(request, held, "mail/nothing.html", {"part": "mail"}, status=422)
    if asked.act == "remove" and "sure" not in request.POST:
        about = {"part": "mail", "asked": asked, "next": _back(request, asked.folder)}
        return page(request, held, "mail/sure.html", about)
    response = see(_back(request, asked.folder))
    if asked.act in _FLAGS:
        add, remove = _FLAGS[asked.act]
        held.mailbox.flag(asked.folder, asked.uidvalidity, asked.uids, add=add, remove=remove)
        return response
    if asked.act == "remove":
        held.mailbox.remove(asked.folder, asked.uidvalidity, asked.uids)
    else:
        moved = _moved(held, asked)
        if moved is not None and moved.uids:
            one = undo.of_move(asked.act, asked.folder, moved)
            undo.keep(response, held, [one, *undo.kept(request, held)])
    _measured(response, held)
    return response


@change
def take_back(request: HttpRequest, held: Holder) -> HttpResponse:
    """Move the messages of one move back to where they were."""
    mark, known = request.POST.get("mark", ""), undo.kept(request, held)
    one = next((one for one in known if one.mark == mark), None)
    if one is None:
        about = {"part": "mail", "undoables": known, "late": True}
        return page(request, held, "mail/undo.html", about, status=422)
    held.mailbox.move(one.folder, one.uidvalidity, one.numbers, one.back)
    response = see(_back(request, one.back))
    undo.keep(response, held, [each for each in known if each.mark != mark])
    _measured(response, held)
    return response


@require_safe
@holder
def undoables(request: HttpRequest, held: Holder) -> HttpResponse:
    """Everything that can still be taken back."""
    about = {"part": "mail", "undoables": undo.kept(request, held)}
    return page(request, held, "mail/undo.html", about)


def _asked(request: HttpRequest) -> Asked | None:
    """What the form asks for; ``None`` where it names no message or nothing to do.

    A button for one message alone says ``one=star:17``; one for those marked says ``act=star``.
    """
    form = request.POST
    name, _, alone = form.get("one", "").partition(":")
    name = name or form.get("act", "")
    named = [alone] if alone else form.getlist("uid")
    try:
        folder = form["folder"]
        uidvalidity = int(form["uidvalidity"])
        uids = dict.fromkeys(int(uid) for piece in named for uid in piece.split(","))
    except (KeyError, ValueError):
        return None
    known = name in _FLAGS or name in _ROLES or name in ("inbox", "move", "remove")
    to = form.get("to", "") if name == "move" else ""
    if not known or not uids or len(uids) > MOST or (name == "move" and not to):
        return None
    return Asked(name, folder, uidvalidity, tuple(uids), to)


def _moved(held: Holder, asked: Asked) -> Moved | None:
    """Where they went; ``None`` where they were there already."""
    if asked.act == "move":
        to = asked.to
    elif asked.act == "inbox":
        to = places.INBOX
    else:
        to = folders.ensured(held.mailbox, _ROLES[asked.act])
    if to == asked.folder:
        return None
    return held.mailbox.move(asked.folder, asked.uidvalidity, asked.uids, to)


def _measured(response: HttpResponseBase, held: Holder) -> None:
    """Have the session know how full the mailbox is now."""
    session.put(response, with_space(held.session, held.mailbox.space()))


def _back(request: HttpRequest, folder: str) -> str:
    """The list that the form stood in."""
    back = request.POST.get("next", "")
    own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if own else places.folder(folder)
