"""Batches: prepared by one person, released by another; only then is there a file for the bank."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import F

from ristoro.edges.billing.sepa import schema
from ristoro.edges.billing.sepa.accounts import Debtor
from ristoro.edges.billing.sepa.characters import written
from ristoro.edges.billing.sepa.initiation import CURRENCY, LONGEST_NAME, Order, Transfer, write
from ristoro.fulfilment.payees import known as payees
from ristoro.fulfilment.payees.sealing import Payee
from ristoro.fulfilment.payments import files
from ristoro.fulfilment.payments.days import execution_day
from ristoro.fulfilment.payments.deciding import doubted, let_go_corrected
from ristoro.fulfilment.payments.failing import take_up
from ristoro.fulfilment.payments.models import BankFile, Batch, BatchState, Payment, PaymentState
from ristoro.fulfilment.payments.payee_marks import mark_of
from ristoro.fulfilment.payments.sealing import Seal
from ristoro.fulfilment.payments.steps import (
    changed_meanwhile,
    move_all,
    move_batch,
    payments_of,
    tell,
    total_of,
    written_reason,
    wrong_state,
)
from ristoro.journal import names
from ristoro.kernel.errors import Missing, NotAllowed, Problem, RistoroError
from ristoro.staff import people
from ristoro.staff.browsers import sightings
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT_ONCE = 1000
BEFORE = timedelta(hours=12)
"""A browser in which somebody was signed in so long before they prepared counts as theirs."""

_LISTED, _BATCHED = PaymentState.LISTED.value, PaymentState.BATCHED.value
_TAKE = (
    "UPDATE payments_payment SET state = %s, batch_id = %s, payee = %s, since = %s"
    " WHERE id = %s AND state = %s"
)


def prepare(
    person: Person,
    debtor: Debtor,
    at: datetime,
    *,
    single_known: bool = False,
    execute_on: date | None = None,
) -> Batch:
    """Put everything payable, oldest first and at most ``debtor.most``, into a batch.

    What has no usable account, is held, or is in a batch already is left out. ``NotAllowed``
    without the role finance, with ``nothing-to-pay``, and with ``single-payment`` where there is
    one payment alone and ``single_known`` does not say that this is meant: for a file of one, an
    undertaking cannot leave out that the bank verifies the payee.
    """
    people.require(person, Role.FINANCE)
    with transaction.atomic():
        let_go_corrected(at)
        take_up(at)
        batch = _made(person, at, execution_day(at, execute_on), single_known)
        _fill(batch, debtor, at)
        if not batch.count:
            raise _nothing()
        if batch.count == 1 and not single_known:
            raise _single()
        tell(batch, names.BATCH_PREPARED, person, {"execute_on": batch.execute_on.isoformat()}, at)
    return batch


def drop(batch: Batch, person: Person, reason: str, at: datetime) -> Batch:
    """Take a prepared batch apart, for a reason: its payments are on the list again."""
    people.require(person, Role.FINANCE, Role.APPROVER)
    why = written_reason(reason)
    with transaction.atomic():
        dropped = move_batch(batch, BatchState.DROPPED, dropped_reason=why)
        move_all(batch, PaymentState.BATCHED, PaymentState.LISTED, at)
        tell(dropped, names.BATCH_DROPPED, person, {"reason": why}, at)
    return dropped


def release(
    batch: Batch,
    person: Person,
    retyped_total: str,
    retyped_count: str,
    debtor: Debtor,
    folder: Path,
    at: datetime,
    *,
    browser: str = "",
) -> Batch:
    """Write the batch's file: another person, an approver, has retyped its total and its count.

    1. The person, the figures, and every payee are compared with what was prepared.
    2. The file is written aside, held against the schema, and named for its digest.
    3. The batch is released and its payments are sent, in one transaction with the journal.

    A process that ends before the third leaves the batch prepared and, at most, a file that nobody
    can get. ``NotAllowed`` says what stood against it; every refusal is in the journal.
    """
    try:
        return _release(batch, person, retyped_total, retyped_count, debtor, folder, at, browser)
    except RistoroError as refused:
        code = refused.problems[0].code
        with transaction.atomic():
            tell(batch, names.BATCH_RELEASE_REFUSED, person, {"code": code}, at)
        raise


def take_away(batch: Batch, person: Person, folder: Path, at: datetime) -> Path:
    """The file of a released batch, for the person to take away; that they do is noted.

    ``NotAllowed`` where it was not released; ``Missing`` where the file is not there, or not any
    more what was released.
    """
    people.require(person, Role.FINANCE, Role.APPROVER)
    if batch.state != BatchState.RELEASED:
        raise wrong_state(batch)
    if not files.is_whole(folder, batch.digest):
        raise _not_whole(batch)
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(
            taken=F("taken") + 1, taken_by=person.name, taken_at=at
        )
        number = Batch.objects.get(pk=batch.pk).taken
        data = {"sha256": batch.digest, "time": number}
        tell(batch, names.BATCH_DOWNLOADED, person, data, at)
    return folder / files.named(batch.digest)


def refusal(batch: Batch, person: Person, browser: str = "") -> NotAllowed | None:
    """Why this person could not release the batch, if they asked; ``None`` where they could."""
    try:
        _refuse_person(batch, person, browser)
    except NotAllowed as refused:
        return refused
    return None


def _release(
    batch: Batch,
    person: Person,
    retyped_total: str,
    retyped_count: str,
    debtor: Debtor,
    folder: Path,
    at: datetime,
    browser: str,
) -> Batch:
    files.sweep(folder, _known(), at)
    with transaction.atomic():
        prepared = Batch.objects.select_for_update().get(pk=batch.pk)
        _refuse_person(prepared, person, browser)
        if prepared.state != BatchState.PREPARED:
            raise wrong_state(prepared)
        _refuse_figures(prepared, retyped_total, retyped_count)
        if prepared.count == 1 and not prepared.single_known:
            raise _single()
        day = execution_day(at, prepared.execute_on)
        transfers = _transfers(prepared, debtor, at)
        order = Order(prepared.name, at, day, debtor, prepared.count, prepared.total)

        def put(out: BinaryIO) -> None:
            write(order, transfers, out)

        digest = files.keep(folder, put, schema.check)
        released = move_batch(
            prepared,
            BatchState.RELEASED,
            released_by=person.name,
            released_by_id=person.id,
            released_at=at,
            execute_on=day,
            digest=digest,
            octets=(folder / files.named(digest)).stat().st_size,
        )
        move_all(released, PaymentState.BATCHED, PaymentState.SENT, at)
        tell(released, names.BATCH_RELEASED, person, {"sha256": digest}, at)
    return released


def _payable(most: int, at: datetime) -> Iterator[tuple[Payment, Payee]]:
    """Listed payments with their usable payees, oldest first, locked where rows can be."""
    found, last = 0, 0
    while found < most:
        rows = list(
            Payment.objects.select_for_update()
            .filter(state=PaymentState.LISTED, pk__gt=last)
            .order_by("pk")[:AT_ONCE]
        )
        if not rows:
            return
        last = rows[-1].pk
        usable = payees.usable([row.mailbox_id for row in rows], at)
        odd = doubted([row for row in rows if row.attempt > 1])
        for row in rows:
            if row.mailbox_id in usable and row.pk not in odd and found < most:
                found += 1
                yield row, usable[row.mailbox_id]


def _made(person: Person, at: datetime, day: date, single_known: bool) -> Batch:
    batch = Batch.objects.create(
        name=f"coming {at.isoformat()}"[:35],
        state=BatchState.PREPARED,
        count=0,
        total=0,
        currency=CURRENCY,
        execute_on=day,
        single_known=single_known,
        prepared_by=person.name,
        prepared_by_id=person.id,
        prepared_by_number=people.number_of(person),
        prepared_at=at,
    )
    batch.name = f"RISTORO-{at:%Y%m%d}-{batch.pk:06d}"
    batch.save(update_fields=["name"])
    return batch


def _fill(batch: Batch, debtor: Debtor, at: datetime) -> None:
    """Put what can be paid into the batch, a thousand at a time, and seal it."""
    seal = Seal(batch, debtor)
    payable = _payable(debtor.most, at)
    while taken := list(islice(payable, AT_ONCE)):
        _take(batch, taken, at)
        batch.count += len(taken)
        batch.total += sum(one.amount for one, _ in taken)
        for one, payee in taken:
            seal.add(one, mark_of(payee))
    batch.seal = seal.drawn(batch.count, batch.total)
    batch.save(update_fields=["count", "total", "seal"])
    if Payment.objects.filter(batch=batch, state=PaymentState.BATCHED).count() != batch.count:
        raise changed_meanwhile(batch)


def _take(batch: Batch, taken: Sequence[tuple[Payment, Payee]], at: datetime) -> None:
    since = connection.ops.adapt_datetimefield_value(at)
    rows = [(_BATCHED, batch.pk, mark_of(payee), since, one.pk, _LISTED) for one, payee in taken]
    with connection.cursor() as cursor:
        cursor.executemany(_TAKE, rows)


def _transfers(batch: Batch, debtor: Debtor, at: datetime) -> Iterator[Transfer]:
    """The payments as the bank gets them; all must be as it was prepared, and for whom."""
    seal = Seal(batch, debtor)
    last = count = total = 0
    while some := payments_of(batch, last, AT_ONCE):
        last = some[-1].pk
        usable = payees.usable([row.mailbox_id for row in some], at)
        if doubted([row for row in some if row.attempt > 1]):
            raise changed_meanwhile(batch)
        for row in some:
            payee = usable.get(row.mailbox_id)
            if row.state != PaymentState.BATCHED or payee is None or mark_of(payee) != row.payee:
                raise changed_meanwhile(batch)
            seal.add(row, row.payee)
            count, total = count + 1, total + row.amount
            name = written(payee.name, LONGEST_NAME)
            yield Transfer(row.end_to_end, name, payee.iban, row.amount, row.about)
    if not hmac.compare_digest(seal.drawn(count, total), batch.seal):
        raise changed_meanwhile(batch)


def _known() -> Iterator[str]:
    """The digests of every file that a batch, or a file of the bank's, is kept as."""
    yield from Batch.objects.exclude(digest="").values_list("digest", flat=True)
    yield from BankFile.objects.values_list("digest", flat=True)


def _refuse_person(batch: Batch, person: Person, browser: str) -> None:
    people.require(person, Role.APPROVER)
    people.require_another(
        person, batch.prepared_by, batch.prepared_by_id, batch.prepared_by_number
    )
    people.require_known(person)
    since = batch.prepared_at - BEFORE
    if browser and sightings.was_seen(browser, batch.prepared_by_id, since=since):
        raise NotAllowed(
            Problem(
                "same-browser",
                f"{batch.prepared_by!r}, who prepared this batch, was signed in in this browser",
                "whoever sits at it could be the same person, with another's sign-in",
                "release in the approver's own browser",
            )
        )


def _refuse_figures(batch: Batch, total: str, count: str) -> None:
    if (total.strip(), count.strip()) != (total_of(batch), str(batch.count)):
        raise NotAllowed(
            Problem(
                "wrong-batch-total",
                f"{total.strip()!r} and {count.strip()!r} are not the figures of {batch.name}",
                f"they are {total_of(batch)!r} and '{batch.count}'; nothing was released",
                "read the batch again, and retype both exactly",
            )
        )


def _nothing() -> NotAllowed:
    return NotAllowed(
        Problem(
            "nothing-to-pay",
            "there is no payment for a batch",
            "each waits for an account, for a person, or is in a batch already",
            "see what stands against each on the list of payments",
        )
    )


def _single() -> NotAllowed:
    return NotAllowed(
        Problem(
            "single-payment",
            "the file would be of one payment alone",
            "for a single order the payee is verified, whatever was agreed for files of several",
            "wait for others, or say that one alone is meant",
        )
    )


def _not_whole(batch: Batch) -> Missing:
    return Missing(
        Problem(
            "file-altered",
            f"the file of {batch.name} is not there as it was released",
            "its SHA-256 is another, or somebody has moved it: whom it pays is not certain",
            "do not send it; find out who changed it, and fetch it from a copy of the folder",
        )
    )
