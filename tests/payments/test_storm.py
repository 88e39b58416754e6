"""Two thousand payments, half of the answers lost, the process killed: no double, no loss; and what
an account did not take is paid to another, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.payments.made import DEBTOR, OTHER_IBAN, Staff
from tests.payments.storm import AT_LAST, LATER, Books, Storm, balances, refusals
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.fulfilment.payments import batches
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import BankFile, Payment
from ristoro.fulfilment.payments.states import OPEN
from ristoro.kernel.errors import NotAllowed
from ristoro.kernel.outcome import Ending
from ristoro.notices.singles.models import Single


def test_nothing_is_paid_twice_and_nothing_is_lost(team: Staff, tmp_path: Path) -> None:
    storm = Storm(team, tmp_path / "bank", 2_000, replace(DEBTOR, most=700))
    storm.begin()
    storm.survive(storm.send, kills=3)
    payments = storm.pay()
    told, lost = storm.answers(payments)
    storm.survive(storm.read(told), kills=2)
    unknown = [one for one in ask(storm.dues, LATER) if one.ending is Ending.UNKNOWN]
    assert len(unknown) == Payment.objects.filter(state__in=OPEN).count() > 900
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, storm.debtor, LATER)
    storm.survive(storm.read([*lost, refusals(payments), *told]), kills=2)
    assert storm.kills >= 4
    storm.check()
    changed = list(BankFile.objects.values_list("counts", flat=True))
    storm.survive(storm.read([*lost, refusals(payments), *told]), kills=0)
    assert list(BankFile.objects.values_list("counts", flat=True)) == changed
    storm.check()
    failed = storm.give_others()
    storm.survive(storm.send, kills=2)
    again = storm.pay()
    assert len(again) == failed > 40
    assert {one.iban for one in again} == {OTHER_IBAN}
    booked = bank.statement([Line(one.end_to_end, one.amount) for one in again], message_id="LAST")
    # with what was said of the first attempts
    storm.survive(storm.read([*told, booked]), kills=1)
    assert set(storm.paid.values()) == {1}, "no double"
    assert all(one.done for one in ask(storm.dues, AT_LAST))
    owed = sum(one.amount for one in storm.dues)
    assert balances()[Books.BANK] == -owed, "no loss"
    told_of = Single.objects.filter(kind="transfer-booked").values_list("mailbox_id", flat=True)
    failed_first = Single.objects.exclude(kind="transfer-booked")
    assert set(told_of) == {one.mailbox_id for one in storm.dues}
    assert failed_first.values("mailbox_id").distinct().count() == failed
