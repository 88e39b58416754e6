"""What the bank's word on a payment means in the books.

That a sum is owed, and that it was given by a transfer, is booked by whoever owes it: for grants
from their moves. Here clearing meets the bank: when the statement shows a transfer, or its return.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ristoro.fulfilment.books.accounts import Account, Nature
from ristoro.fulfilment.books.entries import Entry, Sum
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.payments.models import Payment, PaymentState

_BETWEEN: Mapping[str, tuple[Account, Account]] = {
    "booked": (Account.CLEARING, Account.BANK),
    "booked-again": (Account.RETURNED, Account.BANK),
    "returned": (Account.BANK, Account.RETURNED),
    "crossed": (Account.BANK, Account.CLEARING),
}
"""The accounts that an entry debits and credits, by its code."""


def book(payments: Iterable[tuple[Payment, PaymentState, PaymentState]], at: datetime) -> int:
    """Post what these moves, each from a state to another, mean; in the caller's transaction.

    Each entry is keyed by the reference at the bank, so that none is posted twice. What comes back
    before whoever owes it was told that it is done was never given: it only crossed the bank.
    """
    entries: list[Entry] = []
    for payment, before, after in payments:
        if after not in (PaymentState.BOOKED, PaymentState.RETURNED):
            continue
        again = payment.attempt > 1 and payment.told
        if before is not PaymentState.BOOKED:
            # The statement that shows it going out may be read after the one that shows it back.
            entries.append(_entry(payment, "booked-again" if again else "booked", at))
        if after is PaymentState.RETURNED:
            entries.append(_entry(payment, "returned" if payment.told else "crossed", at))
    return post(entries)


def _entry(payment: Payment, code: str, at: datetime) -> Entry:
    sum_ = Sum(Nature.of(payment.nature), payment.amount, payment.currency)
    debit, credit = _BETWEEN[code]
    return Entry(
        key=f"payment {payment.end_to_end}/{code}",
        at=at,
        about=f"payment {payment.key}"[:200],
        lines=sum_.moved(debit, credit),
        code=code,
        mailbox_id=payment.mailbox_id,
        bucket=payment.bucket,
    )
