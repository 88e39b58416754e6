"""Where events may be sent: https, on the public internet or in a network that is allowed.

Whoever may add a webhook must not make this program speak to the inside of its own network: the
name is resolved at each try, every address that it has is judged, and the connection goes to one
of those. Plain http is for the machine itself alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from ristoro.edges.mailboxes.pictures import Resolver, is_public, resolve
from ristoro.kernel.errors import BadInput, bad_input

LONGEST = 500
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Where:
    """A receiver's address, resolved."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


@dataclass(frozen=True, slots=True)
class Places:
    """The networks that are allowed beside the public internet."""

    networks: Sequence[IPv4Network | IPv6Network] = ()
    resolver: Resolver = resolve

    def find(self, url: str) -> Where:
        """Where an address leads now; ``BadInput`` where nothing may be sent there."""
        where = read(url)
        try:
            found = [str(each) for each in self.resolver(where.host, where.port)]
        except (OSError, UnicodeError) as error:
            raise _wrong(url, "no such host is known") from error
        if not found or not all(is_public(each) or self._allows(each) for each in found):
            raise _wrong(url, "it is not on the public internet, nor in a network that is allowed")
        if not where.secure and not all(_bare(each).is_loopback for each in found):
            raise _wrong(url, "without TLS anybody on the way could read and change what is sent")
        return Where(where.secure, where.host, where.port, found[0], where.path)

    def _allows(self, address: str) -> bool:
        return any(_bare(address) in network for network in self.networks)


def networks_of(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks as ``10.1.0.0/16``, blanks between; ``ValueError`` where one is none."""
    return tuple(ip_network(one) for one in text.split())


def read(url: str) -> Where:
    """The parts of an address, not yet resolved; ``BadInput`` where it is no plain web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise _wrong(url, "it is no address") from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or len(url) > LONGEST or parts.scheme not in _PORTS or not parts.hostname:
        raise _wrong(url, f"it is no https address of at most {LONGEST} characters")
    if "@" in parts.netloc or parts.fragment:
        raise _wrong(url, "it has a name, a password or a fragment, which are not sent")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Where(parts.scheme == "https", parts.hostname, port, "", path)


def _bare(address: str) -> IPv4Address | IPv6Address:
    return ip_address(address.partition("%")[0])


def _wrong(url: str, why: str) -> BadInput:
    return bad_input(
        "webhook-address",
        f"events cannot be sent to {url[:200]!r}",
        why,
        "name an https address; RISTORO_WEBHOOK_NETWORKS allows networks of yours",
    )
