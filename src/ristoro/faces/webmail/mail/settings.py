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
    about = {"part": "settings", "kept": "fatto" in request.GET}
    response = page(request, held, "mail/settings.html", about)
    session.put(response, fresh)
    return response


@require_safe
@holder
def keys(request: HttpRequest, held: Holder) -> HttpResponse:
    """What each key does."""
    return page(request, held, "mail/help.html", {"part": "settings"})


@change
def choose(request: HttpRequest, held: Holder) -> HttpResponse:
    """Keep a choice, in this browser, also for the sessions to come."""
    on = "shortcuts" in request.POST
    response = see("/impostazioni/?fatto=1")
    session.put(response, replace(held.session, shortcuts=on))
    session.remember_shortcuts(response, on)
    return response
