"""Giving an account, taking it back, removing it: by the holder alone, whom the webmail has asked
for the password anew. Each is told by a letter to the mailbox.

Only the webmail imports this module (a contract in ``pyproject.toml``): no agent, no program and no
command can enter an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from ristoro.fulfilment.consent import HOLDER
from ristoro.fulfilment.payees import letters
from ristoro.fulfilment.payees.checking import Checked
from ristoro.fulfilment.payees.known import Stand, standing_of
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import seal
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.kernel.keys import bucket_of
from ristoro.notices.singles.posting import To

MOST_A_DAY = 6
"""Accounts given for one mailbox in a day: each writes it a letter. Undoing and removing are never
refused for that: who gave them may be a thief, and who undoes them the holder."""


@dataclass(frozen=True, slots=True)
class Seen:
    """From where it was done: a browser in words, and a network address."""

    browser: str
    origin: str


def give(to: To, account: Checked, seen: Seen, at: datetime, zone: ZoneInfo) -> Account:
    """Have the mailbox paid to this account once the delay has gone, and tell it so.

    The account that was usable before is kept until then, for ``undo``; one that was not is
    shredded. ``NotAllowed`` after too many changes in a day.
    """
    row = Account(
        mailbox_id=to.mailbox_id,
        bucket=bucket_of(to.mailbox_id),
        address=to.address,
        brand=to.brand,
        locale=to.locale,
        place=Place.PRESENT,
        given_at=at,
        usable_from=at + settings.PAYEE_WAIT,
        browser=seen.browser[:80],
        origin=seen.origin[:45],
    )
    seal(row, account.iban, account.name)
    try:
        with transaction.atomic():
            _refuse_too_often(to, at)
            held = _held(to)
            present = held.get(Place.PRESENT)
            if present is not None and standing_of(present, at).stand is Stand.USABLE:
                Account.objects.filter(mailbox_id=to.mailbox_id, place=Place.FORMER).delete()
                Account.objects.filter(pk=present.pk).update(place=Place.FORMER)
            elif present is not None:
                present.delete()
            row.save(force_insert=True)
            kind = letters.GIVEN if present is None else letters.CHANGED
            letters.tell(kind, row.pk, to, seen.browser, row, zone)
            data = {
                "mailbox_id": to.mailbox_id,
                "again": present is not None,
                "usable_from": row.usable_from.isoformat(),
            }
            append(HOLDER, names.PAYEE_GIVEN, _subject(to), data, at)
    except IntegrityError as error:  # another browser of the holder's was first
        raise _busy() from error
    return row


def undo(to: To, at: datetime, seen: Seen, zone: ZoneInfo) -> None:
    """Take back an account whose delay has not gone; the one that was usable before it, where there
    is one, counts again at once.

    ``NotAllowed`` where nothing can be undone any more: it can be removed then.
    """
    with transaction.atomic():
        held = _held(to)
        present = held.get(Place.PRESENT)
        if present is None or standing_of(present, at).stand is not Stand.COOLING_OFF:
            raise _nothing("the delay has gone, or there is no account")
        number = present.pk
        present.delete()
        back = Account.objects.filter(mailbox_id=to.mailbox_id, place=Place.FORMER).update(
            place=Place.PRESENT
        )
        kind = letters.BACK if back else letters.UNDONE
        letters.tell_at(kind, number, to, seen.browser, at, zone)
        data = {"mailbox_id": to.mailbox_id, "former": bool(back)}
        append(HOLDER, names.PAYEE_UNDONE, _subject(to), data, at)


def remove(to: To, at: datetime, seen: Seen, zone: ZoneInfo) -> None:
    """Shred the accounts of the mailbox; what is still owed waits until another is given.

    ``NotAllowed`` where there is none.
    """
    with transaction.atomic():
        held = _held(to)
        if not held:
            raise _nothing("there is no account")
        number = max(row.pk for row in held.values())
        Account.objects.filter(mailbox_id=to.mailbox_id).delete()
        letters.tell_at(letters.REMOVED, number, to, seen.browser, at, zone)
        append(HOLDER, names.PAYEE_REMOVED, _subject(to), {"mailbox_id": to.mailbox_id}, at)


def _refuse_too_often(to: To, at: datetime) -> None:
    if letters.given_since(to.mailbox_id, at - timedelta(days=1)) >= MOST_A_DAY:
        raise NotAllowed(
            Problem("payee-too-often", "the account was changed many times in a day",
                    "each change writes the mailbox a letter", "try again later")
        )  # fmt: skip


def _held(to: To) -> dict[int, Account]:
    """The mailbox's rows by their place, locked."""
    rows = Account.objects.select_for_update().filter(mailbox_id=to.mailbox_id)
    return {row.place: row for row in rows}


def _subject(to: To) -> str:
    return f"mailbox {to.mailbox_id}"


def _nothing(what: str) -> NotAllowed:
    why = "only an account that is given and not usable yet is undone"
    return NotAllowed(Problem("payee-nothing", what, why, "look at how it stands"))


def _busy() -> NotAllowed:
    what, why = "the account is being changed elsewhere", "one change is made at a time"
    return NotAllowed(Problem("payee-busy", what, why, "look at how it stands, then try again"))
