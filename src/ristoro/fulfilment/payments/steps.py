"""Moves of payments and batches by compare-and-set, and what the journal says of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ristoro.fulfilment.payments.models import Batch, BatchState, Payment, PaymentState
from ristoro.fulfilment.payments.states import BATCH_MOVES, MOVES
from ristoro.journal.append import append
from ristoro.kernel.errors import Missing, NotAllowed, Problem, bad_input
from ristoro.kernel.money import Money
from ristoro.staff.people import Person

LONGEST_REASON = 500
_MOVE = (
    "UPDATE payments_payment SET state = %s, why = %s, booking = %s, since = %s"
    " WHERE id = %s AND state = %s"
)


def move(payment: Payment, after: PaymentState, at: datetime, **changed: Any) -> bool:
    """Move one payment from the state in which it was read; ``False`` where it moved meanwhile.

    ``ValueError`` for a move that is not lawful.
    """
    before = PaymentState(payment.state)
    if (before, after) not in MOVES:
        raise ValueError(f"a payment does not go from {before.name} to {after.name}")
    moved = Payment.objects.filter(pk=payment.pk, state=before, attempt=payment.attempt).update(
        state=after, since=at, **changed
    )
    return moved == 1


@dataclass(frozen=True, slots=True)
class Move:
    """A payment, as it is after the move, and the states that it goes between."""

    payment: Payment
    before: PaymentState
    after: PaymentState


def move_many(moves: Sequence[Move], at: datetime) -> None:
    """Move locked payments, in order, with their reason and the bank's reference; all or none."""
    since = connection.ops.adapt_datetimefield_value(at)
    rows = []
    for one in moves:
        if (one.before, one.after) not in MOVES:
            raise ValueError(f"a payment does not go from {one.before.name} to {one.after.name}")
        row = one.payment
        rows.append((one.after.value, row.why, row.booking, since, row.pk, one.before.value))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_MOVE, rows)
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"{len(rows) - cursor.rowcount} payments moved behind their locks")


def move_all(batch: Batch, before: PaymentState, after: PaymentState, at: datetime) -> None:
    """Move every payment of a batch; ``NotAllowed`` where one is elsewhere, and nothing is kept."""
    if (before, after) not in MOVES:
        raise ValueError(f"payments do not go from {before.name} to {after.name}")
    moved = Payment.objects.filter(batch=batch, state=before).update(state=after, since=at)
    if moved != batch.count:
        raise changed_meanwhile(batch)


def move_batch(batch: Batch, after: BatchState, **changed: Any) -> Batch:
    """Move a batch from prepared; ``NotAllowed`` where it is no longer there."""
    before = BatchState(batch.state)
    if (before, after) not in BATCH_MOVES or not Batch.objects.filter(
        pk=batch.pk, state=before
    ).update(state=after, **changed):
        raise wrong_state(batch)
    return Batch.objects.get(pk=batch.pk)


def total_of(batch: Batch) -> str:
    """``1234.50 EUR``: what is retyped."""
    return f"{Money(batch.total, batch.currency).plain()} {batch.currency}"


def tell(batch: Batch, name: str, person: Person, data: Mapping[str, Any], at: datetime) -> None:
    """A line of the journal about a batch, with its figures."""
    figures = {"count": batch.count, "total": total_of(batch)}
    append(person.name, name, f"batch {batch.name}", {**figures, **data}, at)


def batch_named(name: str) -> Batch:
    """The batch of that name; ``Missing`` where there is none."""
    found = Batch.objects.filter(name=name).first()
    if found is None:
        raise Missing(
            Problem(
                "no-batch",
                f"there is no batch {name!r}",
                "a batch is there once it was prepared",
                "see `ristoro payments list`",
            )
        )
    return found


def written_reason(reason: str) -> str:
    """The reason, trimmed; ``BadInput`` where there is none, or too much."""
    text = " ".join(reason.split())
    if not text or len(text) > LONGEST_REASON:
        raise bad_input(
            "reason-missing",
            f"the reason is empty or longer than {LONGEST_REASON} characters",
            "whoever reads the books must be able to see why",
            "write why",
        )
    return text


def payments_of(batch: Batch, after: int, most: int) -> Sequence[Payment]:
    """The payments of a batch, in its order, from behind a key on."""
    return list(Payment.objects.filter(batch=batch, pk__gt=after).order_by("pk")[:most])


def wrong_state(batch: Batch) -> NotAllowed:
    """The batch is past what was asked."""
    now = Batch.objects.get(pk=batch.pk)
    return NotAllowed(
        Problem(
            "batch-moved",
            f"the batch {batch.name} is {BatchState(now.state).name.lower()}",
            "a batch is released or dropped once, from prepared",
            "look at the batch again",
        )
    )


def changed_meanwhile(batch: Batch) -> NotAllowed:
    """Something in a prepared batch is not as it was prepared."""
    return NotAllowed(
        Problem(
            "batch-changed",
            f"the batch {batch.name} is not any more what was prepared",
            "an account was changed or taken away, or a payment was, since it was prepared",
            "drop it and prepare another: what cannot be paid is left out",
        )
    )
