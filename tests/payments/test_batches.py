"""From a due to a released file: two people, exact figures, and nothing written before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from tests.payments.made import (
    AT,
    DEBTOR,
    OTHER_IBAN,
    Staff,
    account,
    due,
    payable,
    released,
)
from tests.sepa import bank

from ristoro.edges.billing.sepa import schema
from ristoro.edges.billing.sepa.characters import is_reference
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments import asking, batches, files
from ristoro.fulfilment.payments.asking import Due, ask, reference_of
from ristoro.fulfilment.payments.days import execution_day, is_working
from ristoro.fulfilment.payments.models import Batch, BatchState, Payment, PaymentState
from ristoro.fulfilment.payments.steps import total_of
from ristoro.journal.models import Entry
from ristoro.journal.names import BATCH_RELEASE_REFUSED, BATCH_RELEASED
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.kernel.outcome import Ending
from ristoro.staff.browsers import sightings


def codes(dues: list[Due], at: datetime = AT) -> list[str]:
    return [result.code for result in ask(dues, at)]


def test_each_due_is_told_what_stands_against_it(team: Staff) -> None:
    account(2, usable_from=AT + timedelta(days=2)).save()
    account(3).save()
    assert codes([due(1), due(2), due(3)]) == ["no-payee", "cooling-off", "to-be-batched"]
    assert codes([due(1), due(2), due(3)]) == ["no-payee", "cooling-off", "to-be-batched"]
    assert Payment.objects.count() == 3
    assert asking.look(["libero-2023-01/9"], AT)[0].code == "absent"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Due("k", 1, 1, "a@b.it", 0, "EUR", "damages", "x"), "not-payable"),
        (Due("k", 1, 1, "a@b.it", 1, "CHF", "damages", "x"), "not-payable"),
        (Due("k", 1, 1, "a@b.it", 1, "EUR", "gift", "x"), "not-payable"),
        (Due("", 1, 1, "a@b.it", 1, "EUR", "damages", "x"), "not-payable"),
        (Due("taken", 1, 1, "a@b.it", 2, "EUR", "damages", "x"), "key-reused"),
    ],
)
def test_what_no_bank_takes_is_refused_at_once(team: Staff, wrong: Due, code: str) -> None:
    ask([due(1, key="taken")], AT)
    result = ask([wrong], AT)[0]
    assert (result.ending, result.code) == (Ending.REFUSED, code)
    assert Payment.objects.count() == 1


def test_a_key_that_banks_refuse_has_a_reference_drawn_from_it() -> None:
    long = "libero-virgilio-2023-01-again/1125899906842624"
    assert is_reference(reference_of(long))
    assert reference_of(long) == reference_of(long) != reference_of(f"{long}1")
    assert reference_of("run/17") == "run/17"
    assert is_reference(reference_of("run/17", 9))


def test_two_people_make_a_file_that_is_valid(team: Staff, tmp_path: Path) -> None:
    dues = payable(3)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    assert (batch.count, batch.total, batch.state) == (3, 5997, BatchState.PREPARED)
    assert list(tmp_path.glob("bank*")) == []
    folder = tmp_path / "bank"
    done = batches.release(batch, team.approver, "59.97 EUR", "3", DEBTOR, folder, AT)
    path = folder / files.named(done.digest)
    schema.check(path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_size == done.octets
    order = bank.received(path)
    assert order.message_id == done.name
    assert [one.end_to_end for one in order.payments] == [one.key for one in dues]
    assert order.total == "59.97"
    assert codes(dues) == ["sent", "sent", "sent"]
    assert Entry.objects.filter(name=BATCH_RELEASED).count() == 1


def test_what_nobody_answers_for_is_unknown_and_in_no_other_batch(
    team: Staff, tmp_path: Path
) -> None:
    dues = payable(2)
    released(team, tmp_path)
    later = AT + timedelta(days=6)
    assert [one.ending for one in ask(dues, later)] == [Ending.UNKNOWN] * 2
    assert [one.ending for one in asking.look([one.key for one in dues], later)] == [
        Ending.UNKNOWN
    ] * 2
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, DEBTOR, later)


@pytest.mark.parametrize(
    ("total", "count"),
    [("59.98 EUR", "3"), ("59.97 EUR", "4"), ("59,97 EUR", "3"), ("", ""), ("5997", "3")],
)
def test_wrong_figures_release_nothing(team: Staff, tmp_path: Path, total: str, count: str) -> None:
    payable(3)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    with pytest.raises(NotAllowed, match="wrong-batch-total"):
        batches.release(batch, team.approver, total, count, DEBTOR, tmp_path, AT)
    assert list(tmp_path.glob("*.xml")) == []
    assert Batch.objects.get().state == BatchState.PREPARED
    assert Entry.objects.filter(name=BATCH_RELEASE_REFUSED).count() == 1


def test_whoever_prepared_it_cannot_release_it(team: Staff, tmp_path: Path) -> None:
    payable(2)
    batch = batches.prepare(team.approver, DEBTOR, AT)
    with pytest.raises(NotAllowed, match="two-people"):
        batches.release(batch, team.approver, total_of(batch), "2", DEBTOR, tmp_path, AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        batches.release(batch, team.agent, total_of(batch), "2", DEBTOR, tmp_path, AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        batches.prepare(team.agent, DEBTOR, AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.update(released_by="bruno", released_by_id=team.approver.id)


def test_nobody_releases_in_the_browser_of_whoever_prepared(team: Staff, tmp_path: Path) -> None:
    payable(2)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    sightings.see("b" * 64, team.finance.id, AT)
    with pytest.raises(NotAllowed, match="same-browser"):
        batches.release(
            batch, team.approver, total_of(batch), "2", DEBTOR, tmp_path, AT, browser="b" * 64
        )


def test_a_batch_is_released_or_dropped_once(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    with pytest.raises(BadInput, match="reason"):
        batches.drop(batch, team.finance, " ", AT)
    batches.drop(batch, team.finance, "wrong day", AT)
    assert codes(dues) == ["to-be-batched"] * 2
    with pytest.raises(NotAllowed, match="batch-moved"):
        batches.release(batch, team.approver, total_of(batch), "2", DEBTOR, tmp_path, AT)
    again = released(team, tmp_path)
    with pytest.raises(NotAllowed, match="batch-moved"):
        batches.release(again, team.approver, total_of(again), "2", DEBTOR, tmp_path, AT)
    with pytest.raises(NotAllowed, match="batch-moved"):
        batches.drop(again, team.finance, "too late", AT)


def test_an_account_that_was_changed_meanwhile_stops_the_batch(team: Staff, tmp_path: Path) -> None:
    payable(2)
    batch = batches.prepare(team.finance, DEBTOR, AT)
    Account.objects.filter(mailbox_id=2).delete()
    account(2, iban=OTHER_IBAN).save()
    with pytest.raises(NotAllowed, match="batch-changed"):
        batches.release(batch, team.approver, total_of(batch), "2", DEBTOR, tmp_path, AT)
    assert list(tmp_path.glob("*.xml")) == []
    assert list(tmp_path.glob(".*")) == []


def test_a_file_of_one_payment_is_never_made_unaware(team: Staff, tmp_path: Path) -> None:
    payable(1)
    with pytest.raises(NotAllowed, match="single-payment"):
        batches.prepare(team.finance, DEBTOR, AT)
    assert Batch.objects.count() == 0
    batch = batches.prepare(team.finance, DEBTOR, AT, single_known=True)
    Batch.objects.update(single_known=False)
    with pytest.raises(NotAllowed, match="single-payment"):
        batches.release(batch, team.approver, total_of(batch), "1", DEBTOR, tmp_path, AT)
    Batch.objects.update(single_known=True)
    batches.release(batch, team.approver, total_of(batch), "1", DEBTOR, tmp_path, AT)


def test_no_longer_owed_is_withdrawn_until_it_is_in_a_batch(team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    assert asking.withdraw([dues[0].key], AT)[0].done
    assert asking.withdraw([dues[0].key], AT)[0].done
    released(team, tmp_path)
    assert asking.withdraw([dues[1].key], AT)[0].code == "too-late"
    assert codes(dues) == ["withdrawn", "sent"]


def test_days_are_those_on_which_banks_settle() -> None:
    assert not is_working(date(2026, 12, 25))
    assert not is_working(date(2026, 11, 22))
    assert execution_day(datetime(2026, 12, 24, 9, tzinfo=UTC)) == date(2026, 12, 28)
    assert execution_day(AT, date(2026, 11, 30)) == date(2026, 11, 30)
    assert execution_day(AT, date(2026, 11, 1)) == date(2026, 11, 24)


def test_files_that_no_batch_names_are_removed_in_time(tmp_path: Path) -> None:
    left = tmp_path / files.named("0" * 64)
    left.write_text("left by a process that ended")
    kept = tmp_path / files.named("1" * 64)
    kept.write_text("of a batch")
    files.sweep(tmp_path, ["1" * 64], datetime.now(UTC))
    assert left.exists()
    files.sweep(tmp_path, ["1" * 64], datetime.now(UTC) + timedelta(days=1))
    assert not left.exists()
    assert kept.exists()


def test_nobody_reads_an_account_in_the_tables(team: Staff, tmp_path: Path) -> None:
    payable(2)
    batch = released(team, tmp_path)
    rows = " ".join(str(row) for row in Payment.objects.values())
    assert "IT60" not in rows + str(Batch.objects.filter(pk=batch.pk).values())
    assert "Rossi" not in rows
    assert {one.state for one in Payment.objects.all()} == {PaymentState.SENT}
