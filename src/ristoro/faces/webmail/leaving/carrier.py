"""Carries mailboxes to other providers, each in a thread of this process, beside the pages.

Passwords are in the memory of that thread alone, for as long as it runs. What was copied is in the
passage's file, so that a move whose process ended goes on when its holder asks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from ristoro.edges.mailboxes.contract import Mailbox, Unreachable
from ristoro.edges.mailboxes.moving import move
from ristoro.edges.mailboxes.passage import Passage
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError

MOST = 4
"""Moves at once in one process: a move uses two connections and half a core."""
TRIES = 5
PAUSE = 10.0
"""Seconds before a line that broke is tried again, twice as long each time."""

Open = Callable[[], Mailbox]
_room = threading.BoundedSemaphore(MOST)


class Carrier:
    """One move; its passage is held by the caller, and closed at the end."""

    def __init__(self, passage: Passage, source: Open, target: Open) -> None:
        self._passage, self._source, self._target = passage, source, target
        self._is_first = passage.progress() is None
        self._opened = threading.Event()
        self._failed: RistoroError | None = None
        self._unheard = threading.Event()

    def start(self, source: str, target: str, seconds: float) -> bool:
        """Begin, or go on: a move between what these name.

        ``False``, and nothing done, where this process has no room for it. Waits some seconds for
        the new mailbox to open. Where that fails meanwhile, its error is raised and nothing of a
        new move is left; where it takes longer, the passage tells how it ended.
        """
        if not _room.acquire(blocking=False):
            self._passage.close()
            return False
        self._passage.begin(source, target, clock.now())
        self._passage.want()
        threading.Thread(target=self._carry, name="move", daemon=True).start()
        if not self._opened.wait(seconds):
            self._unheard.set()
        if self._failed is not None:
            raise self._failed
        return True

    def _carry(self) -> None:
        try:
            target = self._target()
        except RistoroError as error:
            self._failed = error
            if self._is_first and not self._unheard.is_set():
                self._passage.forget()
            else:
                self._passage.stop(_said(error))
            self._end()
            return
        self._opened.set()
        try:
            self._try(target)
        except RistoroError as error:
            self._passage.stop(_said(error))
        finally:
            self._end()

    def _end(self) -> None:
        self._passage.close()
        _room.release()
        self._opened.set()

    def _try(self, target: Mailbox) -> None:
        """Move; where a line breaks, connect and go on, as long as that brings it further."""
        passage = self._passage
        opened: Mailbox | None = target
        left, before = TRIES, -1
        while True:
            try:
                with ExitStack() as ends:
                    there = opened or self._target()
                    opened = None
                    ends.callback(there.close)
                    here = self._source()
                    ends.callback(here.close)
                    move(here, there, passage, clock.now, passage.is_wanted)
                    return
            except Unreachable:
                told = passage.progress()
                copied = told.copied if told else 0
                left = TRIES if copied > before else left - 1
                before = copied
                if not left:
                    raise
                threading.Event().wait(PAUSE * 2 ** (TRIES - left))
                if not passage.is_wanted():
                    raise


def _said(error: RistoroError) -> str:
    problem = error.problems[0]
    return f"{problem.code}: {problem.why}"
