"""What follows when an account did not take a transfer: it is not used again, its holder is asked
for another, and the sum goes there.

Only what the bank itself has refused or sent back is paid again, under a reference of its own;
where anything that the bank said contradicts that, a person looks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import opened
from ristoro.fulfilment.payments.deciding import MOST_ATTEMPTS, doubted, renew
from ristoro.fulfilment.payments.letters import Told, tell
from ristoro.fulfilment.payments.models import Attempt, Payment, PaymentState
from ristoro.fulfilment.payments.payee_marks import mark_of
from ristoro.fulfilment.payments.reasons import OF_ACCOUNT
from ristoro.fulfilment.payments.states import TO_TRY_AGAIN
from ristoro.fulfilment.payments.steps import move

AT_ONCE = 500
ACTOR = "payments"
DOUBTED = "bank-contradicts"
"""What a payment is held for of which the bank says two things: a person asks it."""


def follow(settled: Iterable[Told], odd: Iterable[str], at: datetime) -> None:
    """Tell holders what became of their transfers, and see to the accounts that failed, in the
    transaction in which the bank's words count; ``odd`` are the references of its lines that fit
    in nowhere."""
    ended = list(settled)
    tell(ended, at)
    _refuse_accounts([one.payment for one in ended], at)
    _hold_doubted(odd, at)


def take_up(at: datetime) -> int:
    """Put on the list again what an account did not take, once its holder has given another; how
    many. The same number counts as another where it was given anew since.
    """
    usable = Account.objects.filter(
        mailbox_id=OuterRef("mailbox_id"),
        place=Place.PRESENT,
        usable_from__lte=at,
        told_at__lte=at,
        refused_at=None,
    )
    failed = Payment.objects.filter(
        Exists(usable), state__in=TO_TRY_AGAIN, why__in=OF_ACCOUNT, attempt__lt=MOST_ATTEMPTS
    )
    last, taken = 0, 0
    while some := list(
        failed.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        last = some[-1]
        with transaction.atomic():
            taken += _take_up(some, at)
    return taken


def _take_up(ids: Sequence[int], at: datetime) -> int:
    rows = list(Payment.objects.select_for_update().filter(pk__in=ids, state__in=TO_TRY_AGAIN))
    odd = doubted(rows)
    accounts = {
        one.mailbox_id: one
        for one in Account.objects.filter(
            mailbox_id__in=[row.mailbox_id for row in rows], place=Place.PRESENT, refused_at=None
        )
    }
    taken = 0
    for row in rows:
        account = accounts.get(row.mailbox_id)
        payee = opened(account) if account is not None else None
        if account is None or payee is None or row.pk in odd:
            continue
        if mark_of(payee) != row.payee or account.given_at > row.since:
            renew(row, "the holder gave another account", ACTOR, at)
            taken += 1
    return taken


def _refuse_accounts(failed: Iterable[Payment], at: datetime) -> None:
    """Have the accounts that did not take these payments used no more, in the caller's transaction.

    One that was given meanwhile is left alone; one that had been in use before it is shredded.
    """
    marks = {
        (row.mailbox_id, row.payee)
        for row in failed
        if row.state in TO_TRY_AGAIN and row.why in OF_ACCOUNT
    }
    for account in Account.objects.filter(mailbox_id__in={mailbox for mailbox, _ in marks}):
        payee = opened(account)
        if payee is None or (account.mailbox_id, mark_of(payee)) not in marks:
            continue
        if account.place == Place.FORMER:
            account.delete()
        else:
            Account.objects.filter(pk=account.pk, refused_at=None).update(refused_at=at)


def _hold_doubted(references: Iterable[str], at: datetime) -> int:
    """Hold what is on the list again though the bank says something else of an attempt before, in
    the caller's transaction; how many. What is in a batch already is not released with it."""
    former = Attempt.objects.filter(end_to_end__in=set(references)).values("payment_id")
    rows = Payment.objects.select_for_update().filter(pk__in=former, state=PaymentState.LISTED)
    return sum(move(row, PaymentState.HELD, at, why=DOUBTED, payee="") for row in rows)
