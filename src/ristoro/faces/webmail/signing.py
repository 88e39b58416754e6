"""The sign-in and sign-out pages."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic, sleep

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.edges.mailboxes.contract import SignInRefused, Unreachable
from ristoro.faces.webmail import attempts, brands, origins, policy, session
from ristoro.faces.webmail.doors import INBOX, POOL, SIGN_IN, opened_as, with_space
from ristoro.faces.webmail.phone import keeping
from ristoro.faces.webmail.session import Session
from ristoro.kernel import clock

LONGEST_ADDRESS = 254
LONGEST_PASSWORD = 512
STEP = 1.0
"""Seconds: a refusal is answered at a whole number of these, whatever the mail host took."""

_ASKED_TO_WAIT = 429
LANGUAGES = ("it", "en")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password, and begin a session where the mail host lets them in.

    The answer is the same, and takes as long, for an unknown address and for a wrong password.
    """
    if request.method != "POST":
        if session.of(request) is not None and not origins.is_foreign(request):
            return _led(_wanted(request, "GET"))
        return _form(request)
    if not origins.is_own(request):
        return _form(request, wrong="elsewhere", status=403)
    started = monotonic()
    address = request.POST.get("address", "").strip()[: LONGEST_ADDRESS + 1]
    password = request.POST.get("password", "")[: LONGEST_PASSWORD + 1]
    if not attempts.may_try(request, address):
        return _form(request, wrong="locked", status=_ASKED_TO_WAIT)
    language = (translation.get_language() or "it")[:2]
    origin = request.META.get("REMOTE_ADDR", "")
    begun = session.begun(address.lower(), password, language, origin, clock.now())
    wrong, begun = _tried(begun)
    if wrong == "refused":
        attempts.failed(request, address)
        sleep(STEP - (monotonic() - started) % STEP)
    if wrong:
        return _form(request, wrong=wrong, status=503 if wrong == "unreachable" else 403)
    attempts.succeeded(request, address)
    rotate_token(request)
    response = _led(_wanted(request, "POST"))
    session.put(response, replace(begun, shortcuts=session.has_shortcuts(request)))
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session everywhere: other copies of its cookie, kept connections, kept pages."""
    if not origins.is_own(request):
        return _form(request, wrong="elsewhere", status=403)
    signed_in = session.of(request)
    if signed_in is not None:
        session.ended(signed_in)
        POOL.end(signed_in.nonce)
    response = _led(f"{SIGN_IN}?uscita=1")
    session.forget(response)
    response.delete_cookie(keeping.COOKIE, samesite="Strict")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _tried(begun: Session) -> tuple[str, Session]:
    """What stands against the sign-in; empty where nothing does, and the connection is kept."""
    address, password = begun.address, begun.password
    if "@" not in address or not password.strip():
        return "refused", begun
    if len(address) > LONGEST_ADDRESS or len(password) > LONGEST_PASSWORD:
        return "refused", begun
    # A * would name another user to sign in as, on hosts with master users.
    if not address.isprintable() or "\0" in password or "*" in address:
        return "refused", begun
    try:
        with POOL.borrowed(begun.nonce, lambda: opened_as(begun)) as mailbox:
            return "", with_space(begun, mailbox.space())
    except SignInRefused:
        return "refused", begun
    except Unreachable:
        return "unreachable", begun


def _form(request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    address = request.POST.get("address", "")
    brand = brands.of(request, address)
    about = {
        "brand": brand,
        "tint": brands.address_of(brand),
        "wrong": wrong,
        "address": address[:LONGEST_ADDRESS],
        "wanted": _wanted(request, "POST" if request.method == "POST" else "GET"),
        "over": "scaduta" in request.GET,
        "out": "uscita" in request.GET,
        "here": SIGN_IN,
    }
    response = render(request, "webmail/sign-in.html", about, status=status)
    policy.harden(response)
    return response


def _wanted(request: HttpRequest, method: str) -> str:
    """The page to go to after the sign-in: one of our own, else the inbox."""
    wanted = (request.POST if method == "POST" else request.GET).get("verso", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and wanted.startswith("/") else INBOX


def _led(place: str) -> HttpResponse:
    response = HttpResponse(status=303, headers={"Location": place})
    policy.harden(response)
    return response


@never_cache
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and stay on the page."""
    chosen = request.POST.get("language", "")
    if not origins.is_own(request) or chosen not in LANGUAGES:
        return _form(request, wrong="elsewhere", status=403)
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    response = _led(back if own else INBOX)
    _spoken(request, response, chosen)
    return response


def _spoken(request: HttpRequest, response: HttpResponseBase, chosen: str) -> None:
    signed_in = session.of(request)
    if signed_in is not None:
        session.put(response, replace(signed_in, language=chosen))
    response.set_cookie("django_language", chosen, max_age=365 * 86400, samesite="Lax")
