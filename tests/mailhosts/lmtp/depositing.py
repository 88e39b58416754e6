"""What the tests of deposits share: a notice, hosts with and without extensions, one short call."""

from __future__ import annotations

from collections.abc import Sequence

from tests.hosts.lmtp_peer import EVERYTHING, LmtpPeer

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.lmtp import Endpoint, LmtpDepositor, Timeouts
from ristoro.kernel.outcome import Result

NOTICE = b"From: a@example.test\r\nSubject: x\r\n\r\nfirst\r\n.dot\r\n..dots\r\n.\r\nlast\r\n"
SHORT = Timeouts(connect=5, greeting=0.4, command=0.4, data=0.4)
PATIENT = Timeouts(connect=5, greeting=5, command=5, data=5)

MODES = {
    "bdat": EVERYTHING,
    "bdat-stepwise": tuple(e for e in EVERYTHING if e != "PIPELINING"),
    "data": tuple(e for e in EVERYTHING if e != "CHUNKING"),
    "data-stepwise": tuple(e for e in EVERYTHING if e not in ("PIPELINING", "CHUNKING")),
}

DONE = "done:lmtp-250"
BEFORE = "deferred:lost-before-data"
AFTER = "unknown:lost-after-data"
LATE = "deferred:timeout"
LOST_LATE = "unknown:timeout"
MAD = "deferred:garbage"
LOST_MAD = "unknown:garbage"


def letter(*locals_: str, sender: str = "", message: bytes = NOTICE) -> Letter:
    """A letter to these local parts at example.test."""
    return Letter(
        message,
        tuple(f"{local}@example.test" for local in locals_),
        f"{sender}@example.test" if sender else "",
    )


def deposit(
    peer: LmtpPeer,
    *letters: Letter,
    timeouts: Timeouts = PATIENT,
    connections: int = 1,
) -> list[list[Result]]:
    """Deposit these letters in one call, and leave."""
    endpoint = Endpoint("127.0.0.1", peer.port)
    with LmtpDepositor(endpoint, connections=connections, timeouts=timeouts) as depositor:
        return depositor.deposit(letters)


def spoken(results: Sequence[Result]) -> str:
    """Results as one line."""
    return " ".join(f"{result.ending.value}:{result.code}" for result in results)
