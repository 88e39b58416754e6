"""Which addresses a push may go to.

A browser tells its subscription's address, so whoever signs in can name any: only the services of
browsers' makers are spoken to, or a holder could have the worker knock at doors inside the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from ristoro.kernel.errors import bad_input

SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
LONGEST = 1_000


def origin_of(endpoint: str, allowed: Iterable[str]) -> str:
    """The origin of an address that may be posted to; ``BadInput`` for all others.

    ``allowed`` are names, ``*.`` before one for every name below it; a name without ``:port`` is
    that host's port 443.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port or 443
    except ValueError:
        raise _refused("it is no address") from None
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or len(endpoint) > LONGEST or not endpoint.isascii():
        raise _refused("it is no https address of at most 1,000 characters")
    if not endpoint.isprintable() or " " in endpoint or "@" in parts.netloc:
        raise _refused("it has what no address of a push service has")
    if not any(_matches(host, port, name) for name in allowed):
        raise _refused("its host is not one of the services that are allowed")
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"


def _matches(host: str, port: int, name: str) -> bool:
    named, _, told = name.partition(":")
    if port != int(told or 443):
        return False
    return host.endswith(named[1:]) if named.startswith("*.") else host == named


def _refused(why: str) -> Exception:
    return bad_input(
        "push-endpoint",
        "this push subscription's address is not used",
        why,
        "subscribe again with a browser whose service RISTORO_PUSH_SERVICES names",
    )
