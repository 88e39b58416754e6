"""The bank's files applied: each payment done, refused or unknown, and nothing said is dropped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.payments.made import AT, OTHER_IBAN, Staff, account, payable, released
from tests.payments.storm import balances
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.payees.models import Account as Payees
from ristoro.fulfilment.payments import deciding, files, listing, reading
from ristoro.fulfilment.payments.asking import Due, ask
from ristoro.fulfilment.payments.forgetting import forget
from ristoro.fulfilment.payments.models import BankFile, Batch, Payment, PaymentState, Stray
from ristoro.journal.models import Entry
from ristoro.journal.names import BANK_FILE_APPLIED, BANK_FILES_FORGOTTEN
from ristoro.kernel.errors import BadInput, NotAllowed

LATER = AT + timedelta(days=2)


def apply(team: Staff, folder: Path, raw: bytes) -> dict[str, int]:
    kept = reading.receive([raw], "bank.xml", folder, team.finance, LATER)
    before = reading.look(kept, folder, LATER).looked["counts"]
    counts = reading.apply(kept, folder, team.finance, LATER).counts
    assert kept.applied_at is not None or before == counts, "the preview is what is done"
    return dict(counts)


def stands(dues: list[Due]) -> list[str]:
    return [f"{one.ending.value} {one.code}" for one in ask(dues, LATER)]


def test_each_payment_is_done_refused_or_not_settled(each_team: Staff, tmp_path: Path) -> None:
    team, dues = each_team, payable(4)
    batch = released(team, tmp_path)
    one, two, three, four = (due.key for due in dues)
    report = [(one, "ACCP", "", ""), (two, "RJCT", "AC04", "Conto estinto")]
    assert apply(team, tmp_path, bank.status_report(batch.name, report, group="PART")) == {
        "accepted": 1,
        "refused": 1,
    }
    said = bank.statement([Line(one, "19.99"), Line(three, "19.99")])
    assert apply(team, tmp_path, said) == {"booked": 2}
    assert stands(dues) == [
        "done transfer",
        "deferred account-refused",
        "done transfer",
        "deferred sent",
    ]
    assert listing.tallies()[PaymentState.SENT].count == 1
    assert four == Payment.objects.get(state=PaymentState.SENT).key
    assert balances() == {Account.CLEARING: 3998, Account.BANK: -3998}


def test_the_same_file_twice_changes_nothing(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    released(team, tmp_path)
    raw = bank.statement([Line(due.key, "19.99") for due in dues])
    assert apply(team, tmp_path, raw) == {"booked": 2}
    rows = list(Payment.objects.values())
    assert apply(team, tmp_path, raw) == {"booked": 2}, "as it was applied"
    assert BankFile.objects.count() == 1
    assert Entry.objects.filter(name=BANK_FILE_APPLIED).count() == 1
    # The same bookings in another file, as a notification sends them before the statement.
    again = bank.statement([Line(due.key, "19.99") for due in dues], notification=True)
    assert apply(team, tmp_path, again) == {"known": 2}
    assert list(Payment.objects.values()) == rows
    assert balances()[Account.BANK] == -3998


def test_what_comes_back_is_booked_back_and_tried_again_under_another_reference(
    team: Staff, tmp_path: Path
) -> None:
    dues = payable(2)
    released(team, tmp_path)
    key = dues[0].key
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99") for due in dues]))
    assert stands(dues)[0] == "done transfer"
    back = bank.statement([Line(key, "19.99", returned="AC06", booking="BACK")])
    assert apply(team, tmp_path, back) == {"returned": 1}
    assert stands(dues)[0] == "deferred account-refused"
    assert balances() == {Account.CLEARING: 3998, Account.BANK: -1999, Account.RETURNED: -1999}
    row = Payment.objects.get(key=key)
    deciding.try_again(row, "the holder gave another account", team.finance, LATER)
    assert stands(dues)[0] == "deferred account-refused", "nothing goes where it came back from"
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        released(team, tmp_path, LATER)
    Payees.objects.filter(mailbox_id=1).delete()
    account(1, iban=OTHER_IBAN, usable_from=LATER).save()
    assert stands(dues)[0] == "deferred to-be-batched"
    second = released(team, tmp_path, LATER)
    (order,) = bank.received(tmp_path / files.named(second.digest)).payments
    assert order.end_to_end not in (key, dues[1].key)
    # What the bank says again of the first attempt does not touch the second.
    apply(team, tmp_path, bank.statement([Line(key, "19.99", returned="AC06")], message_id="2"))
    assert stands(dues)[0] == "deferred sent"
    apply(team, tmp_path, bank.statement([Line(order.end_to_end, "19.99")], message_id="3"))
    assert stands(dues)[0] == "done transfer"
    assert balances() == {Account.CLEARING: 3998, Account.BANK: -3998, Account.RETURNED: 0}


def test_only_what_the_bank_has_settled_is_tried_again(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    released(team, tmp_path)
    row = Payment.objects.get(key=dues[0].key)
    with pytest.raises(NotAllowed, match="payment-moved"):
        deciding.try_again(row, "I am in a hurry", team.finance, LATER)
    apply(team, tmp_path, bank.statement([Line(dues[0].key, "19.99")]))
    with pytest.raises(NotAllowed, match="payment-moved"):
        deciding.try_again(row, "once more", team.finance, LATER)


def test_what_changes_nothing_is_listed(team: Staff, tmp_path: Path) -> None:
    dues = payable(3)
    batch = released(team, tmp_path)
    one, two, three = (due.key for due in dues)
    apply(team, tmp_path, bank.statement([Line(one, "19.99", booking="FIRST")]))
    raw = bank.statement(
        [
            Line("OF-OTHERS", "5.00"),
            Line("NOTPROVIDED", "5.00"),
            Line("NOTPROVIDED", "6.00"),
            Line(two, "20.00"),
            Line(three, "19.99", currency="USD"),
            Line(one, "19.99", booking="SECOND"),
        ],
        message_id="2",
    ).replace(b"\n", b"")
    counts = apply(team, tmp_path, raw)
    assert counts == {"foreign": 3, "amount-differs": 2, "booked-twice": 1}
    assert Stray.objects.count() == 6
    apply(team, tmp_path, bank.status_report(batch.name, [(one, "RJCT", "MS03", "")]))
    stray = Stray.objects.get(code="contradicts")
    assert (stray.end_to_end, stray.said) == (one, "refused")
    assert stands(dues)[0] == "done transfer"
    reading.handle(stray, "the bank withdrew it by telephone", team.finance, LATER)
    assert listing.open_strays() == 6
    with pytest.raises(NotAllowed, match="payment-moved"):
        reading.handle(Stray.objects.get(pk=stray.pk), "again", team.finance, LATER)


def test_a_whole_file_is_refused_or_booked_as_one_sum(team: Staff, tmp_path: Path) -> None:
    dues = payable(3)
    batch = released(team, tmp_path)
    wrong = bank.batch_booking(batch.name, 3, "59.98")
    assert apply(team, tmp_path, wrong) == {"sum-differs": 1}
    single = bank.status_report(batch.name, [(dues[0].key, "RJCT", "AC01", "")], group="PART")
    apply(team, tmp_path, single)
    assert apply(team, tmp_path, bank.batch_booking(batch.name, 2, "39.98")) == {"booked": 2}
    assert stands(dues) == ["deferred account-refused", "done transfer", "done transfer"]
    others = payable(2, first=10)
    refused = released(team, tmp_path)
    report = bank.status_report(
        refused.name, [(others[0].key, "RJCT", "AC04", "")], group="RJCT", message_id="3"
    )
    assert apply(team, tmp_path, report) == {"refused": 2}
    assert stands(others) == ["deferred account-refused", "refused RJCT"]


def test_an_order_that_was_never_released_is_not_ours(team: Staff, tmp_path: Path) -> None:
    payable(2)
    assert apply(team, tmp_path, bank.status_report("RISTORO-X", group="RJCT")) == {"foreign": 1}
    assert Batch.objects.count() == 0


def test_a_bad_file_leaves_nothing(team: Staff, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not XML"):
        reading.receive([b"<Document"], "bank.xml", tmp_path / "bank", team.finance, AT)
    assert list((tmp_path / "bank").iterdir()) == []
    assert BankFile.objects.count() == 0
    with pytest.raises(NotAllowed, match="role-missing"):
        reading.receive([b"<a/>"], "bank.xml", tmp_path, team.agent, AT)


def test_files_are_deleted_once_all_is_settled(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    folder = tmp_path / "bank"
    released(team, folder)
    apply(team, folder, bank.statement([Line(dues[0].key, "19.99")]))
    young, old = LATER + timedelta(days=30), LATER + timedelta(days=100)
    assert forget(folder, timedelta(days=90), "timer", young) == 0
    assert forget(folder, timedelta(days=90), "timer", old) == 1, "the statement alone"
    apply(team, folder, bank.statement([Line(dues[1].key, "19.99")], message_id="2"))
    assert forget(folder, timedelta(days=90), "timer", old) == 2
    assert list(folder.glob("*.xml")) == []
    assert forget(folder, timedelta(days=90), "timer", old) == 0
    assert Entry.objects.filter(name=BANK_FILES_FORGOTTEN).count() == 2
