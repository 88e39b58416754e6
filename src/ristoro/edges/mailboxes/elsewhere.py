"""Another provider's IMAP service, as a holder names it: always encrypted, never inside our walls.

A name that a stranger may type must not make this program speak to a private address. So the name
is resolved once, every address that it has must be one of the public internet or of a network that
the operator allows, and only these are connected to: a name that resolves differently a moment
later leads nowhere else. The certificate must be of the name. What the service says is heard up to
a limit.
"""

from __future__ import annotations

import re
import ssl
from ipaddress import ip_address

from ristoro.edges.mailboxes.pictures import Resolver, is_public, resolve
from ristoro.edges.mailboxes.server import Reach, Service
from ristoro.kernel.errors import BadInput, bad_input

TLS_PORT, STARTTLS_PORT = 993, 143
MOST_HEARD = 32 << 20
"""Bytes of one reply. The longest that a move asks for is a list of UIDs: 10 bytes a message."""

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)*{_LABEL}", re.ASCII)


def service_elsewhere(
    host: str, reach: Reach, *, starttls: bool = False, resolver: Resolver = resolve
) -> Service:
    """The service at a name; ``BadInput`` where it is not one, or not to be spoken to."""
    name = _named(host)
    port = STARTTLS_PORT if starttls else TLS_PORT
    try:
        found = tuple(dict.fromkeys(resolver(name, port)))
    except (OSError, UnicodeError) as error:
        raise _wrong(host, "no such host is known", "look at how it is spelled") from error
    if not found or not all(_may_be(address, reach) for address in found):
        raise _wrong(host, "it is not on the public internet", "name your new provider's host")
    return Service(
        name,
        port,
        reach.tls or ssl.create_default_context(),
        starttls,
        connect_timeout=10.0,
        addresses=found,
        most_heard=MOST_HEARD,
    )


def _may_be(address: str, reach: Reach) -> bool:
    """Whether a connection may go to this address."""
    if is_public(address):
        return True
    ip = ip_address(address.partition("%")[0])
    return any(ip in network for network in reach.networks)


def _named(host: str) -> str:
    """The name as the wire has it; a literal address is its own name."""
    name = host.strip().lower().rstrip(".")
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name):
        raise _wrong(host, "it is not the name of a host", "write it as your provider tells it")
    return name


def _wrong(host: str, why: str, todo: str) -> BadInput:
    return bad_input("host-elsewhere", f"{host!r} cannot be moved to", why, todo)
