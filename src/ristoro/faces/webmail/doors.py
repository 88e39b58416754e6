"""Coming in, going out, and whose mailbox a request is for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

from ristoro import env, wiring
from ristoro.edges.mailboxes.contract import Gone, Mailbox, SignInRefused, Space, Unreachable
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.pool import Pool
from ristoro.faces.webmail import brands, origins, policy, session
from ristoro.faces.webmail.session import Session
from ristoro.notices.facts import Brand
from ristoro.notices.models import Notice

SIGN_IN = "/entra/"
INBOX = "/posta/"
View = Callable[..., HttpResponse]
POOL = Pool(time.monotonic)
"""The connections of this web process, by session."""


class Holder:
    """The holder on the other side of a request, while the request lasts."""

    def __init__(self, session: Session, brand: Brand, stack: ExitStack) -> None:
        self.session = session
        self.brand = brand
        self._stack = stack
        self._mailbox: Mailbox | None = None

    @property
    def address(self) -> str:
        return self.session.address

    @property
    def language(self) -> str:
        return self.session.language

    @property
    def mailbox(self) -> Mailbox:
        """The holder's mailbox, signed in to at the first use; given back after the response."""
        if self._mailbox is None:
            lent = POOL.borrowed(self.session.nonce, lambda: opened_as(self.session))
            self._mailbox = self._stack.enter_context(lent)
        return self._mailbox

    @property
    def mailbox_id(self) -> int | None:
        """The provider's number of the mailbox, from the newest letter to it; ``None`` if none."""
        newest = Notice.objects.filter(address=self.address).order_by("-id")
        return newest.values_list("mailbox_id", flat=True).first()


def opened_as(session: Session) -> ImapMailbox:
    """A new connection to the mail host for a session's holder."""
    service = wiring.holders(env.current()).imap
    return sign_in(service, session.address, session.password, session.origin)


def with_space(session: Session, space: Space | None) -> Session:
    """The session, knowing how full the mailbox is now."""
    used, limit = (space.used, space.limit) if space is not None else (None, None)
    return replace(session, used=used, limit=limit)


def holder(view: View) -> View:
    """A view for signed-in holders; it is called with the ``Holder``.

    Others are led to the sign-in, and come back after it. Who comes from another site is shown
    the mailbox, whatever was linked to. A mail host that does not answer is a page with 503, what
    is gone one with 404. Nothing of these pages is kept by a browser's shared caches.
    """

    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        if origins.is_ahead(request):
            return _hardened(HttpResponse(status=503))
        signed_in = session.of(request)
        if signed_in is None:
            return _hardened(_turned_away(request))
        if origins.is_foreign(request) and request.path != INBOX:
            return _hardened(HttpResponseRedirect(INBOX))
        translation.activate(signed_in.language)
        request.LANGUAGE_CODE = signed_in.language
        with ExitStack() as stack:
            held = Holder(signed_in, brands.of(request, signed_in.address), stack)
            response = _answered(view, request, held, named)
            if response.streaming:
                later = stack.pop_all()
                cast(Any, response)._resource_closers.append(later.close)
        session.renew(request, response, signed_in)
        return _hardened(response)

    return never_cache(answer)


def _answered(
    view: View, request: HttpRequest, held: Holder, named: dict[str, Any]
) -> HttpResponse:
    """The view's answer, or a page that says what stood against it."""
    about = {"holder": held, "brand": held.brand, "tint": brands.address_of(held.brand)}
    try:
        return view(request, held, **named)
    except SignInRefused:  # the password has been changed meanwhile
        session.ended(held.session)
        response = _turned_away(request)
        session.forget(response)
        return response
    except Gone:
        return render(request, "webmail/gone.html", about, status=404)
    except Unreachable:
        return render(request, "webmail/unreachable.html", about, status=503)


def _turned_away(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and back after it: to the same page if it was being looked at."""
    if origins.is_foreign(request):
        # The browser kept the cookie back, for another site has led here: our own page asks anew.
        about = {"inbox": INBOX, "brand": brands.of(request)}
        return render(request, "webmail/arrived.html", about)
    safe = request.method in ("GET", "HEAD")
    query = urlencode({"verso": request.get_full_path()}) if safe else "scaduta=1"
    if request.path == INBOX and safe:
        query = ""
    response = HttpResponseRedirect(f"{SIGN_IN}?{query}".rstrip("?"))
    response.status_code = 303
    return response


def _hardened(response: HttpResponse) -> HttpResponse:
    policy.harden(response)
    return response
