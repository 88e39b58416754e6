"""What the holder is shown of calls about the mailbox: the code, who looked, and a way to stop it.

The code is shown here and nowhere else. No letter and no message to a phone ever carries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.faces.said import Lazy, in_own
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.fulfilment.callers import calls as stage
from ristoro.fulfilment.callers import verifying
from ristoro.fulfilment.callers.models import Call, Deed
from ristoro.fulfilment.callers.verifying import Asking
from ristoro.kernel import clock

PLACE = "/ristoro/telefono/"
DEEDS: Mapping[str, Lazy] = {
    stage.YES: _("a yes was recorded"),
    stage.NO: _("a no was recorded"),
    stage.BACK: _("an answer was taken back"),
    stage.FAULT: _("a fault was reported"),
    stage.CALLBACK: _("you asked to be called"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """One call in which an agent looked at the mailbox, and what came of it."""

    begun_at: datetime
    person: str
    means: str
    denied: bool
    deeds: tuple[tuple[Lazy, str], ...]


@require_safe
@holder
def calls(request: HttpRequest, held: Holder) -> HttpResponse:
    """The call that is going on, and those in which an agent looked at the mailbox."""
    about = {
        "part": "mine",
        "asking": asking(held),
        "ended": "fatto" in request.GET,
        "looked": [_looked(one) for one in stage.of_mailbox(held.address, clock.now())],
    }
    return page(request, held, "calling/calls.html", about)


@change
def deny(request: HttpRequest, held: Holder, call_id: int) -> HttpResponse:
    """End a call that is not the holder's own."""
    stage.deny(held.address, call_id, clock.now())
    return see(f"{PLACE}?fatto=1")


def asking(held: Holder) -> Asking | None:
    """The call about this mailbox, with its code while there is one."""
    return verifying.for_holder(held.address, settings.SECRET_KEY.encode(), clock.now())


def _looked(call: Call) -> Looked:
    listed = wiring.means_of(env.current()).get(call.brand, ())
    own = next((in_own(one.words) for one in listed if one.code == call.means), call.means)
    return Looked(
        call.begun_at,
        call.person,
        "" if call.means == verifying.CODE else own,
        call.ended == stage.DENIED,
        tuple(_deed(one) for one in call.deeds.all()),
    )


def _deed(one: Deed) -> tuple[Lazy, str]:
    return DEEDS[one.what], one.number
