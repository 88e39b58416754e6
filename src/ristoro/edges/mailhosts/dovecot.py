"""Dovecot as a mail host: LMTP to deposit, IMAP to look, the SQL user table to raise a quota.

The same adapter serves a provider's Dovecot and the embedded one. Limits are set in the table
because Dovecot's own SETQUOTA is closed to users, and over a dict crashes the imap process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ristoro.edges.mailhosts.contract import Letter, LookAsk, QuotaAsk, QuotaReading, Sighting
from ristoro.edges.mailhosts.dovecot_settings import DovecotSettings
from ristoro.edges.mailhosts.imap import ImapReader
from ristoro.edges.mailhosts.lmtp.client import LmtpDepositor
from ristoro.edges.mailhosts.userdb import NO_MAILBOX, UserDbError, raise_limits
from ristoro.kernel.outcome import Ending, Result

__all__ = ["Dovecot", "DovecotSettings"]

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Dovecot:
    """A ``MailHost``; see there. Connections are opened when first needed."""

    def __init__(self, settings: DovecotSettings) -> None:
        self.settings = settings
        self._lmtp = LmtpDepositor(
            settings.lmtp,
            connections=settings.lmtp_connections,
            timeouts=settings.lmtp_timeouts,
        )
        self._imap = ImapReader(
            settings.imap, sessions=settings.imap_sessions, tail=settings.imap_tail
        )

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        """Hand over each letter once, by LMTP. 250 is no receipt where Sieve runs: look."""
        return self._lmtp.deposit(list(letters))

    def look(self, asks: Sequence[LookAsk], *, fetch: bool = False) -> list[Sighting]:
        """See whether each message is in its mailbox, as the master user."""

        def read(known: list[LookAsk]) -> list[Sighting]:
            return self._imap.look(known, fetch=fetch)

        return self._of_known(asks, [ask.address for ask in asks], read, Sighting)

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        """Set limits in the user table, and have Dovecot forget the logins it has cached.

        A limit that is set but not flushed is deferred with ``not-flushed``: asked again, it is
        found set, and the flush is tried again. A session already open keeps its old limit.
        """
        results = raise_limits(self.settings.users, asks)
        if self.settings.doveadm is None:
            return results
        places = [place for place, result in enumerate(results) if result.done]
        wrong = self.settings.doveadm.flush_auth_cache([asks[place].address for place in places])
        if wrong is not None:
            for place in places:
                results[place] = Result(Ending.DEFERRED, "not-flushed", wrong)
        return results

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        """Read limits and usage, in a fresh session for each mailbox."""
        return self._of_known(addresses, addresses, self._imap.read_quota, QuotaReading)

    def close(self) -> None:
        """Close every connection; the host may be used again."""
        self._lmtp.close()
        self._imap.close()

    def _of_known(
        self,
        asks: Sequence[Ask],
        addresses: Sequence[str],
        read: Callable[[list[Ask]], list[Answer]],
        refused: Callable[[Result], Answer],
    ) -> list[Answer]:
        """Read those whose mailbox the user table has; the others are refused unread.

        A login to a mailbox that is not there would fail like a wrong password, and failures slow
        down every login from this address (Dovecot's auth penalty).
        """
        if not asks:
            return []
        names = [address.lower() for address in addresses]
        try:
            known = self.settings.users.known(sorted(set(names)))
        except UserDbError as error:
            result = Result(Ending.DEFERRED, "userdb", str(error)[:500])
            return [refused(result) for _ in asks]
        answers = iter(read([ask for ask, name in zip(asks, names, strict=True) if name in known]))
        return [next(answers) if name in known else refused(NO_MAILBOX) for name in names]
