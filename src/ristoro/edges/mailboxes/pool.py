"""Logged-in connections, kept for a while: a page would else pay a connection and a login each.

A connection belongs to a key (one session of one holder) and serves one caller at a time. Only
this process has it; nothing is written anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ristoro.edges.mailboxes.contract import Gone
from ristoro.edges.mailboxes.imap import ImapMailbox


@dataclass(slots=True)
class _Kept:
    mailbox: ImapMailbox
    since: float


class Pool:
    """Connections by key: at most ``most`` idle ones, each for at most ``seconds``.

    ``clock`` is a time that never goes back. One that was idle for longer than ``trusted`` seconds
    is asked whether it is alive before it is used.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        most: int = 64,
        seconds: float = 120.0,
        trusted: float = 10.0,
    ) -> None:
        self._clock, self._most = clock, most
        self._seconds, self._trusted = seconds, trusted
        self._idle: dict[str, list[_Kept]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def borrowed(self, key: str, open_: Callable[[], ImapMailbox]) -> Iterator[ImapMailbox]:
        """A connection of the key, opened if there is none; kept again unless it failed."""
        mailbox = self._taken(key) or open_()
        try:
            yield mailbox
        except Gone:
            self._keep(key, mailbox)
            raise
        except BaseException:
            mailbox.close()
            raise
        self._keep(key, mailbox)

    def end(self, key: str) -> None:
        """Close every connection of a key: its holder has signed out."""
        with self._lock:
            kept = self._idle.pop(key, [])
        for one in kept:
            one.mailbox.close()

    def close(self) -> None:
        for key in list(self._idle):
            self.end(key)

    def _taken(self, key: str) -> ImapMailbox | None:
        while True:
            with self._lock:
                kept = self._idle.get(key)
                if not kept:
                    return None
                one = kept.pop()
                if not kept:
                    del self._idle[key]
            idle = self._clock() - one.since
            if idle <= self._trusted or (idle <= self._seconds and one.mailbox.alive()):
                return one.mailbox
            one.mailbox.close()

    def _keep(self, key: str, mailbox: ImapMailbox) -> None:
        now = self._clock()
        with self._lock:
            self._idle.setdefault(key, []).append(_Kept(mailbox, now))
            over = self._over(now)
        for one in over:
            one.mailbox.close()

    def _over(self, now: float) -> list[_Kept]:
        """What is too old or too many, the oldest first; taken out."""
        every = sorted(
            ((one.since, key) for key, kept in self._idle.items() for one in kept),
        )
        surplus = max(0, len(every) - self._most)
        gone = []
        for number, (since, key) in enumerate(every):
            if number >= surplus and now - since <= self._seconds:
                break
            kept = self._idle[key]
            gone.append(kept.pop(0))
            if not kept:
                del self._idle[key]
        return gone
