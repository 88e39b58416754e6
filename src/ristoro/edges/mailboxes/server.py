"""Where holders read and send: the IMAP and submission services of a mail host."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from ristoro.edges.mailhosts.imap import is_loopback
from ristoro.kernel.errors import Missing, Problem

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Service:
    """One service: where it is, and how the line is encrypted.

    ``tls`` is a context for TLS from the first byte, or after STARTTLS if ``starttls``. Without one
    only a loopback address is spoken to, unless ``plaintext`` allows it. Timeouts are seconds, for
    connecting and for each reply. With ``addresses`` these are connected to, whatever the name
    resolves to; ``most_heard`` is how many bytes one reply may have.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    plaintext: bool = False
    connect_timeout: float = 5.0
    reply_timeout: float = 30.0
    addresses: tuple[str, ...] = ()
    most_heard: int | None = None

    def __post_init__(self) -> None:
        if self.tls is None and not self.plaintext and not is_loopback(self.host):
            raise Missing(
                Problem(
                    "plaintext",
                    f"{self.host}:{self.port} would be spoken to without TLS",
                    "holders' passwords would cross the network in clear",
                    "set `tls: tls` or `tls: starttls`, or `plaintext: true` on a closed network",
                )
            )


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a move may lead beyond the public internet, and which certificates are believed.

    Without ``tls`` those are believed that this system believes.
    """

    networks: tuple[Network, ...] = ()
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Holders:
    """What holders use: ``submission`` is ``None`` where mail goes to the host's own boxes only."""

    imap: Service
    submission: Service | None = None
    moves: Reach = Reach()
