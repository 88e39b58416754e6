"""The life of each message in Postfix's queue, from its lines in the order of the file.

A queue id is used again (short ids within the hour), so a life is an id and an arrival. Memory
holds what is in the queue and the last lives that ended: a line of another daemon may come late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ristoro.edges.mail_logs.columns import Fate

LINGER = 2_000
"""Ended lives of a host that late lines still find."""

Row = tuple[Any, ...]
Emit = Callable[[Row], None]

_ATTEMPTED = {b"sent": Fate.SENT, b"bounced": Fate.BOUNCED, b"expired": Fate.EXPIRED}


@lru_cache(maxsize=65_536)
def millis(delay: bytes) -> int:
    """Milliseconds of a delay as Postfix writes it, in seconds: ``0.09``, ``8.8``, ``40``."""
    return int(Decimal(delay.decode("ascii")) * 1000)


class Attempt:
    """What became of a life for one recipient so far."""

    __slots__ = (
        "deferrals", "delay", "dsn", "ended_at", "fate", "first_deferred_at", "first_reason",
        "line", "original", "reason", "relay",
    )  # fmt: skip

    def __init__(self, original: bytes) -> None:
        self.original = original
        self.deferrals = 0
        self.first_deferred_at: bytes | None = None
        self.first_reason = b""
        self.fate = Fate.OPEN
        self.ended_at: bytes | None = None
        self.delay = b""
        self.dsn = b""
        self.relay = b""
        self.reason = b""
        self.line = 0


class Life:
    """One message in the queue."""

    __slots__ = (
        "arrived_at", "attempts", "client", "ended_at", "fate", "gone", "line", "message_id",
        "qid", "sender", "size", "told",
    )  # fmt: skip

    def __init__(self, qid: bytes, arrived_at: bytes | None, client: bytes, line: int) -> None:
        self.qid = qid
        self.arrived_at = arrived_at
        self.client = client
        self.line = line
        self.message_id: bytes | None = None
        self.sender: bytes | None = None
        self.size = -1
        self.attempts: dict[bytes, Attempt] = {}
        self.fate: Fate | None = None
        """What was done to the whole message by name: held, deleted, expired."""
        self.ended_at: bytes | None = None
        self.gone = False
        self.told = False


class Queue:
    """The queue of one host."""

    def __init__(self, host: str, file: str, emit: Emit) -> None:
        self._host = host
        self._file = file
        self._emit = emit
        self._lives: dict[bytes, Life] = {}
        self._gone: deque[Life] = deque()

    def arrived(self, qid: bytes, at: bytes, client: bytes, line: int) -> None:
        """A message begins to come in."""
        before = self._lives.get(qid)
        if before is not None:
            self._end(before)
        self._lives[qid] = Life(qid, at, client, line)

    def named(self, qid: bytes, at: bytes, message_id: bytes, line: int) -> None:
        """A message's Message-ID; one of our own making, as a bounce is, begins with it."""
        life = self._lives.get(qid)
        if life is None or life.message_id is not None or life.gone:
            self.arrived(qid, at, b"", line)
            life = self._lives[qid]
        life.message_id = message_id

    def queued(self, qid: bytes, sender: bytes, size: int, line: int) -> None:
        """Sender and size; told again at each attempt."""
        life = self._of(qid, line)
        life.sender, life.size = sender, size

    def knows(self, qid: bytes) -> bool:
        """Whether sender and size of a message are known."""
        life = self._lives.get(qid)
        return life is not None and life.sender is not None

    def attempted(  # noqa: PLR0913 - a line has these
        self, qid: bytes, at: bytes, told: tuple[bytes, ...], line: int
    ) -> None:
        """One attempt: recipient, original recipient, relay, delay, dsn, status, reason."""
        recipient, original, relay, delay, dsn, status, reason = told
        life = self._lives.get(qid) or self._of(qid, line)
        attempt = life.attempts.get(recipient)
        if attempt is None:
            attempt = life.attempts[recipient] = Attempt(original or b"")
        if status == b"deferred":
            attempt.deferrals += 1
            if attempt.first_deferred_at is None:
                attempt.first_deferred_at, attempt.first_reason = at, reason
            attempt.fate = Fate.DEFERRED
        else:
            attempt.fate = _ATTEMPTED[status]
        attempt.ended_at, attempt.relay, attempt.delay = at, relay, delay
        attempt.dsn, attempt.reason, attempt.line = dsn, reason, line

    def marked(self, qid: bytes, at: bytes, fate: Fate, line: int) -> None:
        """Something was done to a whole message."""
        life = self._of(qid, line)
        life.fate, life.ended_at = fate, at
        if fate is Fate.DELETED:
            self.removed(qid, line)

    def released(self, qid: bytes) -> None:
        """A message is no longer on hold."""
        life = self._lives.get(qid)
        if life is not None and life.fate is Fate.HELD:
            life.fate = None

    def removed(self, qid: bytes, line: int) -> None:
        """A message has left the queue."""
        life = self._of(qid, line)
        if not life.gone:
            life.gone = True
            self._gone.append(life)
            while len(self._gone) > LINGER:
                self._end(self._gone.popleft())

    def close(self) -> None:
        """The log ends: what is left is told as it stands."""
        for life in list(self._lives.values()):
            self._end(life)
        self._gone.clear()

    def _of(self, qid: bytes, line: int) -> Life:
        life = self._lives.get(qid)
        if life is None:  # it arrived before the log begins
            life = self._lives[qid] = Life(qid, None, b"", line)
        return life

    def _end(self, life: Life) -> None:
        if life.told:
            return
        life.told = True
        if self._lives.get(life.qid) is life:
            del self._lives[life.qid]
        head = (
            self._host, life.qid, life.arrived_at, life.client, life.message_id,
            life.sender, life.size,
        )  # fmt: skip
        first = life.line
        if not life.attempts:
            filled = life.sender is not None or life.message_id is not None
            fate = life.fate or (Fate.OPEN if filled else Fate.UNFILLED)
            self._emit(
                (*head, None, None, fate, 0, None, None, life.ended_at, None, None, None, None, None,
                 first, first, self._file)
            )  # fmt: skip
            return
        for recipient, one in life.attempts.items():
            fate, ended_at = one.fate, one.ended_at
            if life.fate is not None and fate in (Fate.DEFERRED, Fate.OPEN):
                fate, ended_at = life.fate, life.ended_at
            self._emit(
                (*head, recipient, one.original, fate, one.deferrals, one.first_deferred_at,
                 one.first_reason, ended_at, millis(one.delay) if one.delay else None, one.dsn, one.relay, one.reason,
                 None, first, one.line or first, self._file)
            )  # fmt: skip
