"""A name for each browser of the staff, kept through every sign-out: one seat is not two people."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ristoro.staff.browsers import sightings
from ristoro.staff.people import Person

COOKIE = "ristoro-browser"
KEPT = 400 * 24 * 3600
"""Seconds: as long as browsers keep any cookie (RFC 6265bis, 5.5)."""

_SEEN = "seen-in-browser"


def see(request: HttpRequest, person: Person, at: datetime) -> str:
    """Note, once a session, that the person is signed in here; the browser's name."""
    name = request.COOKIES.get(COOKIE, "")
    if not name.isalnum() or len(name) != 32:
        name = secrets.token_hex(16)
    digest = sightings.digest_of(name)
    if request.session.get(_SEEN) != [digest, person.id]:
        sightings.see(digest, person.id, at)
        request.session[_SEEN] = [digest, person.id]
    return name


def of(request: HttpRequest) -> str:
    """The digest of the browser's name, for a request that ``see`` has looked at."""
    seen = request.session.get(_SEEN)
    return str(seen[0]) if seen else ""


def kept(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    """The answer, with the browser's name for the browser to keep."""
    answer.set_cookie(
        COOKIE, name, max_age=KEPT, path="/", secure=settings.BEHIND_TLS, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return answer
