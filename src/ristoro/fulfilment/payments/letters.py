"""The letters that tell a holder what became of a transfer: booked, refused, or sent back.

Each is asked for in the transaction in which the bank's word counts, once for each attempt. Of the
account it has the last two signs, which its holder knows and nobody can use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ristoro.fulfilment.payees.letters import KINDS as OF_PAYEES
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import opened
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.payments.payee_marks import mark_of
from ristoro.fulfilment.payments.reasons import OF_ACCOUNT
from ristoro.notices import words
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import Ask, To, post_many
from ristoro.notices.singles.sums import said_sum

BOOKED = "transfer-booked"
REFUSED = "transfer-refused"
RETURNED = "transfer-returned"
KINDS: Mapping[PaymentState, str] = {
    PaymentState.BOOKED: BOOKED,
    PaymentState.REFUSED: REFUSED,
    PaymentState.RETURNED: RETURNED,
}
"""By the state to which the bank's word led."""


@dataclass(frozen=True, slots=True)
class Told:
    """A payment that the bank has settled; ``on`` is the day of the booking where it says one."""

    payment: Payment
    on: date | None


def tell(settled: Iterable[Told], at: datetime) -> None:
    """Post a letter about each, in the caller's transaction.

    None for what the bank refused for a reason that is not the account's: nothing left, its holder
    can do nothing about it, and it is paid later. What was sent back is told in any case.
    """
    wanted = [one for one in settled if _matters(one.payment)]
    if wanted:
        post_many(_letters(wanted), at)


def words_of(payment: Payment, tail: str, on: date | None, locale: str) -> dict[str, str]:
    """What the templates name; ``tail`` is the end of the account's number, empty if not known."""
    return {
        "amount": said_sum(payment.amount, payment.currency, locale),
        "nature": payment.nature,
        "tail": tail,
        "day": "" if on is None else words.day(on, locale),
        "asks": "yes" if payment.why in OF_ACCOUNT else "",
    }


def _matters(payment: Payment) -> bool:
    if payment.state == PaymentState.REFUSED:
        return payment.why in OF_ACCOUNT
    return payment.state in KINDS


def _letters(settled: list[Told]) -> Iterator[Ask]:
    boxes = {one.payment.mailbox_id for one in settled}
    accounts = list(Account.objects.filter(mailbox_id__in=boxes))
    whose = _whose(boxes, accounts)
    tails = {}
    for account in accounts:
        payee = opened(account)
        if payee is not None:
            tails[account.mailbox_id, mark_of(payee)] = payee.iban[-2:]
    for one in settled:
        payment = one.payment
        kind = KINDS[PaymentState(payment.state)]
        tail = tails.get((payment.mailbox_id, payment.payee), "")
        to = whose.get(payment.mailbox_id)
        if to is not None:
            said = words_of(payment, tail, one.on, to.locale)
            yield Ask(f"{kind} {payment.end_to_end}", to, kind, said)


def _whose(boxes: set[int], accounts: list[Account]) -> dict[int, To]:
    """To whom letters go, by mailbox: as the account was given; where it is gone by now, as the
    letters about it went, without which nothing is ever paid to it."""
    found = {
        one.mailbox_id: To(one.mailbox_id, one.address, one.brand, one.locale)
        for one in sorted(accounts, key=lambda one: one.place != Place.FORMER)
    }
    left = boxes - found.keys()
    about = Single.objects.filter(mailbox_id__in=left, kind__in=OF_PAYEES).order_by("id")
    for letter in about if left else ():
        found[letter.mailbox_id] = To(
            letter.mailbox_id, letter.address, letter.brand, letter.locale
        )
    return found
