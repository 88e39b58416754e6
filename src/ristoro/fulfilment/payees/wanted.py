"""What is to be transferred to a mailbox's holder, as the list of payments says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.payments.reasons import OF_ACCOUNT
from ristoro.fulfilment.payments.states import TO_TRY_AGAIN

WAITING = (PaymentState.LISTED, PaymentState.HELD)
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum, in minor units of ``currency``; ``about`` is what it is for, ``why`` what holds it
    or why it failed; ``since`` is when it came to stand so."""

    amount: int
    currency: str
    about: str
    state: PaymentState
    why: str
    since: datetime

    @property
    def of_account(self) -> bool:
        """Whether the bank did not make it for a reason that is the account's."""
        return self.state in TO_TRY_AGAIN and self.why in OF_ACCOUNT

    @property
    def waits(self) -> bool:
        """Whether it is paid as soon as there is an account for it."""
        return self.state in WAITING or self.of_account


def wanted(mailbox_id: int) -> tuple[Sum, ...]:
    """The sums that wait for the holder's account, or for a batch."""
    return tuple(one for one in of_mailbox(mailbox_id) if one.waits)


def of_mailbox(mailbox_id: int) -> tuple[Sum, ...]:
    """All sums of the mailbox, the newest first; what is no longer owed is left out."""
    rows = Payment.objects.filter(mailbox_id=mailbox_id).exclude(state=PaymentState.WITHDRAWN)
    return tuple(
        Sum(row.amount, row.currency, row.about, PaymentState(row.state), row.why, row.since)
        for row in rows.order_by("-id")[:MOST_LISTED]
    )
