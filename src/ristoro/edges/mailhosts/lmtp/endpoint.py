"""Where a host's LMTP service is, how it is trusted, and how long it is waited for."""

from __future__ import annotations

import enum
import ssl
from dataclasses import dataclass
from pathlib import Path

from ristoro.kernel.errors import bad_input


class Tls(enum.Enum):
    """Whether the line is encrypted: not at all, after STARTTLS (RFC 3207), or from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An LMTP service at a host and port, or at a Unix socket.

    With TLS the certificate is always checked, against ``ca_file`` or the system's authorities,
    and must bear ``server_name`` (the host, where none is given).
    """

    host: str = ""
    port: int = 24
    path: Path | None = None
    tls: Tls = Tls.NONE
    server_name: str = ""
    ca_file: Path | None = None
    client_name: str = "localhost"

    def __post_init__(self) -> None:
        if bool(self.host) == (self.path is not None):
            raise bad_input(
                "lmtp-endpoint",
                "an LMTP service needs either a host or the path of a Unix socket",
                f"host is {self.host!r}, path is {self.path}",
                "give exactly one of them",
            )
        if self.path and self.tls is not Tls.NONE:
            raise bad_input(
                "lmtp-endpoint",
                "a Unix socket is not encrypted",
                "who may open it is decided by the file's mode, not by a certificate",
                "set tls to none, or use a host and port",
            )

    def context(self) -> ssl.SSLContext | None:
        """What to trust; ``BadInput`` where the authorities cannot be read."""
        if self.tls is Tls.NONE:
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise bad_input(
                "lmtp-authorities",
                f"the certificate authorities in {self.ca_file} cannot be read",
                str(error),
                "name a PEM file of the authority that signed the mail host's certificate",
            ) from error


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait: for the line and its encryption, the greeting, a reply, a delivery.

    The last is counted from the end of the message, or from the reply before; it is long because
    giving up there leaves an unknown behind (RFC 5321 4.5.3.2 asks for ten minutes).
    """

    connect: float = 30.0
    greeting: float = 60.0
    command: float = 60.0
    data: float = 600.0
