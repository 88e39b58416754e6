"""What Ristoro asks of a mail host. ``tests/hosts/contract.py`` is the test every host must pass.

Every call takes a batch and answers for each member in order; a call raises only for a wrong
configuration. Nothing here repeats an act whose ending is unknown: ``look`` settles those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ristoro.kernel.outcome import Result


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, in CRLF lines, for one recipient or for many that get the same bytes.

    ``sender`` is the envelope's reverse path; empty is the null path, to which nothing bounces.
    """

    message: bytes
    recipients: tuple[str, ...]
    sender: str = ""


@dataclass(frozen=True, slots=True)
class QuotaAsk:
    """Set the storage limit to ``target`` bytes where it is ``base`` bytes now."""

    address: str
    base: int
    target: int


@dataclass(frozen=True, slots=True)
class QuotaReading:
    """The storage limit as a fresh session of the mailbox sees it (GETQUOTAROOT, RFC 9208).

    Units of 1,024 bytes rounded up, as the protocol gives them; ``None`` where there is no limit
    or ``result`` is not done.
    """

    result: Result
    limit_kib: int | None = None
    used_kib: int | None = None

    def shows(self, limit_bytes: int) -> bool:
        """Whether the limit read is that many bytes, to the protocol's unit."""
        return self.limit_kib == -(-limit_bytes // 1024)


@dataclass(frozen=True, slots=True)
class LookAsk:
    """Look for a message by its Message-ID, angle brackets included, in every folder."""

    address: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look saw: done and ``copies`` 0 means *not there*; not done means *could not look*.

    ``uid``, ``folder`` and ``stored`` (the bytes as stored, when asked for) are of the first copy.
    """

    result: Result
    copies: int = 0
    folder: str = ""
    uid: int | None = None
    stored: bytes | None = None


class MailHost(Protocol):
    """A mail host. Methods block; an implementation may use as many connections as configured."""

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        """Hand over each letter once. For each letter, one result per recipient, in order."""

    def look(self, asks: Sequence[LookAsk], *, fetch: bool = False) -> list[Sighting]:
        """See whether each message is in its mailbox; with ``fetch``, read its stored bytes."""

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        """Set absolute limits by compare-and-set: repeating an ask that is done changes nothing.

        Done where the limit is ``target`` now (code ``already`` if it was); refused with
        ``base-changed`` where it is neither base nor target, ``no-mailbox`` where there is none.
        """

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        """Read limits and usage in a fresh session for each mailbox."""

    def close(self) -> None:
        """Close every connection; the host may be used again."""
