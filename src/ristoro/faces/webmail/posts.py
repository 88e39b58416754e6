"""What changes something: a POST of our own page, once for each form however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ristoro.faces.webmail import origins, spent
from ristoro.faces.webmail.doors import Holder, holder

KEY = "key"
LONGEST_KEY = 64
View = Callable[..., HttpResponse]


def new_key() -> str:
    """A key for one form."""
    return secrets.token_urlsafe(12)


def change(view: View) -> View:
    """A view that changes something: called with the holder, and once for each form's key.

    Refused with 403 unless a page of our own sent it (Fetch Metadata, beside the CSRF token that
    Django checks), and with 400 without a key. The same form again is led to where the first one
    led. A form that was answered with an error (400 and above; 422 for wrong fields) did nothing,
    and may be sent again.
    """

    @wraps(view)
    def answer(request: HttpRequest, held: Holder, **named: Any) -> HttpResponse:
        if not origins.is_own(request):
            return render(request, "403_csrf.html", status=403)
        key = request.POST.get(KEY, "")
        if not key or len(key) > LONGEST_KEY:
            return render(request, "403_csrf.html", status=400)
        name = f"form {held.session.nonce} {key}"
        if not spent.spend(name, held.session.ends):
            return _again(request, spent.noted(name))
        done = False
        try:
            response = view(request, held, **named)
            done = response.status_code < 400
        finally:
            if not done:
                spent.give_back(name)
        spent.note(name, response.headers.get("Location", ""))
        return response

    return require_POST(holder(answer))


def see(place: str) -> HttpResponse:
    """Lead to a page after a change: 303, so that it is fetched and never sent again."""
    return _See(place)


class _See(HttpResponseRedirect):
    status_code = 303


def _again(request: HttpRequest, place: str) -> HttpResponse:
    """The answer to a form that is being, or has been, dealt with."""
    return see(place or urlsplit(request.headers.get("Referer", "")).path or "/posta/")
