"""Moving to another provider: the form, and how far each move is, with or without JavaScript."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.edges.mailboxes.contract import SignInRefused, Unreachable
from ristoro.edges.mailboxes.elsewhere import service_elsewhere
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.passage import Passage, Progress, Refused, name_of
from ristoro.edges.mailboxes.server import Service
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder, holder, opened_as
from ristoro.faces.webmail.leaving import carrier
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed

PLACE = "/esporta/trasloco/"
LONGEST = 254
ERRORS: dict[str, Lazy] = {
    "host": _("This server cannot be reached: look at its name."),
    "refused": _("The new provider does not take this name with this password."),
    "unreachable": _("The new provider's server does not answer as it should. Try again."),
    "empty": _("Fill in all three fields."),
    "same": _("This is the mailbox that you are moving from."),
    "busy": _("Many mailboxes are being moved just now. Try again in a few minutes."),
}
STOPS: dict[str, Lazy] = {
    "move-stopped": _("It was stopped."),
    "imap-failed": _("The connection broke several times."),
    "sign-in-refused": _("One of the two providers did not let us in."),
    "folder-rebuilt": _("A folder is not the one that it was: move into an empty mailbox."),
}


@dataclass(frozen=True, slots=True)
class Going:
    """One move as the page shows it."""

    name: str
    told: Progress
    running: bool
    refused: list[Refused]

    @property
    def stopped(self) -> Lazy:
        """Why it stands still, in a sentence; empty where nothing is known."""
        return STOPS.get(self.told.stopped.partition(":")[0], "")

    @property
    def exact(self) -> str:
        return self.told.stopped.partition(": ")[2]


@require_safe
@holder
def moving(request: HttpRequest, held: Holder) -> HttpResponse:
    """The form, and every move of this mailbox so far."""
    return _page(request, held)


@change
def begin(request: HttpRequest, held: Holder) -> HttpResponse:
    """Begin to copy, or go on; the new mailbox is signed in to first."""
    host, name = (request.POST.get(key, "").strip()[:LONGEST] for key in ("host", "name"))
    password = request.POST.get("password", "")[:LONGEST]
    starttls = request.POST.get("tls") == "starttls"
    if not (host and name and password):
        return _wrong(request, held, "empty")
    try:
        service = service_of(host, starttls)
    except BadInput:
        return _wrong(request, held, "host")
    if name.lower() == held.address.lower():
        return _wrong(request, held, "same")
    try:
        sign_in(service, name, password).close()
    except SignInRefused:
        return _wrong(request, held, "refused")
    except Unreachable:
        return _wrong(request, held, "unreachable")
    path = _folder() / f"{_owner(held)}-{name_of(held.address, service.host, name)}.sqlite"
    passage = Passage(path)
    try:
        passage.held()
    except NotAllowed:  # it is running already: the page shows how far
        passage.close()
        return see(PLACE)
    passage.begin(held.address, f"{name} ({service.host})", clock.now())
    session = held.session
    if not carrier.start(
        passage, lambda: opened_as(session), lambda: sign_in(service, name, password)
    ):
        return _wrong(request, held, "busy")
    return see(PLACE)


def service_of(host: str, starttls: bool) -> Service:
    """The new provider's service."""
    return service_elsewhere(host, wiring.holders(env.current()).moves, starttls=starttls)


@change
def stop(request: HttpRequest, held: Holder) -> HttpResponse:
    """Have a move stop at the next message."""
    for path in _paths(held):
        if path.stem == request.POST.get("move"):
            passage = Passage(path)
            passage.ask_to_stop()
            passage.close()
    return see(PLACE)


def _page(request: HttpRequest, held: Holder, wrong: str = "") -> HttpResponse:
    going = [one for path in _paths(held) if (one := _going(path))]
    about = {
        "part": "leaving",
        "going": going,
        "running": any(one.running for one in going),
        "wrong": ERRORS.get(wrong, ""),
        "host": request.POST.get("host", ""),
        "name": request.POST.get("name", ""),
    }
    return page(request, held, "leaving/moving.html", about, status=422 if wrong else 200)


def _wrong(request: HttpRequest, held: Holder, code: str) -> HttpResponse:
    return _page(request, held, code)


def _going(path: Path) -> Going | None:
    passage = Passage(path)
    try:
        told = passage.progress()
        if told is None:
            return None
        return Going(path.stem, told, passage.is_held(), passage.refused())
    finally:
        passage.close()


def _paths(held: Holder) -> list[Path]:
    return sorted(_folder().glob(f"{_owner(held)}-*.sqlite"))


def _folder() -> Path:
    return env.current().home / "moves"


def _owner(held: Holder) -> str:
    return hashlib.sha256(held.address.lower().encode()).hexdigest()[:32]
