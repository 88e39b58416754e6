"""Moving to another provider: the form, and how far each move is, with or without JavaScript."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.edges.mailboxes.contract import Mailbox, SignInRefused, Unreachable
from ristoro.edges.mailboxes.elsewhere import service_elsewhere
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.passage import Passage, Progress, Refused, name_of
from ristoro.edges.mailboxes.server import Service
from ristoro.faces.said import Lazy
from ristoro.faces.webmail import spent
from ristoro.faces.webmail.doors import Holder, holder, opened_as
from ristoro.faces.webmail.leaving.carrier import Carrier
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed, RistoroError

PLACE = "/esporta/trasloco/"
LONGEST = 254
WAIT = 20.0
"""Seconds in which a new mailbox mostly opens, or says why not."""

MOST_BEGUN = 10
PER = timedelta(hours=1)
"""A stranger's server is tried so many times an hour for one mailbox: it is no place to guess."""

KNOWN = (
    ("imap.gmail.com", "Gmail"),
    ("imap.mail.me.com", "iCloud"),
    ("imap.mail.yahoo.com", "Yahoo"),
    ("imaps.aruba.it", "Aruba"),
    ("imap.fastmail.com", "Fastmail"),
)
ERRORS: Mapping[str, Lazy] = {
    "empty": _("Fill in all three fields."),
    "host-elsewhere": _("This server cannot be reached: look at its name."),
    "same": _("This is the mailbox that you are moving from."),
    "running": _("Another move of yours is running. Wait for its end, or stop it."),
    "busy": _("Many mailboxes are being moved just now. Try again in a few minutes."),
    "often": _("You have tried many times within an hour. Try again in an hour."),
    "sign-in-refused": _(
        "The new provider does not take this name with this password. Many providers want a "
        "password for programs, which you make in their settings."
    ),
    "certificate": _(
        "This server cannot prove that it is the one that you named, so we have not told it your "
        "password. Look at its name, or ask your new provider."
    ),
    "imap-failed": _("The new provider's server does not answer as it should. Try again."),
}
STOPS: Mapping[str, Lazy] = {
    "asked-to-stop": _("You stopped it."),
    "move-stopped": _("The new provider takes nothing more."),
    "imap-failed": _("The connection broke several times."),
    "certificate": _("The new provider's server could not prove which one it is."),
    "sign-in-refused": _("One of the two providers did not let us in."),
    "folder-rebuilt": _("A folder is not the one that it was: move into an empty mailbox."),
    "folder-refused": _("The new provider did not make a folder."),
    "same-mailbox": _("It is the mailbox that you are moving from: nothing was copied."),
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
        return STOPS.get(self._code, "")

    @property
    def exact(self) -> str:
        """The new provider's own words, where it said anything."""
        return self.told.stopped.partition(": ")[2] if self._code in _QUOTED else ""

    @property
    def may_go_on(self) -> bool:
        """Whether the same move leads further."""
        return self._code not in ("folder-rebuilt", "same-mailbox")

    @property
    def _code(self) -> str:
        return self.told.stopped.partition(":")[0]


_QUOTED = ("move-stopped", "imap-failed", "folder-refused")


@require_safe
@holder
def moving(request: HttpRequest, held: Holder) -> HttpResponse:
    """The form, and every move of this mailbox so far."""
    return _page(request, held)


@change
def begin(request: HttpRequest, held: Holder) -> HttpResponse:
    """Begin to copy, or go on; a new mailbox that does not open is said at once."""
    host, name = (request.POST.get(key, "").strip()[:LONGEST] for key in ("host", "name"))
    password = request.POST.get("password", "")[:LONGEST]
    if not (host and name and password):
        return _page(request, held, "empty")
    if not _may_begin(held):
        return _page(request, held, "often")
    try:
        services = services_of(host)
    except BadInput as error:
        return _page(request, held, error.problems[0].code)
    own = wiring.holders(env.current()).imap
    if name.lower() == held.address.lower() and services[0].host == own.host.lower():
        return _page(request, held, "same")
    return _begun(request, held, services, name, password)


def _begun(
    request: HttpRequest, held: Holder, services: list[Service], name: str, password: str
) -> HttpResponse:
    host = services[0].host
    path = _folder() / f"{_owner(held)}-{name_of(held.address, host, name)}.sqlite"
    going = _going_all(held)
    if any(one.running and one.name != path.stem for one in going):
        return _page(request, held, "running")
    passage = Passage(path)
    try:
        passage.held()
    except NotAllowed:  # it is running already: the page shows how far
        passage.close()
        return see(PLACE)
    session = held.session
    carrier = Carrier(passage, lambda: opened_as(session), _opener(services, name, password))
    try:
        if not carrier.start(held.address, f"{name} ({host})", WAIT):
            return _page(request, held, "busy")
    except (SignInRefused, Unreachable) as error:
        return _page(request, held, error.problems[0].code)
    return see(PLACE)


def services_of(host: str) -> list[Service]:
    """The new provider's services by that name, to be tried in this order: both are encrypted."""
    reach = wiring.holders(env.current()).moves
    return [service_elsewhere(host, reach, starttls=starttls) for starttls in (False, True)]


def _opener(services: list[Service], name: str, password: str) -> Callable[[], Mailbox]:
    def opened() -> Mailbox:
        first: RistoroError | None = None
        for service in services:
            try:
                return sign_in(service, name, password)
            except Unreachable as error:
                first = first or error
                if error.problems[0].code == "certificate":
                    break
        assert first is not None
        raise first

    return opened


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
    going = _going_all(held)
    about = {
        "part": "leaving",
        "going": going,
        "running": any(one.running for one in going),
        "wrong": ERRORS.get(wrong, ERRORS["imap-failed"]) if wrong else "",
        "known": KNOWN,
        "host": request.POST.get("host", ""),
        "name": request.POST.get("name", ""),
    }
    return page(request, held, "leaving/moving.html", about, status=422 if wrong else 200)


def _may_begin(held: Holder) -> bool:
    """Whether this mailbox may try once more within this hour."""
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    name = f"move {_owner(held)} {hour.isoformat()}"
    return any(spent.spend(f"{name} {number}", hour + PER) for number in range(MOST_BEGUN))


def _going_all(held: Holder) -> list[Going]:
    return [one for path in _paths(held) if (one := _going(path))]


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
