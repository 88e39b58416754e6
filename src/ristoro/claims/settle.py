"""Carrying a finding out: a payment of damages or a refusal, in the books, with its letter.

A payment is on the list of payments under a key made from the claim's number, so that it is paid
once however often it is asked for; its books say when it became owed, when it was sent, and that it
came back or is owed no more. Settling gives up no right: nobody is asked to, and nothing here can.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ristoro.claims import letters
from ristoro.claims.models import Claim, ClaimState, Finding, Settlement
from ristoro.claims.moving import move, note
from ristoro.claims.terms import Terms
from ristoro.fulfilment.books.accounts import Account, Nature
from ristoro.fulfilment.books.entries import Entry, Sum
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.payments import asking as payments
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.outcome import Ending, Result

PAYMENT = "payment"
OWED, PAID, STOPPED = "owed", "paid", "stopped"
"""How a settlement stands: on its way, booked by the bank, or refused by it for a person to see."""

AT_ONCE = 500
SENT_BACK = timedelta(days=90)
_STATE = {
    Ending.DONE: PAID,
    Ending.DEFERRED: OWED,
    Ending.UNKNOWN: OWED,
    Ending.REFUSED: STOPPED,
}


def key_of(claim: Claim, finding: Finding) -> str:
    """What the payment is known by at the bank: ``R-2023-000123-1``."""
    return f"{claim.number}-{finding.round}"


def carry_out(claim: Claim, finding: Finding, terms: Terms, at: datetime) -> None:
    """Settle or refuse a locked claim as it was found, in the caller's transaction.

    A loss that was given already, to the last cent, is settled with nothing more to pay.
    """
    pays = finding.amount_minor - finding.set_off_minor
    if finding.accepted and pays:
        _pay(claim, finding, pays, at)
    to = ClaimState.SETTLED if finding.accepted else ClaimState.REFUSED
    move(claim, to, at)
    what = "settled" if finding.accepted else "refused"
    note(claim, what, f"{what} {finding.round}", "ristoro", finding.reasons, at, shown=True)
    letters.post(claim, finding, terms, at)


def follow(at: datetime) -> int:
    """Look how the payments stand that are on their way, and write it down; how many moved.

    For a timer: nothing is paid or asked for again by it. One that was paid is looked at for
    ``SENT_BACK`` more: banks send payments back after days.
    """
    moved = 0
    last = 0
    ways = Q(state__in=(OWED, STOPPED)) | Q(state=PAID, at__gte=at - SENT_BACK)
    while True:
        open_ = Settlement.objects.filter(ways, how=PAYMENT, pk__gt=last)
        some = list(open_.select_related("claim").order_by("pk")[:AT_ONCE])
        if not some:
            return moved
        results = payments.look([one.key for one in some], at)
        for one, result in zip(some, results, strict=True):
            moved += _stands(one, result, at)
        last = some[-1].pk


def of_claim(claim: Claim) -> list[Settlement]:
    """What was settled of a claim, the first first."""
    found = Settlement.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return list(found.order_by("id"))


def _pay(claim: Claim, finding: Finding, pays: int, at: datetime) -> None:
    key = key_of(claim, finding)
    due = payments.Due(
        key=key,
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        address=claim.address,
        amount=pays,
        currency=claim.currency,
        nature=Nature.DAMAGES.word,
        about=f"Risarcimento {claim.number}" if claim.locale == "it" else f"Claim {claim.number}",
    )
    [result] = payments.ask([due], at)
    Settlement.objects.create(
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        claim=claim,
        finding=finding,
        how=PAYMENT,
        amount=pays,
        currency=claim.currency,
        key=key,
        state=_STATE[result.ending],
        result=result.code,
        at=at,
    )
    post([_entry(claim, key, "owed", pays, claim.currency, at)])


def _entry(claim: Claim, key: str, code: str, amount: int, unit: str, at: datetime) -> Entry:
    worth = Sum(Nature.DAMAGES, amount, unit)
    lines = worth.owed() if code == "owed" else worth.given(Account.CLEARING)
    return Entry(
        key=f"claim {key} {code}",
        at=at,
        about=f"claim {claim.number}",
        lines=lines,
        code=code,
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        run_id=None,
    )


def _stands(one: Settlement, result: Result, at: datetime) -> bool:
    state = _STATE[result.ending]
    if (state, result.code) == (one.state, one.result):
        return False
    with transaction.atomic():
        same = Settlement.objects.filter(pk=one.pk, state=one.state, result=one.result)
        if not same.update(state=state, result=result.code):
            return False
        if state == PAID:
            post([_entry(one.claim, one.key, "given", one.amount, one.currency, at)])
            note(one.claim, "paid", f"paid {one.key}", "ristoro", "", at, shown=True)
        elif state == STOPPED:
            text = result.code
            note(one.claim, "stopped", f"stopped {one.key}", "ristoro", text, at, shown=False)
        data = {"key": one.key, "state": state, "result": result.code}
        append("ristoro", names.CLAIM_PAYMENT, f"claim {one.claim.number}", data, at)
    return True
