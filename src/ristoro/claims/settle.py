"""Carrying a finding out: a payment of damages or a refusal, in the books, with its letter.

The part of the money in whose place something in kind was offered waits for the holder's choice,
under a key of its own; without a yes it is paid like the rest.

A payment is on the list of payments under a key made from the claim's number, so that it is paid
once however often it is asked for; its books say when it became owed, when it was sent, and that it
came back or is owed no more. Settling gives up no right: nobody is asked to, and nothing here can.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ristoro.claims import letters, offers
from ristoro.claims.models import Claim, ClaimState, Finding, Offer, Settlement
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
CHOICE, IN_KIND = "choice", "in-kind"
"""The sum that waits for the holder's choice; and one whose place something in kind has taken."""

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


def choice_key_of(claim: Claim, finding: Finding) -> str:
    """What the payment of the sum that waits for a choice is known by: ``R-2023-000123-1-2``."""
    return f"{key_of(claim, finding)}-2"


def carry_out(claim: Claim, finding: Finding, terms: Terms, at: datetime) -> None:
    """Settle or refuse a locked claim as it was found, in the caller's transaction.

    A loss that was given already, to the last cent, is settled with nothing more to pay.
    """
    pays = finding.amount_minor - finding.set_off_minor
    gift = offers.gift_of(finding)
    if finding.accepted:
        waits = 0 if gift is None else gift.instead_minor
        if pays - waits:
            _pay(claim, finding, pays - waits, at)
        if waits:
            _owe(claim, finding, waits, choice_key_of(claim, finding), CHOICE, at)
        if gift is not None:
            offers.make(claim, finding, gift, terms, at)
    to = ClaimState.SETTLED if finding.accepted else ClaimState.REFUSED
    move(claim, to, at)
    what = "settled" if finding.accepted else "refused"
    note(claim, what, f"{what} {finding.round}", "ristoro", finding.reasons, at, shown=True)
    letters.post(claim, finding, terms, at)


def pay_instead(offer: Offer, at: datetime) -> None:
    """Pay the sum that waited for the choice, or came back from it, in the caller's transaction."""
    one = _waited(offer)
    if one is None or one.state not in (CHOICE, IN_KIND):
        return
    if one.state == IN_KIND:
        post([_entry(offer.claim, f"{one.key} again", "owed", one.amount, one.currency, at)])
    [result] = payments.ask([_due(offer.claim, one.key, one.amount)], at)
    one.state, one.result = _STATE[result.ending], result.code
    one.save(update_fields=["state", "result"])


def replace_by_kind(offer: Offer, at: datetime) -> None:
    """Let the sum that waited for the choice be owed no longer, in the caller's transaction."""
    one = _waited(offer)
    if one is None or one.state != CHOICE:
        return
    post([_entry(offer.claim, one.key, "not-owed", one.amount, one.currency, at)])
    one.state = IN_KIND
    one.save(update_fields=["state"])


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
    [result] = payments.ask([_due(claim, key, pays)], at)
    _owe(claim, finding, pays, key, _STATE[result.ending], at, result.code)


def _due(claim: Claim, key: str, pays: int) -> payments.Due:
    return payments.Due(
        key=key,
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        address=claim.address,
        amount=pays,
        currency=claim.currency,
        nature=Nature.DAMAGES.word,
        about=f"Risarcimento {claim.number}" if claim.locale == "it" else f"Claim {claim.number}",
    )


def _waited(offer: Offer) -> Settlement | None:
    """The sum in whose place the offer stands, its row locked; none where it is besides all."""
    key = choice_key_of(offer.claim, offer.finding)
    found = Settlement.objects.select_for_update().filter(mailbox_id=offer.mailbox_id, key=key)
    return found.first()


def _owe(
    claim: Claim,
    finding: Finding,
    pays: int,
    key: str,
    state: str,
    at: datetime,
    result: str = "",
) -> None:
    Settlement.objects.create(
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        claim=claim,
        finding=finding,
        how=PAYMENT,
        amount=pays,
        currency=claim.currency,
        key=key,
        state=state,
        result=result,
        at=at,
    )
    post([_entry(claim, key, "owed", pays, claim.currency, at)])


def _entry(claim: Claim, key: str, code: str, amount: int, unit: str, at: datetime) -> Entry:
    worth = Sum(Nature.DAMAGES, amount, unit)
    if code == "owed":
        lines = worth.owed()
    else:
        lines = worth.given(Account.CLEARING) if code == "given" else worth.not_owed()
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
            note(one.claim, "stopped", f"stopped {one.key}", "ristoro", text, at, shown=True)
        data = {"key": one.key, "state": state, "result": result.code}
        append("ristoro", names.CLAIM_PAYMENT, f"claim {one.claim.number}", data, at)
    return True
