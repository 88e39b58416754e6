"""Storing, undoing and removing an account: each by a POST of our own page, with the password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.leaving.browsers import browser_of
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.payee import again, draft, telling, views
from ristoro.faces.webmail.payee.telling import AGAIN, WRONG
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.tags import zone
from ristoro.fulfilment.payees import giving
from ristoro.fulfilment.payees.giving import Seen
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.singles.posting import To
from ristoro.workers import bookings


@sensitive_post_parameters("draft", "password")
@change
def confirm(request: HttpRequest, held: Holder) -> HttpResponse:
    """Store the account that the page showed, once.

    422 where the page is old or another session's, 403, 429 or 503 where the password is not
    proven: then nothing is stored, and the page is shown again. A draft that was stored already
    leads to how the account stands.
    """
    now = clock.now()
    one = draft.opened(held, request.POST.get(draft.FIELD, ""), now)
    to = _to(held)
    if one is None or to is None or not telling.shown_of(held).may_give:
        wrong = _("This page is too old. Nothing was stored: write the account again.")
        return views.stand(request, held, wrong, status=422)
    if stood := again.against(request, held):
        return views.check(request, held, one, AGAIN[stood], again.STATUS[stood])
    if draft.use_up(held, one):
        stored = False
        try:
            giving.give(to, one.account, _seen(request), now, zone())
            stored = True
            bookings.look_at_mailbox(to.mailbox_id)
        except NotAllowed as error:
            return _stood(request, held, error)
        finally:
            if not stored:
                draft.give_back(one)
    return see(f"{views.PLACE}?fatto=dato")


def undo(request: HttpRequest, **named: Any) -> HttpResponse:
    """What undoing does, by GET; undoing by POST."""
    return _undo(request, **named) if request.method == "POST" else _sure_undo(request, **named)


def remove(request: HttpRequest, **named: Any) -> HttpResponse:
    """What removing does, by GET; removing by POST."""
    if request.method == "POST":
        return _remove(request, **named)
    return _sure_remove(request, **named)


@holder
def _sure_undo(request: HttpRequest, held: Holder) -> HttpResponse:
    return _sure(request, held, "undo")


@holder
def _sure_remove(request: HttpRequest, held: Holder) -> HttpResponse:
    return _sure(request, held, "remove")


@sensitive_post_parameters("password")
@change
def _undo(request: HttpRequest, held: Holder) -> HttpResponse:
    to = _to(held)
    if to is None or not telling.shown_of(held).cools_off:
        return views.stand(request, held, WRONG["payee-nothing"], status=409)
    if stood := again.against(request, held):
        return _sure(request, held, "undo", stood)
    try:
        giving.undo(to, clock.now(), _seen(request), zone())
        bookings.look_at_mailbox(to.mailbox_id)
    except NotAllowed as error:
        return _stood(request, held, error)
    return see(f"{views.PLACE}?fatto=annullato")


@sensitive_post_parameters("password")
@change
def _remove(request: HttpRequest, held: Holder) -> HttpResponse:
    to = _to(held)
    if to is None or telling.shown_of(held).none:
        return views.stand(request, held, WRONG["payee-nothing"], status=409)
    if stood := again.against(request, held):
        return _sure(request, held, "remove", stood)
    try:
        giving.remove(to, clock.now(), _seen(request), zone())
        bookings.look_at_mailbox(to.mailbox_id)
    except NotAllowed as error:
        return _stood(request, held, error)
    return see(f"{views.PLACE}?fatto=tolto")


def _sure(request: HttpRequest, held: Holder, what: str, stood: str = "") -> HttpResponse:
    """The page that asks for the password before something is undone or removed."""
    shown = telling.shown_of(held)
    if shown.none or (what == "undo" and not shown.cools_off):
        return views.stand(request, held)
    about = {**views.PART, "shown": shown, "wrong": AGAIN.get(stood, ""), "what": what}
    status = again.STATUS[stood] if stood else 200
    return page(request, held, "payee/sure.html", about, status)


def _stood(request: HttpRequest, held: Holder, error: NotAllowed) -> HttpResponse:
    return views.stand(request, held, WRONG[error.problems[0].code], status=409)


def _to(held: Holder) -> To | None:
    mailbox_id = telling.mailbox_id_of(held)
    if mailbox_id is None:
        return None
    known = dict(settings.LANGUAGES)
    locale = held.language if held.language in known else settings.LANGUAGE_CODE
    return To(mailbox_id, held.address, held.brand.code, locale)


def _seen(request: HttpRequest) -> Seen:
    browser = browser_of(request.headers.get("User-Agent", ""))
    return Seen(browser, request.META.get("REMOTE_ADDR", ""))
