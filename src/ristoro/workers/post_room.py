"""The post room: it delivers letters of no run, and sees to the accounts that they tell of.

An account is usable only once its letter is in the mailbox, which is noted here; what waited for
another account is taken up, and those that are of no use any more are shredded here too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Event

from django.db import DatabaseError, connection

from ristoro.edges.mailhosts.contract import MailHost
from ristoro.fulfilment.payees import letters, shredding
from ristoro.fulfilment.payments import failing
from ristoro.kernel.errors import RistoroError
from ristoro.notices.singles import delivering
from ristoro.notices.singles.writing import Writer

IDLE = 2.0
"""Seconds between two looks for a letter."""

SHRED_EVERY = timedelta(hours=1)
_log = logging.getLogger(__name__)
Open = Callable[[], AbstractContextManager[tuple[MailHost, Writer]]]


def run(open_room: Open, stop: Event, clock: Callable[[], datetime]) -> None:
    """Deliver what is due, note what came of it, and shred, until told to stop.

    What stands against it (no keys, no database) is logged when it changes, and tried again.
    """
    said = ""
    shredded_at: datetime | None = None
    while not stop.is_set():
        at = clock()
        try:
            once(open_room, at)
            if shredded_at is None or at - shredded_at >= SHRED_EVERY:
                failing.take_up(at)
                shredding.shred(at)
                shredded_at = at
            said = ""
        except (RistoroError, DatabaseError) as error:
            if str(error) != said:
                _log.error("letters wait: %s", error)
                said = str(error)
            if isinstance(error, DatabaseError):
                connection.close()  # one that broke is not mended by itself
        stop.wait(IDLE)


def once(open_room: Open, at: datetime) -> int:
    """One round; how many letters arrived."""
    arrived = 0
    if delivering.due(at):
        with open_room() as (host, writer):
            arrived = delivering.deliver(host, writer, at)
    letters.mark_told(at)
    return arrived
