"""What a move of grants outside a chunk means for the books that workers keep.

Answers, lapses and reversals change rows that no worker holds. Tallies and chunks lie above the
stages, so whoever calls hands in the function that keeps them, and it runs in the same
transaction: either row, tally and chunk have changed, or none has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.kernel.keys import row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import NO_DAY, Notice, NoticeState
from ristoro.remedies.language.policy import MOST_REMINDERS

FOLLOW_UP = 1 << 21
"""The ordinal, in its bucket of a run, of the letter that follows the first grant's answer.

Half of what ``kernel.keys`` leaves a bucket. A load counts from 0, and of nine million mailboxes
nine thousand share a bucket: it would take an estate of a thousand million grants to meet this.
"""
REMINDERS = 3 << 20
"""The ordinal, in its bucket of a run, of the first reminder of the first grant."""
EACH_REMINDER = 1 << 17
"""So many grants of one bucket can be reminded: of 134 million in a run, eight times each."""

_LETTERS = {
    GrantKind.STORAGE: NoticeKind.STORAGE_DONE,
    GrantKind.EXTENSION: NoticeKind.EXTENSION_DONE,
    GrantKind.SERVICE_DAYS: NoticeKind.EXTENSION_DONE,
    GrantKind.CREDIT: NoticeKind.MONEY_DONE,
    GrantKind.REFUND: NoticeKind.MONEY_DONE,
    GrantKind.INDEMNITY: NoticeKind.MONEY_DONE,
}


@dataclass(frozen=True, slots=True)
class Move:
    """These grants of one bucket and remedy went from one state to another.

    ``letters`` are the notices, not saved yet, that tell their holders so once it is done.
    ``beside`` are moves of other remedies, for the same mailboxes, that no worker has to do with.
    """

    run_id: int
    bucket: int
    remedy: int
    before: GrantState
    after: GrantState
    ids: tuple[int, ...]
    amount: int
    letters: tuple[Notice, ...] = ()
    beside: tuple[Move, ...] = ()


Post = Callable[[int, int, tuple[Notice, ...]], int]
"""Saves the letters, of one run and bucket, that are still needed, with tally and chunks; how many.
In the caller's transaction."""

Free = Callable[[int, int], bool]
"""Whether no worker is at a grant of a run, and none can come to it before the caller's transaction
ends. It takes the chunk's lock, so ask before the grant's row is locked."""

Keep = Callable[[Move], None]
"""Moves the tally, and opens the covering chunks again where ``after`` gives a worker work; saves
the letters that are still needed, with their tally and chunks."""


def follow_up(grant: Grant) -> Notice:
    """The letter that tells a holder that the grant, which was asked about, has been made.

    Its id follows from the grant's, so that there is one however often it is planned.
    ``ValueError`` where the bucket holds more grants than ids are left for.
    """
    ordinal = grant.id - row_id(grant.bucket, grant.run_id, 0)
    if not 0 <= ordinal < REMINDERS - FOLLOW_UP:
        raise ValueError(f"grant {grant.id} is the {ordinal}-th of its bucket: no room for letters")
    kind = _LETTERS[GrantKind(grant.kind)]
    return _letter(grant, FOLLOW_UP + ordinal, kind, NO_DAY)


def reminder(grant: Grant, turn: int, day: date) -> Notice:
    """The reminder of a grant that waits for a yes, the ``turn``-th of its policy from 0.

    Its id follows from the grant's and the turn: there is one however often it is planned.
    ``ValueError`` as for ``follow_up``, and for more turns than a policy may name.
    """
    ordinal = grant.id - row_id(grant.bucket, grant.run_id, 0)
    if not 0 <= ordinal < EACH_REMINDER or not 0 <= turn < MOST_REMINDERS:
        raise ValueError(f"grant {grant.id} has no room for reminder {turn}")
    number = REMINDERS + turn * EACH_REMINDER + ordinal
    return _letter(grant, number, NoticeKind.REMINDER, day)


def _letter(grant: Grant, ordinal: int, kind: NoticeKind, day: date) -> Notice:
    return Notice(
        id=row_id(grant.bucket, grant.run_id, ordinal),
        run_id=grant.run_id,
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        address=grant.address,
        brand=grant.brand,
        locale=grant.locale,
        kind=kind,
        about=grant.remedy,
        day=day,
        state=NoticeState.PLANNED,
        result="",
        body_hash="",
    )
