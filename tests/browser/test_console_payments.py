"""Payments in a browser: prepared by one person, released by another, settled by a statement."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.browser.conftest import Reader
from tests.faces.programme import PASSWORD, Programme
from tests.payments import made
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.edges.billing.sepa import schema
from ristoro.errands import kinds
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import Batch, Payment, PaymentState
from ristoro.kernel import clock
from ristoro.staff import people
from ristoro.staff.models import Role

SEPA = """name: Italiaonline S.p.A.
iban: IT60X0542811101000000123456
address: {street: Via del Bosco Rinnovato, number: "8", town: Assago, country: IT}
"""


@pytest.fixture
def owed(programme: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five sums: three with accounts, one that cools off, one whose holder gave none."""
    (tmp_path / "sepa.yaml").write_text(SEPA)
    monkeypatch.setenv("RISTORO_SEPA", str(tmp_path / "sepa.yaml"))
    now = clock.now()
    people.add("Fabia", PASSWORD, [Role.FINANCE], actor="test", at=now)
    Account.objects.bulk_create(made.account(one, usable_from=now) for one in (1, 2, 3))
    made.account(4, usable_from=now + timedelta(days=2)).save()
    dues = [made.due(one, 1999 if one % 2 else 4999) for one in range(1, 6)]
    ask([replace(dues[0], about="Rimborso pro rata")], now - timedelta(days=20))
    ask(dues[1:], now - timedelta(days=1))


def done(reader: Reader) -> None:
    """The errand of the page that is open is done, and the reader goes where it leads."""
    reader.page.wait_for_url("**/lavori/*/")
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)
    reader.page.click("main a.onward")


def test_payments_go_through_two_people_and_are_settled(
    owed: None, reader: Callable[..., Reader], tmp_path: Path
) -> None:
    fabia, aldo = reader(width=1366), reader(width=390, scheme="dark")
    fabia.sign_in("Fabia")
    aldo.sign_in("Aldo")
    fabia.open("/console/pagamenti/")
    troubles = fabia.troubles()
    fabia.page.click("text=Prepara la distinta")
    path = f"/console/pagamenti/distinte/{Batch.objects.get().name}/"
    aldo.open(path)
    troubles += aldo.troubles()
    aldo.page.fill("#total", "89.97 EUR")
    aldo.page.fill("#count", "3")
    aldo.page.click("text=Rilascia questa distinta")
    with fabia.open(path).expect_download() as coming:
        fabia.page.click("text=Scarica il file per la banca")
    order = tmp_path / "order.xml"
    coming.value.save_as(order)
    schema.check(order)
    said = [Line(one.end_to_end, one.amount) for one in bank.received(order).payments[:2]]
    (tmp_path / "statement.xml").write_bytes(bank.statement([*said, Line("OF-OTHERS", "7.00")]))
    fabia.open("/console/pagamenti/banca/")
    fabia.page.set_input_files("#file", tmp_path / "statement.xml")
    fabia.page.click("main button >> text=Leggilo")
    done(fabia)
    fabia.page.click("main button >> text=Applica")
    done(fabia)
    troubles += fabia.troubles()
    states = sorted(Payment.objects.values_list("state", flat=True))
    assert states == [1, 1, PaymentState.SENT, PaymentState.BOOKED, PaymentState.BOOKED]
    fabia.open(f"/console/pagamenti/{Payment.objects.latest('pk').pk}/")
    troubles += fabia.troubles()
    assert troubles == []
