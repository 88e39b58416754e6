"""The letters that tell a mailbox what was done with its account: when, from where, how to undo it.

No letter has any part of the number or the name.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ristoro.fulfilment.payees.models import Account
from ristoro.notices import words
from ristoro.notices.singles.delivering import TOLD
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import To, post

GIVEN = "payee-given"
CHANGED = "payee-changed"
UNDONE = "payee-undone"
BACK = "payee-back"
"""Undone, and the one before it counts again."""
REMOVED = "payee-removed"
KINDS = (GIVEN, CHANGED, UNDONE, BACK, REMOVED)


def tell(kind: str, number: int, to: To, browser: str, account: Account, zone: ZoneInfo) -> None:
    """Post the letter about an account that was given; ``number`` is its row's."""
    until = words.day(account.usable_from.astimezone(zone).date(), to.locale)
    said = {**_when(account.given_at, browser, to, zone), "until": until}
    post(f"{kind}-{number}", to, kind, said, account.given_at)


def tell_at(kind: str, number: int, to: To, browser: str, at: datetime, zone: ZoneInfo) -> None:
    """Post the letter about an account that is gone; ``number`` was its row's."""
    post(f"{kind}-{number}", to, kind, _when(at, browser, to, zone), at)


def given_since(mailbox_id: int, since: datetime) -> int:
    """How many accounts were given for the mailbox since then: each has a letter."""
    given = (GIVEN, CHANGED)
    return Single.objects.filter(mailbox_id=mailbox_id, kind__in=given, at__gt=since).count()


def mark_told(at: datetime) -> int:
    """Note of which accounts the letter lies in the mailbox now; how many."""
    marked = 0
    for account in Account.objects.filter(told_at=None):
        keys = [f"{kind}-{account.pk}" for kind in (GIVEN, CHANGED)]
        if Single.objects.filter(key__in=keys, state__in=TOLD).exists():
            marked += Account.objects.filter(pk=account.pk, told_at=None).update(told_at=at)
    return marked


def _when(at: datetime, browser: str, to: To, zone: ZoneInfo) -> dict[str, str]:
    return {"day": words.day(at.astimezone(zone).date(), to.locale), "browser": browser}
