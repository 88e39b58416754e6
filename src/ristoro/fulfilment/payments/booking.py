"""What the bank's word on a payment means in the books.

That a sum is owed, and that it was given by a transfer, is booked by whoever owes it: for grants
from their moves. Here clearing meets the bank: when the statement shows a transfer, or its return.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ristoro.fulfilment.books.accounts import Nature
from ristoro.fulfilment.books.entries import Entry, Sum
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.payments.models import Attempt, Payment, PaymentState


def book(payments: Iterable[tuple[Payment, PaymentState, PaymentState]], at: datetime) -> int:
    """Post what these moves, each from a state to another, mean; in the caller's transaction.

    Each entry is keyed by the reference at the bank, so that none is posted twice.
    """
    entries: list[Entry] = []
    for payment, before, after in payments:
        if after is PaymentState.BOOKED:
            entries.append(_booked(payment, at))
        elif after is PaymentState.RETURNED:
            if before is not PaymentState.BOOKED:
                # The statement that shows it going out is not read yet, or never will be.
                entries.append(_booked(payment, at))
            entries.append(_entry(payment, "returned", at))
    return post(entries)


def _booked(payment: Payment, at: datetime) -> Entry:
    again = payment.attempt > 1 and came_back(payment)
    return _entry(payment, "booked-again" if again else "booked", at)


def came_back(payment: Payment) -> bool:
    """Whether an earlier attempt was booked and sent back: given in the books, and owed again."""
    return Attempt.objects.filter(payment=payment, state=PaymentState.RETURNED).exists()


def _entry(payment: Payment, code: str, at: datetime) -> Entry:
    sum_ = Sum(Nature.of(payment.nature), payment.amount, payment.currency)
    lines = {"booked": sum_.booked, "booked-again": sum_.booked_again, "returned": sum_.returned}
    return Entry(
        key=f"payment {payment.end_to_end}/{code}",
        at=at,
        about=f"payment {payment.key}"[:200],
        lines=lines[code](),
        code=code,
        mailbox_id=payment.mailbox_id,
        bucket=payment.bucket,
    )
