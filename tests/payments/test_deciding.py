"""The four answers about a payee, and what follows from each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.payments.made import AT, DEBTOR, Staff, account, due, payable, released
from tests.sepa import bank

from ristoro.edges.billing.sepa.saying import PayeeAnswer
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments import batches, deciding, reading
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import Payment
from ristoro.fulfilment.payments.payee_marks import opened
from ristoro.kernel.errors import BadInput, NotAllowed


def one() -> Payment:
    return Payment.objects.get(mailbox_id=1)


def code() -> str:
    return ask([due(1)], AT)[0].code


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (PayeeAnswer.MATCH, "to-be-batched"),
        (PayeeAnswer.CLOSE, "name-close"),
        (PayeeAnswer.NO_MATCH, "name-differs"),
        (PayeeAnswer.NOT_POSSIBLE, "name-unchecked"),
    ],
)
def test_each_answer_has_its_consequence(team: Staff, answer: PayeeAnswer, after: str) -> None:
    payable(1)
    deciding.record(one(), answer, "ANNA M. ROSSI", team.finance, AT)
    assert code() == after
    assert deciding.name_to_correct(1, AT) == (answer is PayeeAnswer.CLOSE)
    if answer is PayeeAnswer.MATCH:
        return
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, DEBTOR, AT, single_known=True)
    with pytest.raises(BadInput, match="reason"):
        deciding.pay_anyway(one(), "", team.finance, AT)
    deciding.pay_anyway(one(), "seen the holder's card", team.finance, AT)
    assert code() == "to-be-batched"
    assert one().reason == "seen the holder's card"
    deciding.record(one(), answer, "", team.finance, AT)
    assert code() == after, "a new answer is a new question"


def test_the_suggested_name_is_sealed(team: Staff) -> None:
    payable(1)
    deciding.record(one(), PayeeAnswer.CLOSE, "ANNA M. ROSSI", team.finance, AT)
    assert "ROSSI" not in one().suggested
    assert opened(one().suggested) == "ANNA M. ROSSI"


def test_a_corrected_name_lets_the_payment_go(team: Staff) -> None:
    payable(1)
    deciding.record(one(), PayeeAnswer.CLOSE, "ANNA M. ROSSI", team.finance, AT)
    Account.objects.all().delete()
    account(1, name="Anna Maria Rossi").save()
    assert not deciding.name_to_correct(1, AT)
    batch = batches.prepare(team.finance, DEBTOR, AT, single_known=True)
    assert batch.count == 1
    assert (one().answer, one().suggested) == (None, "")


def test_answers_to_a_file_are_noted_and_hold_nothing_back(team: Staff, tmp_path: Path) -> None:
    dues = payable(4)
    batch = released(team, tmp_path)
    singles = [
        (dues[0].key, "RCVC", "", ""),
        (dues[1].key, "RVMC", "", "ROSSI ANNA M."),
        (dues[2].key, "RVNM", "", ""),
        (dues[3].key, "RVNA", "", ""),
    ]
    report = bank.status_report(batch.name, singles, group="RVCM")
    kept = reading.receive([report], "vop.xml", tmp_path, team.finance, AT)
    assert reading.apply(kept, tmp_path, team.finance, AT).counts == {"answered": 4}
    assert [row.answer for row in Payment.objects.order_by("pk")] == list(PayeeAnswer)
    assert {one.code for one in ask(dues, AT)} == {"sent"}
    refused = bank.status_report(batch.name, [(dues[1].key, "RJCT", "BE01", "")], message_id="2")
    kept = reading.receive([refused], "report.xml", tmp_path, team.finance, AT)
    reading.apply(kept, tmp_path, team.finance, AT)
    assert deciding.name_to_correct(2, AT)


def test_a_payment_in_a_batch_is_left_alone(team: Staff) -> None:
    payable(2)
    batches.prepare(team.finance, DEBTOR, AT)
    with pytest.raises(NotAllowed, match="payment-moved"):
        deciding.record(one(), PayeeAnswer.NO_MATCH, "", team.finance, AT)
    with pytest.raises(NotAllowed, match="payment-moved"):
        deciding.pay_anyway(one(), "because", team.finance, AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        deciding.record(one(), PayeeAnswer.MATCH, "", team.agent, AT)
