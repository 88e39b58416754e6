"""Bringing letters of no run into their mailboxes: each is looked for before it is sent again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from ristoro.edges.mailhosts.contract import LookAsk, MailHost
from ristoro.kernel.errors import BadInput
from ristoro.kernel.outcome import Ending, Result
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.writing import Writer

S = NoticeState
AT_ONCE = 50
"""Letters of one round."""

SETTLE = timedelta(minutes=2)
"""How old a deposit must be before somebody else looks for what became of it."""

LATER = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 30)),
    *(timedelta(hours=hours) for hours in (2, 6, 24)),
)
"""How long after the first, second, … try in vain the next one comes; the last again and again.
A full mailbox is tried again too: its holder may make room."""

MOST_TRIES = 40
"""About five weeks; then it is refused for good."""

_log = logging.getLogger(__name__)
TOLD = (S.ACCEPTED, S.VERIFIED)
"""It lies in the mailbox."""


def due(at: datetime) -> bool:
    """Whether anything is to be sent or looked for now."""
    return bool(_due(at).exists())


def deliver(host: MailHost, writer: Writer, at: datetime) -> int:
    """One round: settle what is not known by looking, then send what is due; how many arrived.

    Several processes may do it at a time: whoever moves a letter's state first has it.
    """
    arrived = 0
    for single in _due(at).order_by("next_at", "id")[:AT_ONCE]:
        looking = single.state in (S.SENDING, S.UNKNOWN)
        if not _taken(single, at):
            continue
        result = _looked(host, writer, single) if looking else _sent(host, writer, single)
        arrived += _noted(single, result, at)
    return arrived


def _due(at: datetime) -> QuerySet[Single]:
    ready = Q(state__in=(S.PLANNED, S.DEFERRED, S.UNKNOWN), next_at__lte=at)
    left = Q(state=S.SENDING, since__lte=at - SETTLE)
    return Single.objects.filter(ready | left)


def _taken(single: Single, at: datetime) -> bool:
    """Have it be this process's, as long as nobody else has moved it since it was read."""
    same = Single.objects.filter(pk=single.pk, state=single.state, since=single.since)
    return bool(same.update(state=S.SENDING, since=at))


def _looked(host: MailHost, writer: Writer, single: Single) -> Result:
    """What became of a deposit: there, not there, or still not known."""
    [seen] = host.look([LookAsk(single.address, writer.message_id(single))])
    if not seen.result.done:
        return Result(Ending.UNKNOWN, seen.result.code, seen.result.text)
    if seen.copies:
        return Result(Ending.DONE, "found")
    return Result(Ending.DEFERRED, "absent")


def _sent(host: MailHost, writer: Writer, single: Single) -> Result:
    try:
        written = writer.write(single)
    except BadInput as error:  # it names what is wrong with the template or the brands
        _log.error("letter %d is not written: %s", single.pk, error)
        return Result(Ending.REFUSED, error.problems[0].code[:40])
    Single.objects.filter(pk=single.pk).update(body_hash=written.body_hash)
    [[result]] = host.deposit([written.letter])
    return result


def _noted(single: Single, result: Result, at: datetime) -> bool:
    """Write down how it ended; whether it lies in the mailbox now."""
    held = Single.objects.filter(pk=single.pk, state=S.SENDING, since=at)
    if result.done:
        return bool(held.update(state=S.ACCEPTED, result=result.code))
    if result.ending is Ending.UNKNOWN:
        held.update(state=S.UNKNOWN, result=result.code, next_at=at + SETTLE)
        return False
    if result.code == "absent":  # it may be sent at once: nothing was tried in vain
        held.update(state=S.DEFERRED, result=result.code, next_at=at)
        return False
    state = S.REFUSED if single.tries + 1 >= MOST_TRIES else S.DEFERRED
    wait = LATER[min(single.tries, len(LATER) - 1)]
    held.update(state=state, result=result.code, tries=F("tries") + 1, next_at=at + wait)
    return False
