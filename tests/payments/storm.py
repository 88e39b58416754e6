"""Payments made while the process is killed and half of the bank's answers are lost.

Work is done in a forked process that sends itself SIGKILL at a statement of the database: inside
transactions, between a file and its commit, anywhere. What is left is worked on by the next. The
bank pays whatever file it could have been given, once for each time that it gets it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.db.models import Count, Sum
from tests.payments.made import AT, DEBTOR, OTHER_IBAN, Staff, account, due
from tests.sepa import bank
from tests.sepa.bank import Line, Ordered

from ristoro.edges.billing.sepa.accounts import Debtor
from ristoro.fulfilment.books.accounts import Account as Books
from ristoro.fulfilment.books.accounts import Nature, Side
from ristoro.fulfilment.books.entries import Entry
from ristoro.fulfilment.books.entries import Sum as BookSum
from ristoro.fulfilment.books.models import BookLine
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments import batches, files, reading
from ristoro.fulfilment.payments.asking import Due, ask
from ristoro.fulfilment.payments.models import Batch, BatchState, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.states import TO_TRY_AGAIN
from ristoro.fulfilment.payments.steps import total_of
from ristoro.kernel.errors import NotAllowed

FORK = multiprocessing.get_context("fork")
LATER = AT + timedelta(days=6)
AT_LAST = LATER + timedelta(days=4)
"""When the accounts may be used that were given in place of those which a bank did not take."""
AT_ONCE = 1000


@dataclass
class Storm:
    """One setting: so many dues, people, a folder, and a random number generator of its own."""

    team: Staff
    folder: Path
    count: int
    debtor: Debtor = DEBTOR
    luck: random.Random = field(default_factory=lambda: random.Random(20230123))
    kills: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    at: datetime = AT
    asked: set[str] = field(default_factory=set)

    @property
    def dues(self) -> list[Due]:
        return [due(number, 100 + number % 7) for number in range(1, self.count + 1)]

    def begin(self) -> None:
        """Accounts for all mailboxes, and what is owed to them in the books."""
        for some in _slices(list(range(1, self.count + 1))):
            Account.objects.bulk_create([account(number) for number in some], batch_size=200)
        for some in _slices(self.dues):
            post([_entry(one, "owed") for one in some])

    def survive(self, work: Callable[[], None], kills: int) -> None:
        """Do the work; so many times the process is killed at a statement on the way.

        How many statements there are is counted by the run that comes through.
        """
        most = 40 if self.count < 10_000 else 400
        for _ in range(kills):
            died = self._run(work, self.luck.randint(1, most))
            self.kills += died
        assert not self._run(work, None)

    def _run(self, work: Callable[[], None], kill_at: int | None) -> bool:
        connections["default"].close()  # a connection must not be shared across a fork
        child = FORK.Process(target=_child, args=(work, kill_at))
        child.start()
        child.join()
        assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
        return child.exitcode != 0

    # What is done

    def send(self) -> None:
        """Put everything owed on the list, and send it in batches until there is nothing more."""
        for some in _slices(self.dues):
            ask(some, AT)
        for batch in Batch.objects.filter(state=BatchState.PREPARED):
            self._release(batch)
        with suppress(NotAllowed):
            while True:
                self._release(
                    batches.prepare(self.team.finance, self.debtor, self.at, single_known=True)
                )

    def _release(self, batch: Batch) -> None:
        total, count = total_of(batch), str(batch.count)
        approver, folder = self.team.approver, self.folder
        batches.release(batch, approver, total, count, self.debtor, folder, self.at)

    def read(self, raw: Sequence[bytes]) -> Callable[[], None]:
        """The work of reading these files of the bank's."""

        def work() -> None:
            for number, one in enumerate(raw):
                kept = reading.receive(
                    [one], f"bank-{number}.xml", self.folder, self.team.finance, LATER
                )
                reading.apply(kept, self.folder, self.team.finance, LATER)

        return work

    # What the bank does

    def pay(self) -> list[Ordered]:
        """The bank gets every file that can be downloaded, and pays whatever is in it."""
        new = [
            batch.digest
            for batch in Batch.objects.filter(state=BatchState.RELEASED)
            if batch.digest not in self.asked
        ]
        self.asked.update(new)
        orders = [bank.received(self.folder / files.named(digest)) for digest in new]
        payments = [one for order in orders for one in order.payments]
        self.paid.update(one.end_to_end for one in payments)
        return payments

    def answers(self, payments: Sequence[Ordered]) -> tuple[list[bytes], list[bytes]]:
        """What the bank says of them, and what of it is lost at first: about half.

        One in fifty is refused, and one in fifty comes back.
        """
        said: tuple[list[Ordered], list[Ordered]] = ([], [])
        for one in payments:
            said[self.luck.random() < 0.5].append(one)
        told, lost = ([_told(some, number)] for number, some in enumerate(said))
        return told, lost

    def give_others(self) -> int:
        """Everybody whose account did not take the transfer gives another; how many that are."""
        failed = Payment.objects.filter(state__in=TO_TRY_AGAIN)
        boxes = list(failed.values_list("mailbox_id", flat=True))
        Account.objects.filter(mailbox_id__in=boxes).delete()
        rows = [account(one, iban=OTHER_IBAN, usable_from=AT_LAST) for one in boxes]
        Account.objects.bulk_create(rows, batch_size=200)
        self.at = AT_LAST
        return len(boxes)

    # What must be true

    def check(self) -> None:
        """Every due was paid once or certainly not, as the bank says; and the books balance."""
        assert set(self.paid.values()) == {1}, "no double"
        assert len(self.paid) == self.count, "no loss"
        assert Stray.objects.count() == 0, "what a killed process had read is known, not odd"
        rows = Payment.objects.values("state").annotate(n=Count("id"), total=Sum("amount"))
        by_state = {row["state"]: row["n"] for row in rows}
        assert sum(by_state.values()) == self.count
        assert set(by_state) == {
            PaymentState.BOOKED,
            PaymentState.REFUSED,
            PaymentState.RETURNED,
        }
        for some in _slices(self.dues):
            results = ask(some, LATER)
            given = [one for one, result in zip(some, results, strict=True) if result.done]
            post([_entry(one, "given") for one in given])
        self._check_books({row["state"]: row["total"] for row in rows})

    def _check_books(self, totals: dict[int, int]) -> None:
        owed = sum(one.amount for one in self.dues)
        balance = balances()
        refused = totals[PaymentState.REFUSED]
        returned = totals[PaymentState.RETURNED]
        assert sum(balance.values()) == 0
        assert balance[Books.BANK] == -totals[PaymentState.BOOKED]
        # What came back before anybody was told of it only crossed the bank, and is owed still.
        assert balance[Books.CLEARING] == 0
        assert balance[Books.PAYABLE] == -(refused + returned)
        assert balance[Books.PRICE_REDUCTIONS] == owed


def balances() -> dict[Books, int]:
    """Debit less credit of each account of the books."""
    found: Counter[Books] = Counter()
    rows = BookLine.objects.values("account", "side").annotate(total=Sum("amount"))
    for row in rows:
        sign = 1 if row["side"] == Side.DEBIT else -1
        found[Books(row["account"])] += sign * row["total"]
    return dict(found)


def _child(work: Callable[[], None], kill_at: int | None) -> None:
    left = kill_at or 0

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if kill_at is not None:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        work()
    connection.close()


def _entry(one: Due, code: str) -> Entry:
    sum_ = BookSum(Nature.PRICE_REDUCTION, one.amount, one.currency)
    lines = sum_.owed() if code == "owed" else sum_.given(Books.CLEARING)
    return Entry(f"{one.key}/{code}", AT, one.key, lines, code=code, mailbox_id=one.mailbox_id)


def _told(payments: Sequence[Ordered], number: int) -> bytes:
    lines = []
    for one in payments:
        lines.append(Line(one.end_to_end, one.amount))
        if hash_of(one.end_to_end) % 50 == 1:
            lines.append(Line(one.end_to_end, one.amount, returned="AC04"))
    refused = {one.end_to_end for one in payments if hash_of(one.end_to_end) % 50 == 2}
    kept = [line for line in lines if line.end_to_end not in refused]
    return bank.statement(kept, message_id=f"STATEMENT-{number}")


def refusals(payments: Sequence[Ordered]) -> bytes:
    """The report on those that the bank did not make."""
    refused = [
        (one.end_to_end, "RJCT", "AC01", "")
        for one in payments
        if hash_of(one.end_to_end) % 50 == 2
    ]
    return bank.status_report("ANY", refused)


def hash_of(reference: str) -> int:
    """The number at the end of a reference: what the bank does with it is the same each time."""
    return int(reference.rpartition("/")[2])


def _slices(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]
