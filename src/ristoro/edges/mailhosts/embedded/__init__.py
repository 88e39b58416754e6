"""The mail host that needs nobody's permission: a private Dovecot, run from one folder."""

from ristoro.edges.mailhosts.embedded.binaries import Binaries, find_binaries
from ristoro.edges.mailhosts.embedded.host import Account, EmbeddedHost, HostStatus

__all__ = ["Account", "Binaries", "EmbeddedHost", "HostStatus", "find_binaries"]
