"""The second factor at the door: proving one, and setting up authenticator apps and passkeys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import segno
from axes.handlers.proxy import AxesProxyHandler
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.faces.entrance import proof
from ristoro.faces.entrance.menu import home_of
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff import factors, passkeys, people, totp
from ristoro.staff.passkeys import Place
from ristoro.staff.people import Person

FRESH = timedelta(minutes=5)
LONGEST_CODE = 20
_SECRET, _NEW, _KNOWN = "new-secret", "new-passkey", "known-passkey"

scripted = csp_update({"script-src": ["'self'"], "img-src": ["'self'", "data:"]})


@never_cache
@scripted
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Prove a second factor; whoever has none sets one up."""
    person = people.find(request.user.get_username())
    if not factors.of(person):
        return SeeOther(reverse("entrance:factors"))
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    wrong = ""
    if request.method == "POST":
        counted = {"username": f"second factor of {person.id}"}
        if not AxesProxyHandler.is_allowed(request, counted):
            return _second(request, person, wanted, "locked", 429)
        if _is_proven(request, person):
            AxesProxyHandler.reset_attempts(username=counted["username"])
            proof.given(request, person, clock.now())
            own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
            return SeeOther(wanted if own and wanted.startswith("/") else home_of(person))
        AxesProxyHandler.user_login_failed(__name__, counted, request)
        request.axes_locked_out = False  # type: ignore[attr-defined]  # this page says it itself
        wrong = "wrong"
    return _second(request, person, wanted, wrong, 403 if wrong else 200)


@never_cache
@scripted
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """A person's second factors: what there is, and setting up another.

    The first is set up with the password alone; another only by whoever has just proven one.
    """
    person = people.find(request.user.get_username())
    held = factors.of(person)
    if held and not proof.is_given(request, person, clock.now(), within=FRESH):
        return proof.ask(request.path)
    error = None
    if request.method == "POST":
        try:
            _add(request, person)
        except RistoroError as refused:
            error = refused
        else:
            proof.given(request, person, clock.now())
            return SeeOther(reverse("entrance:factors"))
    return _factors(request, person, error)


@never_cache
@login_required
@require_POST
def remove(request: HttpRequest, factor: int) -> HttpResponse:
    """Take one of one's own factors away."""
    person = people.find(request.user.get_username())
    if not proof.is_given(request, person, clock.now(), within=FRESH):
        return proof.ask(reverse("entrance:factors"))
    try:
        factors.remove(person, factor, clock.now())
    except RistoroError as error:
        return _factors(request, person, error)
    return SeeOther(reverse("entrance:factors"))


def _is_proven(request: HttpRequest, person: Person) -> bool:
    now = clock.now()
    answer = request.POST.get("answer", "")
    if answer:
        challenge = request.session.pop(_KNOWN, "")
        return bool(challenge) and passkeys.accepts(person, answer, challenge, _place(request), now)
    return totp.accepts(person, request.POST.get("code", "")[:LONGEST_CODE], now)


def _add(request: HttpRequest, person: Person) -> None:
    now, name = clock.now(), request.POST.get("name", "").strip()
    answer = request.POST.get("answer", "")
    if answer:
        challenge = request.session.pop(_NEW, "")
        passkeys.add(person, answer, challenge, _place(request), name, now)
        return
    secret = request.session.get(_SECRET) or totp.new_secret()
    totp.add(person, secret, request.POST.get("code", "")[:LONGEST_CODE], name, now)
    request.session.pop(_SECRET, None)


def _second(
    request: HttpRequest, person: Person, wanted: str, wrong: str, status: int
) -> HttpResponse:
    asked = passkeys.ask_for_known(person, _place(request))
    request.session[_KNOWN] = asked.challenge
    kinds = {one.kind for one in factors.of(person)}
    about = {"options": asked.options, "next": wanted, "wrong": wrong, "kinds": kinds}
    return render(request, "entrance/second.html", about, status=status)


def _factors(request: HttpRequest, person: Person, error: RistoroError | None) -> HttpResponse:
    secret = request.session.setdefault(_SECRET, totp.new_secret())
    asked = passkeys.ask_for_new(person, _place(request))
    request.session[_NEW] = asked.challenge
    about: dict[str, Any] = {
        "person": person,
        "held": factors.of(person),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": segno.make(totp.uri(person, secret)).svg_data_uri(scale=4, border=2),
        "options": asked.options,
        "wrong": None if error is None else shown(error),
    }
    status = 200 if error is None else about["wrong"].status
    return render(request, "entrance/factors.html", about, status=status)


def _place(request: HttpRequest) -> Place:
    origin = request.build_absolute_uri("/").rstrip("/")
    return Place(urlsplit(origin).hostname or "", origin)
