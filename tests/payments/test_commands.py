"""``ristoro payments``: the same batches and files as the pages, by two people with passwords."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from tests.payments import made
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.cli import payments as command
from ristoro.edges.billing.sepa import schema
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import Batch, Payment, PaymentState
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, NotAllowed
from ristoro.staff import people
from ristoro.staff.models import Role


@pytest.fixture
def home(team: made.Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two people with a password, an account that pays, and two sums owed."""
    folder = tmp_path / "home"
    monkeypatch.setenv("RISTORO_HOME", str(folder))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    now = clock.now()
    for name, role in (("Fabia F", Role.FINANCE), ("Bruno B", Role.APPROVER)):
        people.add(name, "correct horse battery", [role], actor="test", at=now)
    monkeypatch.setenv("RISTORO_PASSWORD", "correct horse battery")
    (tmp_path / "sepa.yaml").write_text(
        f"name: Virgilio\niban: {made.IBAN}\naddress: {{town: Milano, country: IT}}\n"
    )
    monkeypatch.setenv("RISTORO_SEPA", str(tmp_path / "sepa.yaml"))
    Account.objects.bulk_create(
        made.account(one, usable_from=now - timedelta(days=1)) for one in (1, 2)
    )
    ask([made.due(1), made.due(2)], now)
    return folder


def test_a_batch_goes_to_the_bank_and_comes_back_by_commands(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command.prepare("Fabia F")
    name = Batch.objects.get().name
    with pytest.raises(Missing, match="nobody to retype"):
        command.release(name, "Bruno B")
    with pytest.raises(NotAllowed, match="wrong-batch-total"):
        command.release(name, "Bruno B", total="1.00 EUR", count="2")
    out = tmp_path / "batch.xml"
    command.release(name, "Bruno B", total="39.98 EUR", count="2", out=out)
    schema.check(out)
    assert out.stat().st_mode & 0o077 == 0
    with pytest.raises(Missing, match="there already"):
        command.release(name, "Bruno B", out=out)
    statement = tmp_path / "statement.xml"
    statement.write_bytes(bank.statement([Line(made.due(1).key, "19.99"), Line("X", "1.00")]))
    command.read(statement, "Fabia F")
    assert Payment.objects.filter(state=PaymentState.BOOKED).count() == 0
    command.read(statement, "Fabia F", apply=True)
    command.read(statement, "Fabia F", apply=True)
    assert Payment.objects.filter(state=PaymentState.BOOKED).count() == 1
    command.list_()
    told = capsys.readouterr().out
    assert "The reference is of no payment of ours." in told
    assert "Applied before, by Fabia F" in told
    assert made.IBAN not in told
    command.forget()
    assert len(list((home / "payments").glob("*.xml"))) == 2, "they are young"
    later = clock.now() + timedelta(days=100)
    monkeypatch.setattr("ristoro.kernel.clock.now", lambda: later)
    command.forget()
    assert len(list((home / "payments").glob("*.xml"))) == 2, "one payment and a line are open"


def test_a_batch_is_dropped_by_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.prepare("Fabia F")
    command.drop(Batch.objects.get().name, "Fabia F", "wrong day")
    assert Payment.objects.filter(state=PaymentState.LISTED).count() == 2
