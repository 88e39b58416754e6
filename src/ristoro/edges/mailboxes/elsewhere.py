"""Another provider's IMAP service, as a holder names it: always encrypted, never inside our walls.

A name that a stranger may type must not make this program speak to a private address: only
addresses of the public internet are spoken to, and the certificate must be of the name, so that a
name that resolves differently a moment later leads nowhere.
"""

from __future__ import annotations

import re
import socket
import ssl
from ipaddress import ip_address

from ristoro.edges.mailboxes.server import Service
from ristoro.kernel.errors import BadInput, bad_input

TLS_PORT, STARTTLS_PORT = 993, 143
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]+", re.ASCII)


def service_elsewhere(host: str, *, starttls: bool = False) -> Service:
    """The service at a public name; ``BadInput`` where it is not one, or not to be spoken to."""
    name = host.strip().lower().rstrip(".")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name):
        raise _wrong(host, "it is not the name of a host", "write it as your provider tells it")
    port = STARTTLS_PORT if starttls else TLS_PORT
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _wrong(host, "no such host is known", "look at how it is spelled") from error
    if not all(ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found):
        raise _wrong(host, "it is not on the public internet", "name your new provider's host")
    return Service(name, port, ssl.create_default_context(), starttls, connect_timeout=10.0)


def _wrong(host: str, why: str, todo: str) -> BadInput:
    return bad_input("host-elsewhere", f"{host!r} cannot be moved to", why, todo)
