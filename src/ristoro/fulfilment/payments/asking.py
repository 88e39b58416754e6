"""Putting what is owed on the list of payments, and saying how each payment stands.

Import it as ``from ristoro.fulfilment.payments import asking as payments``.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ristoro.edges.billing.sepa.characters import is_reference, written
from ristoro.fulfilment.books.accounts import Nature
from ristoro.fulfilment.payees import known as payees
from ristoro.fulfilment.payees.known import Stand, Standing
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.payments.reasons import OF_ACCOUNT
from ristoro.fulfilment.payments.states import ANSWERED_WITHIN, OPEN
from ristoro.kernel.outcome import DONE, Ending, Result

BOOKED = Result(Ending.DONE, "transfer")

AT_ONCE = 500
"""Payments asked for in one query."""

CURRENCY = "EUR"
MOST = 99_999_999_999
"""In minor units: what a SEPA credit transfer carries (EPC implementation guidelines, AT-T002)."""

ABSENT = "absent"
ACCOUNT_REFUSED = "account-refused"
_REMITTANCE = 140
_LONGEST_KEY = 100
_NATURES = frozenset(one.word for one in Nature)


@dataclass(frozen=True, slots=True)
class Due:
    """A sum to be paid to the holder of a mailbox, once.

    ``key`` is that of what it is owed for, at most 100 characters; where banks take it as a
    reference, it is that under which the payee sees it (``reference_of``). ``amount`` is in minor
    units; ``nature`` is the accounting nature; ``about`` is what the payee reads.
    """

    key: str
    mailbox_id: int
    bucket: int
    address: str
    amount: int
    currency: str
    nature: str
    about: str


def ask(dues: Sequence[Due], at: datetime) -> list[Result]:
    """Put each on the list, once for its key, and say how each stands; in order.

    Done, ``transfer``, once the bank has booked it. Deferred: ``no-payee``, ``cooling-off``,
    ``to-be-batched``, ``sent``, ``account-refused`` where the bank did not take the account and
    another is awaited, or what it is held for (``name-close``, ``name-differs``,
    ``name-unchecked``, ``bank-contradicts``). Refused with the bank's code where that is not the
    account's, with ``withdrawn``, with ``key-reused`` where the key is another sum's, or with
    ``not-payable`` for a currency or amount that no bank takes.
    Unknown (``no-answer``) where the bank ought to have said by now, and did not.
    """
    payable = [due for due in dues if not _unpayable(due)]
    with transaction.atomic():
        for first in range(0, len(payable), AT_ONCE):
            Payment.objects.bulk_create(
                [_row(due, at) for due in payable[first : first + AT_ONCE]], ignore_conflicts=True
            )
    rows = _told(_rows(due.key for due in payable))
    standings = _standings(rows.values(), at)
    return [_of_due(due, rows.get(due.key), standings, at) for due in dues]


def look(keys: Sequence[str], at: datetime) -> list[Result]:
    """How the payment of each key stands, as ``ask`` says it; refused, ``absent``, where none is.

    It puts nothing on the list: it settles acts of which nobody knows whether they happened.
    """
    rows = _told(_rows(keys))
    standings = _standings(rows.values(), at)
    return [
        Result(Ending.REFUSED, ABSENT) if key not in rows else standing_of(rows[key], standings, at)
        for key in keys
    ]


def withdraw(keys: Sequence[str], at: datetime) -> list[Result]:
    """Take from the list what is no longer owed; refused, ``too-late``, once it is in a batch."""
    ended: list[Result] = []
    for key in keys:
        moved = Payment.objects.filter(
            key=key, state__in=(PaymentState.LISTED, PaymentState.HELD)
        ).update(state=PaymentState.WITHDRAWN, why="", suggested="", since=at)
        there = moved or Payment.objects.filter(key=key, state=PaymentState.WITHDRAWN).exists()
        ended.append(DONE if there else Result(Ending.REFUSED, "too-late"))
    return ended


def reference_of(key: str, attempt: int = 1) -> str:
    """The reference of an attempt at the bank, of at most 35 characters, always the same.

    It is the key where banks take that, else 30 characters drawn from it: 150 bits of its SHA-256.
    That of a later attempt is drawn, too, with the number behind a slash.
    """
    if attempt == 1 and is_reference(key):
        return key
    drawn = b32encode(hashlib.sha256(key.encode()).digest()).decode()[:30]
    return drawn if attempt == 1 else f"{drawn}/{attempt}"


def _unpayable(due: Due) -> str:
    if not 1 <= len(due.key) <= _LONGEST_KEY:
        return f"the key {due.key!r} is not 1 to {_LONGEST_KEY} characters"
    if due.nature not in _NATURES:
        return f"{due.nature!r} is not an accounting nature"
    if due.currency != CURRENCY:
        return f"a transfer of the SEPA is in {CURRENCY}, not in {due.currency}"
    if not 1 <= due.amount <= MOST:
        return f"{due.amount} is not from 1 to {MOST} minor units"
    return ""


def _row(due: Due, at: datetime) -> Payment:
    return Payment(
        key=due.key,
        end_to_end=reference_of(due.key),
        mailbox_id=due.mailbox_id,
        bucket=due.bucket,
        address=due.address,
        amount=due.amount,
        currency=due.currency,
        nature=due.nature,
        about=written(due.about, _REMITTANCE) or reference_of(due.key),
        state=PaymentState.LISTED,
        asked_at=at,
        since=at,
    )


def _rows(keys: Iterable[str]) -> dict[str, Payment]:
    wanted = list(dict.fromkeys(keys))
    found: dict[str, Payment] = {}
    for first in range(0, len(wanted), AT_ONCE):
        some = Payment.objects.filter(key__in=wanted[first : first + AT_ONCE])
        found |= {row.key: row for row in some}
    return found


def _told(rows: dict[str, Payment]) -> dict[str, Payment]:
    """Note of which whoever asks is told now that they are done; the books depend on it."""
    new = [row.pk for row in rows.values() if row.state == PaymentState.BOOKED and not row.told]
    for first in range(0, len(new), AT_ONCE):
        Payment.objects.filter(
            pk__in=new[first : first + AT_ONCE], state=PaymentState.BOOKED
        ).update(told=True)
    return rows


def _standings(rows: Iterable[Payment], at: datetime) -> Mapping[int, Standing]:
    listed = {row.mailbox_id for row in rows if row.state == PaymentState.LISTED}
    return payees.standings(listed, at)


def _of_due(
    due: Due, row: Payment | None, standings: Mapping[int, Standing], at: datetime
) -> Result:
    wrong = _unpayable(due)
    if wrong:
        return Result(Ending.REFUSED, "not-payable", wrong)
    figures = (due.mailbox_id, due.amount, due.currency)
    if row is None or (row.mailbox_id, row.amount, row.currency) != figures:
        return Result(Ending.REFUSED, "key-reused", f"{due.key} is the key of another sum")
    return standing_of(row, standings, at)


def standing_of(row: Payment, standings: Mapping[int, Standing], at: datetime) -> Result:
    """How a payment stands; ``standings`` are of the accounts of mailboxes that have one."""
    state = PaymentState(row.state)
    if state is PaymentState.BOOKED:
        return BOOKED
    if state in OPEN:
        if at - row.since >= ANSWERED_WITHIN:
            return Result(Ending.UNKNOWN, "no-answer", f"nothing since {row.since:%Y-%m-%d}")
        return Result(Ending.DEFERRED, "sent")
    if state is PaymentState.HELD:
        return Result(Ending.DEFERRED, row.why)
    if state is PaymentState.BATCHED:
        return Result(Ending.DEFERRED, "to-be-batched")
    if state is PaymentState.LISTED:
        stand = standings.get(row.mailbox_id, payees.NONE).stand
        return Result(Ending.DEFERRED, _STANDS[stand])
    if state is PaymentState.WITHDRAWN:
        return Result(Ending.REFUSED, "withdrawn")
    if row.why in OF_ACCOUNT:
        return Result(Ending.DEFERRED, ACCOUNT_REFUSED, row.why)
    returned = "returned-" if state is PaymentState.RETURNED else ""
    return Result(Ending.REFUSED, f"{returned}{row.why or 'no-reason'}")


_STANDS: Mapping[Stand, str] = {
    Stand.NONE: "no-payee",
    Stand.COOLING_OFF: "cooling-off",
    Stand.USABLE: "to-be-batched",
    Stand.REFUSED: ACCOUNT_REFUSED,
}
