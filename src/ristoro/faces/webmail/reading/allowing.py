"""Whose remote pictures a holder wants to see, kept in an encrypted cookie of their own browser.

What is kept are marks that only this holder's name and ours make; the server keeps nothing.
"""

from __future__ import annotations

import enum
import hashlib
import json
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ristoro.faces.webmail import session

COOKIE = "immagini"
KEPT = timedelta(days=180)
MOST = 100
"""Marks in one cookie; the oldest goes first."""

_OCTETS = 9


class Scope(enum.Enum):
    """For what remote pictures are allowed."""

    MESSAGE = "messaggio"
    SENDER = "mittente"
    DOMAIN = "dominio"


def marks_of(holder: str, message_id: str, sender: str) -> dict[Scope, str]:
    """The marks of a message; a sender that is not known has none but the message's own."""
    names = {Scope.MESSAGE: message_id}
    domain = sender.rpartition("@")[2]
    if sender and domain:
        names |= {Scope.SENDER: sender.casefold(), Scope.DOMAIN: domain.casefold()}
    return {scope: _mark(holder, scope, name) for scope, name in names.items() if name}


def allowed(request: HttpRequest, marks: dict[Scope, str]) -> bool:
    """Whether the pictures of a message with these marks may be fetched."""
    return bool(set(marks.values()) & set(_kept(request)))


def allow(request: HttpRequest, response: HttpResponseBase, mark: str) -> None:
    """Remember a mark in the browser."""
    _keep(response, [mark, *(each for each in _kept(request) if each != mark)][:MOST])


def forbid(request: HttpRequest, response: HttpResponseBase, marks: dict[Scope, str]) -> None:
    """Forget every mark of a message."""
    _keep(response, [each for each in _kept(request) if each not in marks.values()])


def _keep(response: HttpResponseBase, kept: list[str]) -> None:
    response.set_cookie(
        COOKIE,
        session.lock_for("pictures").encrypt(json.dumps(kept).encode()).decode(),
        max_age=int(KEPT.total_seconds()),
        path="/posta/",
        httponly=True,
        secure=settings.BEHIND_TLS,
        samesite="Strict",
    )


def _kept(request: HttpRequest) -> list[str]:
    value = request.COOKIES.get(COOKIE, "")
    try:
        plain = session.lock_for("pictures").decrypt(value, int(KEPT.total_seconds()))
        return [str(mark) for mark in json.loads(plain)]
    except (InvalidToken, ValueError):
        return []


def _mark(holder: str, scope: Scope, name: str) -> str:
    text = f"{holder}\0{scope.value}\0{name}".encode()
    return hashlib.blake2b(text, digest_size=_OCTETS).hexdigest()
