"""Who may come in: a token, not too often, and a code of the person where something is given.

Cookies are not read here, so that no page that a person has open can act through their session.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff import tokens, totp
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.staff.tokens import Bearer

CODE_HEADER = "Ristoro-Code"
LONGEST_TOKEN = 200
LONGEST_CODE = 20


def bearer_of(request: HttpRequest, at: datetime) -> Bearer:
    """Whoever shows a token that counts now; ``NotAllowed`` otherwise."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAllowed(
            Problem(
                "no-token-shown",
                "no token was shown",
                "every request says who asks; a session of the console does not count here",
                "send the header `Authorization: Bearer ristoro_…`",
            )
        )
    return tokens.bearer(secret.strip()[:LONGEST_TOKEN], at)


def check_roles(bearer: Bearer, roles: tuple[Role, ...]) -> None:
    """Return where the token holds one of the roles, or none is asked for."""
    if roles and bearer.person.roles.isdisjoint(roles):
        wanted = " or ".join(role.value for role in roles)
        raise NotAllowed(
            Problem(
                "role-missing",
                "this token may not do this",
                f"it asks for the role {wanted}, which the token or its person does not hold",
                "make a token with that role, if you hold it",
            )
        )


def check_code(request: HttpRequest, person: Person, at: datetime) -> None:
    """Return where the request carries the person's present code, which then counts no more.

    A token alone never gives, whatever the installation asks of people at its pages. Five wrong
    codes lock the person out of this for an hour, here and at the pages.
    """
    counted = {"username": f"second factor of {person.id}"}
    if not AxesProxyHandler.is_allowed(request, counted):
        raise NotAllowed(
            Problem(
                "second-factor-locked",
                "too many wrong codes",
                "whoever has the token alone could try codes for ever",
                "wait an hour, or act at the console's pages with a passkey",
            )
        )
    code = request.headers.get(CODE_HEADER, "")[:LONGEST_CODE]
    if code and totp.accepts(person, code, at):
        AxesProxyHandler.reset_attempts(username=counted["username"])
        return
    if code:
        AxesProxyHandler.user_login_failed(__name__, counted, request)
        request.axes_locked_out = False  # type: ignore[attr-defined]  # this refusal says it
    raise NotAllowed(
        Problem(
            "second-factor",
            "the code is not the person's present one" if code else "no code was shown",
            "what gives asks for the person, not for a program that holds their token",
            f"send what the person's authenticator app shows now in the header {CODE_HEADER}",
        )
    )


@dataclass
class Rate:
    """So many requests a minute for each token, in this process: a bucket that fills steadily."""

    a_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: dict[int, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, token_id: int) -> None:
        """Count one request; ``NotAllowed`` where the bucket is empty."""
        now = self.clock()
        with self._lock:
            left, seen = self._left.get(token_id, (float(self.a_minute), now))
            left = min(float(self.a_minute), left + (now - seen) * self.a_minute / 60)
            self._left[token_id] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            raise NotAllowed(
                Problem(
                    "too-often",
                    f"this token has asked {self.a_minute} times in a minute",
                    "one program must not keep the console from people",
                    "wait for as many seconds as the header Retry-After says",
                )
            )

    @property
    def wait(self) -> int:
        """Seconds until there is room for another."""
        return max(1, 60 // self.a_minute)
