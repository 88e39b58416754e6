"""The pages of payments: who may do what, what is masked, and nothing done unaware."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.payments import made
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.errands import kinds
from ristoro.errands import payments as places
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payments.asking import ask
from ristoro.fulfilment.payments.models import BankFile, Batch, BatchState, Payment, PaymentState
from ristoro.kernel import clock
from ristoro.workers.models import Errand, ErrandState

LIST = "/console/pagamenti/"
SEPA = f"""name: Italiaonline S.p.A.
iban: {made.IBAN}
address: {{town: Assago, country: IT}}
"""


@pytest.fixture
def team(programme: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> made.Staff:
    (tmp_path / "sepa.yaml").write_text(SEPA)
    monkeypatch.setenv("RISTORO_SEPA", str(tmp_path / "sepa.yaml"))
    return made.staff()


def owed(count: int) -> None:
    now = clock.now()
    Account.objects.bulk_create(
        made.account(one, usable_from=now - timedelta(days=1)) for one in range(1, count + 1)
    )
    ask([made.due(one) for one in range(1, count + 1)], now)


def page(name: str, path: str) -> str:
    answer = signed_in(name).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_accounts_are_masked_on_every_page(team: made.Staff) -> None:
    owed(2)
    fabia, bruno = signed_in("fabia"), signed_in("bruno")
    assert post(fabia, f"{LIST}prepara/").status_code == 303
    name = Batch.objects.get().name
    row = Payment.objects.first()
    assert row is not None
    for path in ("", f"distinte/{name}/", f"{row.pk}/"):
        text = str(fabia.get(f"{LIST}{path}").content.decode())
        assert made.IBAN not in text.replace(" ", "")
        assert "IT60 " in text
        assert "Rossi" not in text
    done = post(bruno, f"{LIST}distinte/{name}/", total="39.98 EUR", count="2")
    assert done.status_code == 303
    file = post(fabia, f"{LIST}distinte/{name}/file/")
    assert made.IBAN in b"".join(file.streaming_content).decode()
    assert "attachment" in file["Content-Disposition"]


def test_who_prepared_cannot_release_and_others_cannot_look(team: made.Staff) -> None:
    owed(2)
    bruno, fabia = signed_in("bruno"), signed_in("fabia")
    assert signed_in("Olga").get(LIST).status_code == 403
    assert post(bruno, f"{LIST}prepara/").status_code == 303
    path = f"{LIST}distinte/{Batch.objects.get().name}/"
    assert post(bruno, path, total="39.98 EUR", count="2").status_code == 403
    assert post(fabia, path, total="39.98 EUR", count="2").status_code == 403
    assert post(fabia, f"{path}file/").status_code == 404
    assert post(signed_in("Aldo"), path, total="39.98", count="2").status_code == 422
    assert Batch.objects.get().state == BatchState.PREPARED


def test_a_release_asks_for_a_fresh_second_factor(
    team: made.Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed(2)
    bruno = signed_in("bruno")
    post(signed_in("fabia"), f"{LIST}prepara/")
    path = f"{LIST}distinte/{Batch.objects.get().name}/"
    monkeypatch.setitem(settings.__dict__, "SECOND_FACTOR", True)
    answer = post(bruno, path, total="39.98 EUR", count="2")
    assert answer.status_code == 303
    assert "secondo" in answer["Location"] or "next=" in answer["Location"]
    assert Batch.objects.get().state == BatchState.PREPARED


def test_a_batch_of_one_needs_its_box_ticked(team: made.Staff) -> None:
    owed(1)
    fabia = signed_in("fabia")
    assert 'name="single"' in page("fabia", LIST)
    refused = post(fabia, f"{LIST}prepara/")
    assert refused.status_code == 409
    assert "un solo pagamento" in refused.content.decode()
    assert post(fabia, f"{LIST}prepara/", single="yes").status_code == 303


def test_without_an_account_that_pays_nothing_is_prepared(
    team: made.Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed(2)
    monkeypatch.delenv("RISTORO_SEPA")
    assert "RISTORO_SEPA" in page("fabia", LIST)
    assert post(signed_in("fabia"), f"{LIST}prepara/").status_code == 409


def upload(client: Any, raw: bytes) -> Any:
    sent = SimpleUploadedFile("estratto.xml", raw, "application/xml")
    form = {"file": sent, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    asked = client.post(f"{LIST}banca/", form)
    do_all()
    return asked


def do_all() -> None:
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)


def test_a_statement_is_looked_at_then_applied_and_strays_are_handled(team: made.Staff) -> None:
    owed(2)
    fabia = signed_in("fabia")
    post(fabia, f"{LIST}prepara/")
    name = Batch.objects.get().name
    post(signed_in("bruno"), f"{LIST}distinte/{name}/", total="39.98 EUR", count="2")
    key = made.due(1).key
    raw = bank.statement([Line(key, "19.99"), Line("D'ALTRI", "5.00")])
    assert upload(fabia, raw).status_code == 303
    path = f"{LIST}banca/{BankFile.objects.get().digest}/"
    looked = page("fabia", path)
    assert "Che cosa cambierebbe" in looked
    assert "libero-2023-01/1" in looked
    assert Payment.objects.filter(state=PaymentState.BOOKED).count() == 0
    for act in ("guarda", "applica", "applica"):
        assert post(fabia, f"{path}{act}/").status_code == 303
        do_all()
    assert {one.state for one in Errand.objects.all()} == {ErrandState.DONE}
    assert Payment.objects.filter(state=PaymentState.BOOKED).count() == 1
    applied = page("fabia", path)
    assert "Il riferimento non è di un nostro pagamento." in applied
    stray = applied.split(f"{path}righe/")[1].split("/")[0]
    assert post(fabia, f"{path}righe/{stray}/", reason="di un altro reparto").status_code == 303
    assert "di un altro reparto" in page("fabia", path)
    assert "libero-2023-01/2" in page("Ivo", f"{LIST}attesa/")
    assert "libero-2023-01/1" in page("Ivo", f"{LIST}esito/registrati/")
    assert signed_in("Ivo").get(f"{LIST}esito/altro/").status_code == 404


def test_a_bad_file_is_refused_with_its_line(team: made.Staff) -> None:
    fabia = signed_in("fabia")
    asked = upload(fabia, b"<?xml version='1.0'?>\n<a>\n")
    assert Errand.objects.get().state == ErrandState.FAILED
    told = fabia.get(asked["Location"]).content.decode()
    assert "estratto.xml" in told
    assert "not XML" in told
    assert BankFile.objects.count() == 0
    assert list(places.folder().glob("*.xml")) == []


def test_a_payee_s_answer_holds_a_payment_and_a_reason_lets_it_go(team: made.Staff) -> None:
    owed(1)
    fabia = signed_in("fabia")
    path = f"{LIST}{Payment.objects.get().pk}/"
    assert post(fabia, f"{path}verifica/", answer="2", suggested="ROSSI A.").status_code == 303
    held = page("fabia", path)
    assert "al titolare si chiede di correggerlo" in held
    assert "ROSSI A." in held
    assert "ROSSI A." not in page("Ivo", path)
    assert post(fabia, f"{path}procedi/", reason=" ").status_code == 422
    assert post(fabia, f"{path}procedi/", reason="visto il documento").status_code == 303
    assert Payment.objects.get().state == PaymentState.LISTED
    assert post(fabia, f"{path}riprova/", reason="ancora").status_code == 409
