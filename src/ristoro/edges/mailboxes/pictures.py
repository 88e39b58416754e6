"""Fetching a picture from a stranger's server without becoming their tool.

The name is resolved once, every address it has must be a public one, and the connection is made to
that very address: a name that resolves otherwise a moment later leads nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from urllib.parse import urljoin, urlsplit

MOST_OCTETS = 5 * 1024 * 1024
SECONDS = 5
"""Of waiting for each answer of a server, and at most twice as many for all of a picture."""

MOST_REDIRECTS = 2
_PORTS = {"http": 80, "https": 443}
_HEADERS = {"Accept": "image/png,image/jpeg,image/gif,image/webp", "User-Agent": "Mozilla/5.0"}

_PIECE = 64 * 1024

Resolver = Callable[[str, int], Sequence[str]]
Clock = Callable[[], float]


class NotFetched(Exception):
    """The picture was not fetched: refused, not there, too large or too slow."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def fetch(url: str, resolver: Resolver = resolve, clock: Clock = time.monotonic) -> bytes:
    """The octets at a web address, at most ``MOST_OCTETS``; each redirect is judged anew."""
    end = clock() + 2 * SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        told = _asked(url, resolver, lambda: end - clock())
        if isinstance(told, bytes):
            return told
        url = urljoin(url, told)
    raise NotFetched("redirected too often")


def public_address(host: str, port: int, resolver: Resolver = resolve) -> str:
    """One address of the host; ``NotFetched`` unless all that it has are public."""
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"{host} cannot be resolved") from error
    if not found or not all(is_public(each) for each in found):
        raise NotFetched(f"{host} is not a public place")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet, however it is wrapped in IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if int(ip) >> 32 == 0:  # IPv4-compatible, long deprecated
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _asked(url: str, resolver: Resolver, left: Clock) -> bytes | str:
    """The octets, or where the server redirects to; ``left`` says how many seconds there are."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotFetched("not an address") from error
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or port != _PORTS[parts.scheme] or not host or parts.username:
        raise NotFetched("not a plain web address")
    address = public_address(host, port, resolver)
    connection = _Pinned(host, port, address, secure=parts.scheme == "https")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("GET", path, headers=_HEADERS)
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return response.getheader("Location", "")
        if response.status != 200:
            raise NotFetched(f"the server answered {response.status}")
        return _received(response, left)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(str(error)) from error
    finally:
        connection.close()


def _received(response: http.client.HTTPResponse, left: Clock) -> bytes:
    """All of an answer; a server that sends it drop by drop does not hold us up."""
    found = bytearray()
    while piece := response.read1(_PIECE):
        found += piece
        if len(found) > MOST_OCTETS:
            raise NotFetched("too large")
        if left() < 0:
            raise NotFetched("too slow")
    return bytes(found)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name resolves to by now."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address
        self._secure = secure

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
