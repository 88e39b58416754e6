"""A run that owes money, from the load to the closing: on bills, and by transfer where none come.

On the ledger file and a real Dovecot, with workers killed around every booking.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.databases import Database
from tests.whole.nursery import BOOKINGS
from tests.whole.programme import NOW, ROOT, Programme, programme

from ristoro import env, wiring
from ristoro.edges.billing.contract import ExtensionAsk
from ristoro.fulfilment import closing as closings
from ristoro.fulfilment.books.reconcile import differences
from ristoro.fulfilment.models import Grant, GrantState, Route
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.reconcile import reconcile
from ristoro.journal.verify import verify as verify_journal
from ristoro.kernel import clock
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.models import RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.books import open_books, sums_of
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

POLICY = ROOT / "policies/premium-refund-2023-01.yaml"
MAILBOXES = 150
GONE_ON = date(2099, 12, 31)


def test_refunds_are_booked_once_and_the_run_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    with programme(tmp_path, MAILBOXES, POLICY) as made:
        runs.begin(made.run, NOW, begun=open_books)
        renewed = _renewed_but_lapsed(made)
        _worked(made, database, "bookings")
        grants = {one.address: one for one in Grant.objects.filter(run=made.run)}
        ended = set(grants) - renewed
        assert ended
        assert {grants[one].state for one in ended} == {GrantState.DEFERRED}
        assert {grants[one].result for one in ended} == {"no-payee"}
        assert {grants[one].state for one in renewed} == {GrantState.VERIFIED}
        _booked_once(made, {one: grants[one].amount for one in renewed})
        assert Payment.objects.count() == len(ended)
        told = Notice.objects.filter(run=made.run).values_list("state", flat=True)
        assert set(told) <= {NoticeState.VERIFIED, NoticeState.REFUSED}

        Payment.objects.update(state=PaymentState.BOOKED)
        Chunk.objects.filter(act=Act.GRANTS).exclude(not_before=None).update(not_before=clock.now())
        _worked(made, database, "plainly")
        states = Grant.objects.filter(run=made.run).values_list("state", flat=True)
        assert set(states) == {GrantState.VERIFIED}
        assert miscounts(made.run.id) == []
        assert differences(made.run, sums_of(made.run)) == []
        _closed(made)


def _renewed_but_lapsed(made: Programme) -> set[str]:
    """Every second contract goes on; the others ended years ago. The addresses of the former."""
    owed = sorted(made.owed())
    renewed = set(owed[::2])
    with closing(wiring.ledger(env.current())) as ledger:
        asks = [
            ExtensionAsk(f"renewal {address}", address, reading.paid_until, GONE_ON)
            for address, reading in zip(owed, ledger.read(owed), strict=True)
            if address in renewed and reading.paid_until is not None
        ]
        assert all(result.done for result in ledger.extend(asks, reason="renewed"))
    return renewed


def _worked(made: Programme, database: Database, mode: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.whole.nursery", made.run.name, mode],
        cwd=ROOT,
        env={**database.environment(), "RISTORO_HOME": str(made.home)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, lives[-3:]
    if mode == "bookings":
        assert [life for life in lives[:-1] if not life["killed"]] == []
        assert len(lives) == len(BOOKINGS) + 1


def _booked_once(made: Programme, owed: dict[str, int]) -> None:
    with closing(sqlite3.connect(made.home / "ledger.sqlite")) as ledger:
        rows = ledger.execute("SELECT address, amount, place FROM credit").fetchall()
    assert sorted(rows) == sorted((address, amount, "bill") for address, amount in owed.items())
    codes = Route.objects.filter(run=made.run).values_list("channel", "code").distinct()
    assert set(codes) == {("bill", "bill"), ("transfer", "transfer-ended")}


def _closed(made: Programme) -> None:
    anna = Person(1, "anna", frozenset({Role.OPERATOR}))
    with wiring.doors(made.run) as doors:
        found = reconcile(made.run, doors, clock.now())
    assert (found.differed, found.unreadable) == (0, 0)
    closings.close(runs.named(made.run.name), anna, clock.now() + timedelta(seconds=1))
    assert runs.named(made.run.name).state == RunState.CLOSED
    assert verify_journal().problem is None
