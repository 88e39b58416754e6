"""What must not pay twice, nor another, whoever changes what, and whatever the bank says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.payments.made import AT, DEBTOR, IBAN, Staff, due, payable, released
from tests.payments.storm import balances
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.edges.billing.sepa.accounts import Address, Debtor
from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.payments import batches, effects, files, reading
from ristoro.fulfilment.payments.asking import ask, reference_of
from ristoro.fulfilment.payments.days import execution_day
from ristoro.fulfilment.payments.models import (
    BankFile,
    Batch,
    BatchState,
    Payment,
    PaymentState,
    Stray,
)
from ristoro.fulfilment.payments.steps import total_of
from ristoro.journal.models import Entry
from ristoro.journal.names import BATCH_DOWNLOADED
from ristoro.kernel.errors import Missing, NotAllowed

S = PaymentState
LATER = AT + timedelta(days=2)


def apply(team: Staff, folder: Path, raw: bytes) -> dict[str, int]:
    kept = reading.receive([raw], "bank.xml", folder, team.finance, LATER)
    looked = reading.look(kept, folder, LATER).looked["counts"]
    counts: dict[str, int] = reading.apply(kept, folder, team.finance, LATER).counts
    assert looked == counts
    return counts


def states() -> list[int]:
    return list(Payment.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(
    "change",
    [
        lambda: (
            Payment.objects.filter(mailbox_id=1).update(amount=1998)
            and Payment.objects.filter(mailbox_id=2).update(amount=2000)
        ),
        lambda: Payment.objects.filter(mailbox_id=1).update(about="Altro"),
        lambda: Payment.objects.filter(mailbox_id=1).update(nature="damages"),
        lambda: Payment.objects.filter(mailbox_id=1).update(end_to_end="ALTRO"),
        lambda: Batch.objects.update(prepared_by="altri", prepared_by_id=99),
        lambda: Batch.objects.update(execute_on=date(2027, 5, 3)),
        lambda: Batch.objects.update(seal=""),
    ],
)
def test_what_was_changed_since_it_was_prepared_is_not_released(
    team: Staff, tmp_path: Path, change: Callable[[], object]
) -> None:
    sent = tmp_path / "sent"
    sent.mkdir()
    payable(2)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    change()
    with pytest.raises(NotAllowed, match="batch-changed"):
        batches.release(batch, team.approver, total_of(batch), "2", DEBTOR, sent, AT)
    assert list(sent.iterdir()) == []
    assert Batch.objects.get().state == BatchState.PREPARED


def test_another_account_does_not_pay_what_was_prepared_for_one(
    team: Staff, tmp_path: Path
) -> None:
    payable(2)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    other = Debtor(DEBTOR.name, "IT40S0542811101000000123457", Address("Roma", "IT"))
    with pytest.raises(NotAllowed, match="batch-changed"):
        batches.release(batch, team.approver, total_of(batch), "2", other, tmp_path, AT)


def test_a_file_that_was_altered_is_not_handed_out(team: Staff, tmp_path: Path) -> None:
    payable(2)
    batch = released(team, tmp_path)
    for time in (1, 2):
        path = batches.take_away(batch, team.finance, tmp_path, AT)
        assert Batch.objects.get().taken == time
    assert Batch.objects.get().taken_by == "fabia"
    assert Entry.objects.filter(name=BATCH_DOWNLOADED).count() == 2
    path.write_text(path.read_text().replace(IBAN, "DE89370400440532013000", 1))
    with pytest.raises(Missing, match="file-altered"):
        batches.take_away(batch, team.finance, tmp_path, AT)
    assert Batch.objects.get().taken == 2


def test_a_release_leaves_the_bank_s_files_alone(team: Staff, tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    raw = bank.statement([Line("D'ALTRI", "5.00")])
    kept = reading.receive([raw], "bank.xml", folder, team.finance, AT)
    payable(2)
    released(team, folder, datetime.now(UTC) + timedelta(days=3))
    assert (folder / files.named(kept.digest)).is_file()


def test_a_planned_day_is_one_on_which_banks_settle() -> None:
    assert execution_day(AT, date(2026, 11, 28)) == date(2026, 11, 30)
    assert execution_day(AT, date(2026, 12, 25)) == date(2026, 12, 28)


def test_a_due_without_words_does_not_stop_its_batch(team: Staff, tmp_path: Path) -> None:
    payable(1)
    bare = due(1, key="a due/without words")
    ask([type(bare)(*(bare.key, 1, bare.bucket, bare.address, 5, "EUR", "damages", "\u200b"))], AT)
    assert Payment.objects.get(key=bare.key).about == reference_of(bare.key)
    assert released(team, tmp_path).count == 2


def test_what_the_bank_did_not_say_in_this_currency_and_amount_is_not_done(
    team: Staff, tmp_path: Path
) -> None:
    dues = payable(3)
    released(team, tmp_path)
    one, two, three = (each.key for each in dues)
    raw = bank.statement(
        [Line(one, "19.99", currency="XAU"), Line(two, "19.98"), Line(three, "19.99")]
    )
    bare = raw.decode().rpartition('<Amt Ccy="EUR">19.99</Amt>')
    raw = f"{bare[0]}{bare[2]}".encode()  # the detail has none: its entry's amount is its own
    assert apply(team, tmp_path, raw) == {"amount-differs": 2, "booked": 1}
    assert states() == [S.SENT, S.SENT, S.BOOKED]


def test_two_bookings_in_one_file_are_for_a_person(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    released(team, tmp_path)
    lines = [Line(dues[0].key, "19.99", booking=" ")] * 2
    assert apply(team, tmp_path, bank.statement(lines)) == {"booked": 1, "booked-twice": 1}
    assert balances()[Account.BANK] == -1999


def test_a_status_that_goes_backwards_is_for_a_person(team: Staff, tmp_path: Path) -> None:
    dues = payable(3)
    batch = released(team, tmp_path)
    one, two, three = (each.key for each in dues)

    def report(number: int, *singles: tuple[str, str]) -> dict[str, int]:
        told = [(key, code, "AC01" if code == "RJCT" else "", "") for key, code in singles]
        raw = bank.status_report(batch.name, told, message_id=f"REPORT-{number}")
        return apply(team, tmp_path, raw)

    assert report(1, (one, "RJCT"), (two, "ACSC")) == {"refused": 1, "accepted": 1}
    assert report(2, (one, "ACCP")) == {"known": 1}, "it was taken first, and the file came late"
    assert report(3, (one, "ACSC")) == {"contradicts": 1}
    assert report(4, (three, "BLCK"), (two, "RCVD")) == {"unclear": 1, "known": 1}
    assert states() == [S.REFUSED, S.ACCEPTED, S.SENT]
    assert Stray.objects.get(code="unclear").text.startswith("BLCK")


def test_a_file_refused_whole_after_a_booking_refuses_nothing(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    batch = released(team, tmp_path)
    apply(team, tmp_path, bank.statement([Line(dues[0].key, "19.99")]))
    refused = bank.status_report(batch.name, group="RJCT")
    assert apply(team, tmp_path, refused) == {"contradicts": 1}
    assert states() == [S.BOOKED, S.SENT], "what may have been paid is not paid again"


def test_a_file_half_applied_is_gone_on_with_line_by_line(
    team: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "AT_ONCE", 2)
    dues = payable(7)
    batch = released(team, tmp_path)
    lines = [Line(each.key, "19.99") for each in dues[:5]]
    raw = bank.statement([*lines, Line("D'ALTRI", "1.00")])
    kept = reading.receive([raw], "bank.xml", tmp_path, team.finance, LATER)

    class Ended(Exception):
        pass

    def end(_: int) -> None:
        raise Ended

    for done in (2, 4):
        with pytest.raises(Ended):
            reading.apply(kept, tmp_path, team.finance, LATER + timedelta(hours=done), end)
        assert BankFile.objects.get().done == done
    ended = reading.apply(kept, tmp_path, team.finance, LATER + timedelta(days=1))
    assert ended.counts == {"booked": 5, "foreign": 1}
    settled = Payment.objects.filter(state=S.BOOKED)
    assert set(settled.values_list("since", flat=True)) == {ended.begun_at}
    whole = bank.status_report(batch.name, group="RJCT", message_id="2")
    assert apply(team, tmp_path, whole) == {"contradicts": 1}
    assert apply(team, tmp_path, bank.batch_booking(batch.name, 7, "139.93")) == {"booked": 2}


def test_two_do_not_apply_one_file_at_a_time(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    released(team, tmp_path)
    raw = bank.statement([Line(each.key, "19.99") for each in dues])
    kept = reading.receive([raw], "bank.xml", tmp_path, team.finance, LATER)
    stale = reading.look(kept, tmp_path, LATER)
    BankFile.objects.update(begun_at=LATER, done=1)
    with pytest.raises(NotAllowed, match="somebody else"):
        reading._advance(stale, 2, {"booked": 2})
    path = tmp_path / files.named(kept.digest)
    path.write_bytes(raw.replace(b"19.99", b"19.98"))
    with pytest.raises(Missing, match="not in the folder any more as it was received"):
        reading.apply(kept, tmp_path, team.finance, LATER)
    assert states() == [S.SENT, S.SENT]
