"""What a holder can choose."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ristoro.faces.webmail import session
from ristoro.faces.webmail.doors import Holder, holder, with_space
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see


@require_safe
@holder
def settings(request: HttpRequest, held: Holder) -> HttpResponse:
    """The choices, the keys, and how full the mailbox is now."""
    fresh = with_space(held.session, held.mailbox.space())
    held.session = fresh
    response = page(request, held, "mail/settings.html", {"part": "settings"})
    session.put(response, fresh)
    return response


@change
def choose(request: HttpRequest, held: Holder) -> HttpResponse:
    """Keep a choice for as long as the session lasts."""
    response = see("/impostazioni/")
    session.put(response, replace(held.session, shortcuts="shortcuts" in request.POST))
    return response
