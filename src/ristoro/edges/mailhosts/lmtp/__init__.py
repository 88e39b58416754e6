"""LMTP: letters in, one ending per recipient out, over kept and pipelined connections.

``codec`` and ``transaction`` are bytes without a socket; ``connection`` and ``client`` are asyncio.
"""

from ristoro.edges.mailhosts.lmtp.client import LmtpClient, LmtpDepositor
from ristoro.edges.mailhosts.lmtp.endpoint import Endpoint, Timeouts, Tls

__all__ = ["Endpoint", "LmtpClient", "LmtpDepositor", "Timeouts", "Tls"]
