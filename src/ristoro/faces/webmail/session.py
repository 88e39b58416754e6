"""Who is signed in: all of it in the holder's own cookie, encrypted; the server keeps nothing.

A session ends after ``IDLE`` without a page, after ``LONGEST`` in any case, and at sign-out, from
when on its nonce is known as used up: a copy of the cookie is worth nothing then.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ristoro.faces.webmail import spent
from ristoro.kernel import clock

COOKIE = "posta"
KEYS = "posta_tasti"
"""The cookie that says, also to the next session, that single keys are switched off."""

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
RENEWED = timedelta(minutes=1)
"""How old a cookie may get before a page sends it anew, with the later time in it."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in holder. ``nonce`` names the session and nothing else does.

    ``origin`` is the network address from which the holder signed in. ``used`` and ``limit`` are
    the storage in bytes when it was last asked for, which is after whatever may have changed it:
    a list page has no command to spare for it.
    """

    address: str
    password: str = field(repr=False)
    language: str
    issued: datetime
    nonce: str
    origin: str = ""
    shortcuts: bool = True
    used: int | None = None
    limit: int | None = None

    @property
    def ends(self) -> datetime:
        """When it is over, however busy its holder is."""
        return self.issued + LONGEST


def begun(address: str, password: str, language: str, origin: str, now: datetime) -> Session:
    """A new session of a holder, good for nothing until the mail host lets them in."""
    return Session(address, password, language, now, secrets.token_urlsafe(18), origin)


def sealed(session: Session, now: datetime) -> str:
    """The cookie's value."""
    plain = json.dumps({**asdict(session), "issued": session.issued.isoformat()})
    return _lock().encrypt_at_time(plain.encode(), int(now.timestamp())).decode("ascii")


def opened(value: str, now: datetime) -> Session | None:
    """The session in a cookie; ``None`` where it is idle, over, forged, or signed out of."""
    at = int(now.timestamp())
    try:
        plain = _lock().decrypt_at_time(value, int(IDLE.total_seconds()), at)
        told = json.loads(plain)
        session = Session(**{**told, "issued": datetime.fromisoformat(told["issued"])})
    except (InvalidToken, ValueError, TypeError, KeyError):
        return None
    if now >= session.ends or spent.is_spent(_name(session)):
        return None
    return session


def of(request: HttpRequest) -> Session | None:
    """The session that a request comes with."""
    value = request.COOKIES.get(COOKIE)
    return opened(value, clock.now()) if value else None


def ended(session: Session) -> None:
    """Have every copy of the session's cookie refused from now on."""
    spent.spend(_name(session), session.ends)


def put(response: HttpResponseBase, session: Session) -> None:
    """Send the session's cookie with a response."""
    response.set_cookie(
        COOKIE,
        sealed(session, clock.now()),
        httponly=True,
        secure=settings.BEHIND_TLS,
        samesite="Strict",
    )


def renew(request: HttpRequest, response: HttpResponseBase, session: Session) -> None:
    """Send the cookie anew where the one that came is getting old and no new one goes out."""
    if COOKIE in response.cookies:
        return
    age = clock.now().timestamp() - _lock().extract_timestamp(request.COOKIES[COOKIE])
    if age >= RENEWED.total_seconds():
        put(response, session)


def forget(response: HttpResponseBase) -> None:
    """Have the browser drop the cookie."""
    response.delete_cookie(COOKIE, samesite="Strict")


def has_shortcuts(request: HttpRequest) -> bool:
    """Whether single keys do something in this browser, where nobody has said otherwise."""
    return request.COOKIES.get(KEYS) != "no"


def remember_shortcuts(response: HttpResponseBase, on: bool) -> None:
    """Have this browser know whether single keys do something."""
    if on:
        response.delete_cookie(KEYS, samesite="Strict")
    else:
        response.set_cookie(
            *(KEYS, "no"),
            max_age=365 * 86_400,
            httponly=True,
            secure=settings.BEHIND_TLS,
            samesite="Strict",
        )


def lock_for(purpose: str) -> Fernet:
    """Encryption for another cookie of the webmail, by a key of its own."""
    return _derived(settings.SECRET_KEY, purpose)


def _lock() -> Fernet:
    return lock_for("session")


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> Fernet:
    info = f"ristoro webmail {purpose}".encode()
    key = HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def _name(session: Session) -> str:
    return f"session {session.nonce}"
