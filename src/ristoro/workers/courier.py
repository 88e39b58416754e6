"""Telling phones that a letter has come, beside the work and never in its way.

A push is a courtesy: the letter is in the mailbox without it. So what cannot be told at once is
dropped rather than waited for, and nothing that goes wrong here reaches the worker.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from queue import Empty, Full, Queue
from threading import Event, Thread

from django.db import DatabaseError, connection

from ristoro.edges.push.contract import GONE, Push, PushAsk
from ristoro.notices.push import subscriptions
from ristoro.notices.push.message import DAY, TOPIC, message

WAITING = 1_000
"""Batches that may wait; those that come meanwhile are dropped."""

LONGEST_END = 10.0
_STEP = 0.2

log = logging.getLogger("ristoro.workers.courier")


class Courier:
    """A thread that looks up who asked to be told, and tells them; ``close`` ends it."""

    def __init__(self, push: Push, waiting: int = WAITING) -> None:
        self._push = push
        self._batches: Queue[Sequence[str]] = Queue(waiting)
        self._closing = Event()
        self._thread = Thread(target=self._run, name="courier", daemon=True)
        self.dropped = 0
        self.ended = Event()
        self._thread.start()

    def knock(self, addresses: Sequence[str]) -> None:
        """Have the phones of these mailboxes told; returns at once, always."""
        if not addresses:
            return
        try:
            self._batches.put_nowait(addresses)
        except Full:
            self.dropped += len(addresses)

    def close(self, seconds: float = LONGEST_END) -> None:
        """Tell those who still wait, for at most so long."""
        self._closing.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while True:
                try:
                    self._tell(self._batches.get(timeout=_STEP))
                except Empty:
                    if self._closing.is_set():
                        return
                except DatabaseError as error:
                    log.warning("phones were not told: %s", error)
        finally:
            self._push.close()
            connection.close()
            self.ended.set()

    def _tell(self, addresses: Sequence[str]) -> None:
        asks = [
            PushAsk(one.target, message(one.home, one.locale), TOPIC, DAY)
            for one in subscriptions.subscribers(addresses)
        ]
        if not asks:
            return
        results = self._push.send(asks)
        gone = [
            ask.target.endpoint
            for ask, result in zip(asks, results, strict=True)
            if result.code == GONE
        ]
        if gone:
            subscriptions.forget(gone)
        for result in results:
            if not result.done and result.code != GONE:
                log.warning("a phone was not told: %s", result.code)
