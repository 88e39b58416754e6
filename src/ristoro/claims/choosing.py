"""A holder's choice between money and what is offered in kind: a yes, a no, or silence.

A yes settles the sum that the offer names, and nothing else: the rest of the money, an appeal and
every other right stay. A no and silence are the same: the money is paid.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ristoro.claims import offers, settle
from ristoro.claims.models import Offer
from ristoro.claims.moving import locked, note
from ristoro.claims.terms import Terms
from ristoro.fulfilment.books.accounts import Account, Nature
from ristoro.fulfilment.books.entries import Entry, Sum
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.consent import HOLDER
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem

ANSWERED = {True: GrantState.PLANNED, False: GrantState.DECLINED}
TIMER = "timer"


def choose(offer: Offer, yes: bool, terms: Terms, at: datetime) -> Offer:
    """Take the holder's yes or no; the same again is left so.

    ``NotAllowed`` where another answer stands, or after the last day.
    """
    with transaction.atomic():
        locked(offer.claim)
        row = _row(offer.pk)
        if not offers.is_open(row):
            if row.answered_at is None or (row.state == GrantState.DECLINED) is yes:
                raise _refused("offer-answered", "an answer stands, or the last day has passed")
            return row
        if terms.day(at) > row.answer_by:
            raise _refused("offer-late", f"the last day to choose was {row.answer_by}")
        row.answered_at = at
        _answered(row, ANSWERED[yes], HOLDER, at)
        return row


def lapse(today: date, at: datetime) -> int:
    """Pay the money where nobody chose by the last day; how many. For a timer."""
    late = Offer.objects.filter(state=GrantState.WAITING, answer_by__lt=today)
    count = 0
    for pk in list(late.order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            row = _row(pk)
            if offers.is_open(row):
                _answered(row, GrantState.LAPSED, TIMER, at)
                count += 1
    return count


def entry(offer: Offer, code: str, debit: Account, credit: Account, at: datetime) -> Entry:
    """What the books say of the quantity that is offered."""
    unit = offers.UNITS[GrantKind(offer.kind)]
    claim = offer.claim
    return Entry(
        key=f"claim {settle.choice_key_of(claim, offer.finding)} in-kind {code}",
        at=at,
        about=f"claim {claim.number}",
        lines=Sum(Nature.DAMAGES, offer.amount, unit).moved(debit, credit),
        code=code,
        mailbox_id=offer.mailbox_id,
        bucket=offer.bucket,
        run_id=None,
    )


def _answered(row: Offer, to: GrantState, by: str, at: datetime) -> None:
    row.state, row.since = to, at
    row.save(update_fields=["state", "since", "answered_at"])
    if to is GrantState.PLANNED:
        settle.replace_by_kind(row, at)
        post([entry(row, "owed", Account.IN_KIND_PROMISED, Account.IN_KIND_OWED, at)])
    else:
        settle.pay_instead(row, at)
    what = {
        GrantState.PLANNED: "chose-kind",
        GrantState.DECLINED: "chose-money",
        GrantState.LAPSED: "unheard",
    }[to]
    round_ = row.finding.round
    note(row.claim, what, f"{what} {round_}", by, "", at, shown=True)
    data = {
        "round": round_,
        "answer": what,
        "kind": GrantKind(row.kind).name.lower(),
        "amount": row.amount,
        "instead_minor": row.instead_minor,
    }
    append(by, names.CLAIM_CHOSE, f"claim {row.claim.number}", data, at)


def _row(pk: int) -> Offer:
    return Offer.objects.select_for_update().select_related("claim", "finding").get(pk=pk)


def _refused(code: str, what: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            code,
            what,
            "what was chosen is carried out, and without a choice the money is paid",
            "see how it stands",
        )
    )
