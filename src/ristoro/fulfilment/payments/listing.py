"""What pages and commands show of payments: bounded, paged by key, without an account in clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Sum

from ristoro.fulfilment.payees import known as payees
from ristoro.fulfilment.payments.asking import standing_of
from ristoro.fulfilment.payments.models import BankFile, Batch, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.states import ANSWERED_WITHIN, ENDED, OPEN
from ristoro.kernel.outcome import Result

ON_LIST = (PaymentState.LISTED, PaymentState.HELD)
REFUND_WITHIN = timedelta(days=14)
"""A price is given back within 14 days (directive 2019/770, article 18)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many payments are in a state, their sum in minor units, and since when the oldest is."""

    count: int
    total: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A payment with how it stands; ``masked`` is its account as it may be shown, or empty."""

    payment: Payment
    result: Result
    masked: str
    late: bool
    """On the list for longer than a refund may take."""


def tallies() -> Mapping[PaymentState, Tally]:
    """How many payments are in each state."""
    rows = Payment.objects.values("state").annotate(
        n=Count("id"), total=Sum("amount"), oldest=Min("since")
    )
    found = {row["state"]: Tally(row["n"], row["total"], row["oldest"]) for row in rows}
    return {state: found.get(state, Tally(0, 0, None)) for state in PaymentState}


def to_pay(at: datetime, after: int, most: int) -> list[Line]:
    """What is on the list, oldest first, with what stands against each; from key ``after`` on."""
    return lines(Payment.objects.filter(state__in=ON_LIST, pk__gt=after).order_by("pk")[:most], at)


def waiting(at: datetime, after: int, most: int) -> list[Line]:
    """What the bank has not settled, oldest first."""
    return lines(Payment.objects.filter(state__in=OPEN, pk__gt=after).order_by("pk")[:most], at)


def ended(at: datetime, after: int, most: int, state: PaymentState | None = None) -> list[Line]:
    """What the bank has settled, newest first; ``after`` nought begins with the newest."""
    rows = Payment.objects.filter(state__in=[state] if state else ENDED).order_by("-pk")
    return lines((rows.filter(pk__lt=after) if after else rows)[:most], at)


def of_batch(batch: Batch, at: datetime, after: int, most: int) -> list[Line]:
    """The payments of a batch."""
    return lines(Payment.objects.filter(batch=batch, pk__gt=after).order_by("pk")[:most], at)


def lines(rows: Iterable[Payment], at: datetime) -> list[Line]:
    """These payments as they are shown."""
    found = list(rows)
    boxes = {row.mailbox_id for row in found}
    usable = payees.usable(boxes, at)
    standings = payees.standings(boxes, at)
    return [
        Line(
            row,
            standing_of(row, standings, at),
            usable[row.mailbox_id].masked if row.mailbox_id in usable else "",
            row.state in ON_LIST and at - row.asked_at > REFUND_WITHIN,
        )
        for row in found
    ]


def overdue(at: datetime) -> int:
    """How many payments are unknown: the bank ought to have said by now."""
    return Payment.objects.filter(state__in=OPEN, since__lte=at - ANSWERED_WITHIN).count()


def payable(at: datetime, most: int) -> tuple[int, int]:
    """How many payments would go into a batch now, at most ``most``, and their sum."""
    count = total = last = 0
    while count < most:
        rows = list(
            Payment.objects.filter(state=PaymentState.LISTED, pk__gt=last).order_by("pk")[:1000]
        )
        if not rows:
            break
        last = rows[-1].pk
        usable = payees.usable([row.mailbox_id for row in rows], at)
        some = [row.amount for row in rows if row.mailbox_id in usable][: most - count]
        count, total = count + len(some), total + sum(some)
    return count, total


def batches(most: int) -> list[Batch]:
    """The newest batches."""
    return list(Batch.objects.order_by("-pk")[:most])


def progress_of(batch: Batch) -> Mapping[PaymentState, int]:
    """How many payments of a batch are in each state; none of a state that none is in."""
    rows = Payment.objects.filter(batch=batch).values("state").annotate(n=Count("id"))
    return {PaymentState(row["state"]): row["n"] for row in rows}


def bank_files(most: int) -> list[BankFile]:
    """The newest files of the bank's."""
    return list(BankFile.objects.order_by("-pk")[:most])


def strays(file: BankFile | None, after: int, most: int, *, handled: bool = False) -> list[Stray]:
    """Lines that changed nothing, of one file or of all."""
    rows = Stray.objects.filter(pk__gt=after, handled_at__isnull=not handled).order_by("pk")
    rows = rows.select_related("file")
    return list((rows if file is None else rows.filter(file=file))[:most])


def open_strays() -> int:
    """How many of them nobody has said anything about."""
    return Stray.objects.filter(handled_at=None).count()
