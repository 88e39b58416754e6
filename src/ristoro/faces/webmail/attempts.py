"""How often a sign-in may fail, counted by django-axes, shared by every web process.

Counted twice: for the pair of mailbox and network address, so that nobody can lock a holder out
from elsewhere, and for the network address alone, so that nobody can try one password on many.
The mailbox is counted by a hash of what was typed, whether there is such a mailbox or not.
"""

from __future__ import annotations

import hashlib
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

OF_PAIR = 5
OF_NETWORK_ADDRESS = 60
"""High, for thousands of phones share one network address of a mobile operator."""

_EVERY = "webmail, any"


def failure_limit(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """How many failures lock, for django-axes (``AXES_FAILURE_LIMIT``)."""
    del request
    named = (credentials or {}).get("username")
    return OF_NETWORK_ADDRESS if named == _EVERY else OF_PAIR


def may_try(request: HttpRequest, address: str) -> bool:
    """Whether a sign-in may be tried now, with this address, from here."""
    return all(AxesProxyHandler.is_allowed(request, one) for one in _counted(address))


def failed(request: HttpRequest, address: str) -> None:
    """Count a failure."""
    for one in _counted(address):
        AxesProxyHandler.user_login_failed(__name__, one, request)
    request.axes_locked_out = False  # type: ignore[attr-defined]  # the sign-in page says it itself


def succeeded(request: HttpRequest, address: str) -> None:
    """Forget the failures of the pair; those of the network address stay."""
    pair = _counted(address)[0]["username"]
    AxesProxyHandler.reset_attempts(
        username=pair, ip_address=getattr(request, "axes_ip_address", None)
    )


def _counted(address: str) -> list[dict[str, str]]:
    mark = hashlib.sha256(address.strip().lower().encode()).hexdigest()[:32]
    return [{"username": f"webmail {mark}"}, {"username": _EVERY}]
