"""Two thousand payments, half of the answers lost, the process killed: no double, no loss."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.payments.made import DEBTOR, Staff
from tests.payments.storm import LATER, Storm, refusals

from ristoro.fulfilment.payments import batches
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import BankFile, Payment
from ristoro.fulfilment.payments.states import OPEN
from ristoro.kernel.errors import NotAllowed
from ristoro.kernel.outcome import Ending


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
