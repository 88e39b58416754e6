"""What is known of the accounts of mailboxes: for whoever pays, and for whoever asks how it stands.

Import it as ``from ristoro.fulfilment.payees import known as payees``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import Payee, opened

_AT_ONCE = 1_000
"""Mailboxes asked for in one query."""


class Stand(enum.Enum):
    """How the account of a mailbox stands."""

    NONE = "none"
    COOLING_OFF = "cooling-off"
    USABLE = "usable"
    REFUSED = "refused"
    """A bank did not take a transfer to it: another is asked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``until`` is when the delay ends of an account that cools off; ``told`` is whether the letter
    about it is in the mailbox, without which it is not usable after the delay either."""

    stand: Stand
    until: datetime | None = None
    told: bool = False


NONE = Standing(Stand.NONE)


def usable(mailbox_ids: Iterable[int], at: datetime) -> dict[int, Payee]:
    """Who is paid for each of these mailboxes; one that has no usable account is left out."""
    wanted = sorted(set(mailbox_ids))
    found: dict[int, Payee] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        rows = Account.objects.filter(
            mailbox_id__in=wanted[first : first + _AT_ONCE],
            place=Place.PRESENT,
            usable_from__lte=at,
            told_at__lte=at,
            refused_at=None,
        )
        for account in rows:
            payee = opened(account)
            if payee is not None:
                found[account.mailbox_id] = payee
    return found


def standing(mailbox_id: int, at: datetime) -> Standing:
    """How the account of one mailbox stands; one that cannot be opened any more is none."""
    account = present(mailbox_id)
    if account is None or opened(account) is None:
        return NONE
    return standing_of(account, at)


def standings(mailbox_ids: Iterable[int], at: datetime) -> dict[int, Standing]:
    """How the accounts of these mailboxes stand; those that have none are left out."""
    wanted = sorted(set(mailbox_ids))
    found: dict[int, Standing] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        rows = Account.objects.filter(
            mailbox_id__in=wanted[first : first + _AT_ONCE], place=Place.PRESENT
        )
        found |= {row.mailbox_id: standing_of(row, at) for row in rows if opened(row) is not None}
    return found


def standing_of(account: Account, at: datetime) -> Standing:
    """How an account stands."""
    if account.refused_at is not None:
        return Standing(Stand.REFUSED)
    told = account.told_at is not None and account.told_at <= at
    if told and account.usable_from <= at:
        return Standing(Stand.USABLE, account.usable_from, told)
    return Standing(Stand.COOLING_OFF, account.usable_from, told)


def present(mailbox_id: int) -> Account | None:
    """The row of the account that counts."""
    return Account.objects.filter(mailbox_id=mailbox_id, place=Place.PRESENT).first()
