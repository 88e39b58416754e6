"""What a move of grants outside a chunk means for the books that workers keep.

Answers, lapses and reversals change rows that no worker holds. Tallies and chunks lie above the
stages, so whoever calls hands in the function that keeps them, and it runs in the same
transaction: either row, tally and chunk have changed, or none has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.kernel.keys import row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import Notice, NoticeState

FOLLOW_UP = 1 << 21
"""The ordinal, in its bucket of a run, of the letter that follows the first grant's answer.

Half of what ``kernel.keys`` leaves a bucket. A load counts from 0, and of nine million mailboxes
nine thousand share a bucket: it would take an estate of two thousand million grants to meet this.
"""

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
    """

    run_id: int
    bucket: int
    remedy: int
    before: GrantState
    after: GrantState
    ids: tuple[int, ...]
    amount: int
    letters: tuple[Notice, ...] = ()


Keep = Callable[[Move], None]
"""Moves the tally, and opens the covering chunks again where ``after`` gives a worker work; saves
the letters that are still needed, with their tally and chunks."""


def follow_up(grant: Grant) -> Notice:
    """The letter that tells a holder that the grant, which was asked about, has been made.

    Its id follows from the grant's, so that there is one however often it is planned.
    ``ValueError`` where the bucket holds more grants than ``FOLLOW_UP`` leaves room for.
    """
    ordinal = grant.id - row_id(grant.bucket, grant.run_id, 0)
    if not 0 <= ordinal < FOLLOW_UP:
        raise ValueError(f"grant {grant.id} is the {ordinal}-th of its bucket: no room for letters")
    return Notice(
        id=row_id(grant.bucket, grant.run_id, FOLLOW_UP + ordinal),
        run_id=grant.run_id,
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        address=grant.address,
        brand=grant.brand,
        locale=grant.locale,
        kind=_LETTERS[GrantKind(grant.kind)],
        about=grant.remedy,
        state=NoticeState.PLANNED,
        result="",
        body_hash="",
    )
