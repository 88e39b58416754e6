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


def start(passage: Passage, source: Open, target: Open) -> bool:
    """Begin or go on with a move whose passage is held; it is closed at the end.

    ``False``, and closed, where this process has no room for another.
    """
    if not _room.acquire(blocking=False):
        passage.close()
        return False
    threading.Thread(
        target=_carry, args=(passage, source, target), name="move", daemon=True
    ).start()
    return True


def _carry(passage: Passage, source: Open, target: Open) -> None:
    try:
        _try(passage, source, target)
    except RistoroError as error:
        problem = error.problems[0]
        passage.stop(f"{problem.code}: {problem.why}")
    finally:
        passage.close()
        _room.release()


def _try(passage: Passage, source: Open, target: Open) -> None:
    """Move; where a line breaks, connect and go on, as long as that brings it further."""
    left, before = TRIES, -1
    while True:
        try:
            with ExitStack() as opened:
                ends = []
                for each in (source, target):
                    ends.append(each())
                    opened.callback(ends[-1].close)
                move(ends[0], ends[1], passage, clock.now, passage.is_wanted)
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
