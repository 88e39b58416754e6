"""What people do with single payments: the payee's verification, a decision, another attempt.

``states.FOLLOWS`` says what follows from each of the four answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ristoro.edges.billing.sepa.saying import PayeeAnswer
from ristoro.fulfilment.payees import known as payees
from ristoro.fulfilment.payees.sealing import opened
from ristoro.fulfilment.payments.asking import reference_of
from ristoro.fulfilment.payments.models import Attempt, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.payee_marks import mark_of, sealed
from ristoro.fulfilment.payments.states import FOLLOWS, OPEN, TO_TRY_AGAIN
from ristoro.fulfilment.payments.steps import move, written_reason
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT_ONCE = 500
MOST_ATTEMPTS = 9
_ON_LIST = (PaymentState.LISTED, PaymentState.HELD)
_OF_NAME = frozenset(one.held for one in FOLLOWS.values() if one.held)


def record(
    payment: Payment, answer: PayeeAnswer, suggested: str, person: Person, at: datetime
) -> None:
    """Note what the bank answered about the payee of a payment that is on the list, or sent.

    On the list, the payment is held where ``FOLLOWS`` says so. Of one that is sent it is noted
    alone: what the bank makes of it comes in its files. ``NotAllowed`` for finance's role missing,
    for a mailbox without a usable account, and for a payment in a batch or at an end.
    """
    people.require(person, Role.FINANCE)
    with transaction.atomic():
        row = _locked(payment)
        data = {"key": row.key, "answer": answer.name.lower()}
        if row.state in _ON_LIST:
            payee = payees.usable([row.mailbox_id], at).get(row.mailbox_id)
            if payee is None:
                raise _not_now("the mailbox has no usable account that was asked about")
            hold(row, answer, suggested, mark_of(payee), at)
        elif row.state in OPEN:
            note(row, answer, suggested)
        else:
            raise _not_now("it is in a batch, or at an end")
        append(person.name, names.PAYEE_ANSWERED, f"payment {row.key}"[:200], data, at)


def hold(row: Payment, answer: PayeeAnswer, suggested: str, mark: str, at: datetime) -> None:
    """Write an answer about the account with this mark to a payment on the list."""
    held = FOLLOWS[answer].held
    changed = {
        "answer": answer,
        "suggested": sealed(suggested) if answer is PayeeAnswer.CLOSE else "",
        "payee": mark,
        "why": held,
        "reason": "",
    }
    after = PaymentState.HELD if held else PaymentState.LISTED
    if row.state == after:
        Payment.objects.filter(pk=row.pk, state=after).update(**changed)
    else:
        move(row, after, at, **changed)


def note(row: Payment, answer: PayeeAnswer, suggested: str) -> bool:
    """Write an answer to a payment that is at the bank; ``False`` where it is known already."""
    if row.answer == answer:
        return False
    name = sealed(suggested) if answer is PayeeAnswer.CLOSE else ""
    Payment.objects.filter(pk=row.pk).update(answer=answer, suggested=name)
    return True


def pay_anyway(payment: Payment, reason: str, person: Person, at: datetime) -> None:
    """Put a held payment on the list again, for a recorded reason: a person answers for it."""
    people.require(person, Role.FINANCE)
    why = written_reason(reason)
    with transaction.atomic():
        row = _locked(payment)
        if row.state != PaymentState.HELD:
            raise _not_now("it is not held")
        move(row, PaymentState.LISTED, at, why="", reason=why)
        data = {"key": row.key, "reason": why, "was": row.why}
        append(person.name, names.PAYMENT_LET_GO, f"payment {row.key}"[:200], data, at)


def try_again(payment: Payment, reason: str, person: Person, at: datetime) -> None:
    """Put a payment that the bank refused or sent back on the list, under a new reference.

    What went before is kept. Never for one of which the bank has not said how it ended, or says
    two things.
    """
    people.require(person, Role.FINANCE)
    why = written_reason(reason)
    with transaction.atomic():
        row = _locked(payment)
        if row.state not in TO_TRY_AGAIN or row.attempt >= MOST_ATTEMPTS:
            raise _not_now("only what the bank has refused or sent back is tried again")
        if doubted([row]):
            raise _not_now("the bank says something else of it too: say first what became of that")
        renew(row, why, person.name, at)


def renew(row: Payment, reason: str, actor: str, at: datetime) -> None:
    """Put a locked payment that the bank refused or sent back on the list as another attempt."""
    if row.batch is None:
        raise ValueError(f"payment {row.pk} was never in a batch, and so at no bank")
    Attempt.objects.create(
        payment=row,
        number=row.attempt,
        end_to_end=row.end_to_end,
        batch=row.batch,
        state=row.state,
        why=row.why,
        ended_at=row.since,
    )
    number = row.attempt + 1
    changed = {
        "attempt": number,
        "end_to_end": reference_of(row.key, number),
        "batch": None,
        "booking": "",
        "why": "",
        "reason": reason,
    }
    move(row, PaymentState.LISTED, at, **changed)
    data = {"key": row.key, "reason": reason, "was": row.why, "attempt": number}
    append(actor, names.PAYMENT_TRIED_AGAIN, f"payment {row.key}"[:200], data, at)


def doubted(rows: Sequence[Payment]) -> frozenset[int]:
    """The ids of those of which a line of the bank's, on this attempt or one before it, fits in
    nowhere, and of which nobody has said what became of it."""
    by_reference = {row.end_to_end: row.pk for row in rows}
    again = [row.pk for row in rows if row.attempt > 1]
    if again:
        former = Attempt.objects.filter(payment_id__in=again)
        by_reference |= dict(former.values_list("end_to_end", "payment_id"))
    open_ = Stray.objects.filter(end_to_end__in=by_reference, handled_at=None)
    return frozenset(by_reference[one] for one in open_.values_list("end_to_end", flat=True))


def let_go_corrected(at: datetime) -> int:
    """Put on the list again what was held for a name or number that the holder changed since."""
    last, let_go = 0, 0
    while rows := list(
        Payment.objects.filter(state=PaymentState.HELD, pk__gt=last).order_by("pk")[:AT_ONCE]
    ):
        last = rows[-1].pk
        usable = payees.usable([row.mailbox_id for row in rows], at)
        for row in rows:
            payee = usable.get(row.mailbox_id)
            of_name = row.why in _OF_NAME
            if of_name and payee is not None and mark_of(payee) != row.payee:
                cleared = {"why": "", "answer": None, "suggested": "", "payee": ""}
                let_go += move(row, PaymentState.LISTED, at, **cleared)
    return let_go


def name_to_correct(mailbox_id: int, at: datetime) -> bool:
    """Whether the holder is asked to look at the name on their account: the bank knows a near one.

    The name that it knows is not told: whoever sits in the mailbox may not be its holder.
    """
    rows = Payment.objects.filter(
        mailbox_id=mailbox_id,
        answer=PayeeAnswer.CLOSE,
        state__in=(PaymentState.HELD, PaymentState.REFUSED),
    )
    marks = {row.payee for row in rows}
    account = payees.present(mailbox_id) if marks else None
    payee = opened(account) if account is not None else None
    return payee is not None and payee.usable_from <= at and mark_of(payee) in marks


def _locked(payment: Payment) -> Payment:
    return Payment.objects.select_for_update().get(pk=payment.pk)


def _not_now(why: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            "payment-moved",
            "this cannot be done with this payment now",
            why,
            "look at where it stands",
        )
    )
