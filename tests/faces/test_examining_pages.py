"""The examiners' desk: who may, what is shown, and a decision from the queue to the letter."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from tests.claims.made import claim
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, PASSWORD, Programme

from ristoro import env, wiring
from ristoro.claims import documents, twins
from ristoro.claims.bundle.verify import verify
from ristoro.claims.documents import Sent
from ristoro.claims.models import Claim, ClaimState, Offer, Taken, Together, TogetherState
from ristoro.fulfilment.models import Grant, GrantKind
from ristoro.fulfilment.payments.models import Payment
from ristoro.journal.models import Entry
from ristoro.kernel.signed import public_of
from ristoro.notices.singles.models import Single
from ristoro.staff import people
from ristoro.staff.models import Role

PART = {"outcome": "partly", "reason-partly": "late", "amount": "50,00", "words": ""}


@pytest.fixture
def desk(programme: Programme) -> Programme:
    """The programme with two examiners."""
    people.add("Carla", PASSWORD, (Role.EXAMINER,), actor="test", at=AT)
    people.add("Dino", PASSWORD, (Role.EXAMINER, Role.APPROVER), actor="test", at=AT)
    return programme


def decide(client: Client, number: str, **more: str) -> Any:
    return post(client, f"/console/pratiche/{number}/decisione/", **{"seen": "0", **PART, **more})


def test_the_desk_is_for_examiners_approvers_and_auditors(desk: Programme) -> None:
    one = claim(1)
    for name, status in (("Carla", 200), ("Aldo", 200), ("Ivo", 200), ("Olga", 403), ("Gina", 403)):
        client = signed_in(name)
        assert client.get("/console/pratiche/").status_code == status
        assert client.get(f"/console/pratiche/{one.number}/").status_code == status
    assert decide(signed_in("Ivo"), one.number).status_code == 403
    assert Claim.objects.get().state == ClaimState.FILED


def test_a_claim_stands_beside_its_evidence_and_what_was_given(desk: Programme) -> None:
    one = claim(1)
    double = claim(2, mailbox_id=one.mailbox_id, address=one.address)
    twins.note(one)
    twins.note(double)
    client = signed_in("Carla")
    text = client.get(f"/console/pratiche/{one.number}/").content.decode()
    for shown in (
        "cliente@example.org",
        "€ 80,00",
        "Aspettavo da un cliente",
        "Arrivati tardi",
        "R-2023-000002",
        "stessa casella",
        "doppione",
    ):
        assert shown.lower() in text.lower(), shown
    client.get(f"/console/pratiche/{one.number}/")
    assert Entry.objects.filter(name="claims.claim.looked-at").count() == 1
    assert client.get("/console/pratiche/R-2023-999999/").status_code == 404


def test_what_every_programme_gives_and_every_document_is_on_the_page(desk: Programme) -> None:
    run, home = desk.approve(), env.current().home
    grant = Grant.objects.filter(run=run, kind=GrantKind.STORAGE).order_by("pk")[0]
    mailbox = {"mailbox_id": grant.mailbox_id, "address": grant.address}
    one = claim(1, run=run, outage_digest=run.outage_digest, **mailbox)
    Claim.objects.update(state=ClaimState.DRAFT, number="", filed_at=None)
    one.refresh_from_db()
    sent = Sent("../prova.txt", "Il preventivo è di 80 euro.".encode())
    paper = documents.add(one, sent, home, None, AT)
    filed = {"state": ClaimState.FILED, "number": "R-2023-000001", "filed_at": AT}
    Claim.objects.update(**filed)
    client = signed_in("Carla")
    text = client.get("/console/pratiche/R-2023-000001/").content.decode()
    assert "Spazio" in text or "spazio" in text
    assert "non si scala niente" in text
    place = f"/console/pratiche/R-2023-000001/documenti/{paper.pk}/"
    assert place in text
    answer = client.get(place)
    assert answer.content == sent.data
    assert answer["Content-Disposition"] == f'attachment; filename="R-2023-000001-{paper.pk}.txt"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Entry.objects.filter(name="claims.document.opened").count() == 1


def test_from_the_queue_through_the_letter_to_the_next_claim(desk: Programme) -> None:
    one, two = claim(1), claim(2)
    client = signed_in("Carla")
    began = post(client, "/console/pratiche/avanti/")
    assert began.status_code == 303
    assert began["Location"] == f"/console/pratiche/{one.number}/"
    assert Taken.objects.get().person == "Carla"
    preview = decide(client, one.number).content.decode()
    assert "50 euro" in preview
    assert "Non rinunci a nessun diritto" in preview
    assert not Single.objects.exists()
    done = decide(client, one.number, confirmed="1")
    assert done["Location"] == f"/console/pratiche/{two.number}/?decisa={one.number}"
    again = decide(client, one.number, confirmed="1")
    assert again.status_code == 303
    assert Payment.objects.get().amount == 5_000
    assert Single.objects.get().kind == "claim-settled"
    assert Taken.objects.get().claim_id == two.pk


def test_what_is_no_decision_is_said_and_what_was_typed_stays(desk: Programme) -> None:
    one, client = claim(1), signed_in("Carla")
    for wrong, said in (
        ({"outcome": ""}, "una delle quattro"),
        ({"reason-partly": ""}, "motivi"),
        ({"amount": "80,00"}, "123,45"),
        ({"amount": "otto"}, "123,45"),
    ):
        answer = decide(client, one.number, **{"words": "Ciao.", **wrong})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert said in text
        assert "Ciao.</textarea>" in text


def test_words_that_would_become_a_link_are_refused_before_anything_is_decided(
    desk: Programme,
) -> None:
    one = claim(1)
    answer = decide(signed_in("Carla"), one.number, words="Vedi www.esempio.it", confirmed="1")
    assert answer.status_code == 422
    assert Claim.objects.get().state == ClaimState.FILED


def test_above_the_sum_a_second_person_agrees_or_sends_back(desk: Programme) -> None:
    one, two = claim(1, cost_minor=50_000), claim(2, cost_minor=50_000)
    carla, dino = signed_in("Carla"), signed_in("Dino")
    for each in (one, two):
        decide(carla, each.number, amount="400", confirmed="1")
    assert not Payment.objects.exists()
    listed = dino.get("/console/pratiche/?vista=second").content.decode()
    assert one.number in listed
    assert "400 euro" in dino.get(f"/console/pratiche/{one.number}/").content.decode()
    own = post(carla, f"/console/pratiche/{one.number}/conferma/", round="1")
    assert own.status_code == 403
    assert post(dino, f"/console/pratiche/{one.number}/conferma/", round="1").status_code == 303
    back = post(dino, f"/console/pratiche/{two.number}/rinvio/", round="1", why="Manca la fattura.")
    assert back.status_code == 303
    assert [one.state for one in Claim.objects.order_by("pk")] == [
        ClaimState.SETTLED,
        ClaimState.FILED,
    ]
    assert Payment.objects.get().amount == 40_000


def test_the_bundle_is_taken_away_signed_and_journaled(desk: Programme) -> None:
    one = claim(1, run=desk.run, outage_digest=desk.run.outage_digest)
    client = signed_in("Carla")
    decide(client, one.number, confirmed="1")
    answer = post(client, f"/console/pratiche/{one.number}/fascicolo/")
    checked = verify(answer.content, public_of(wiring.facts_key(env.current())))
    assert checked.faults == ()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
    assert {"rule/policy.yaml", "letters/01.eml", "read-me.it.html"} <= set(names)
    assert Entry.objects.filter(name="claims.claim.bundled").exists()


def test_identical_claims_are_decided_once_the_sample_was_opened(desk: Programme) -> None:
    made = [claim(number) for number in range(1, 5)]
    carla, dino = signed_in("Carla"), signed_in("Dino")
    page = carla.get("/console/pratiche/insieme/").content.decode()
    [facts] = re.findall(r'name="facts" value="([0-9a-f]{64})"', page)
    begun = post(carla, "/console/pratiche/insieme/nuovo/", facts=facts, key="k")
    place = begun["Location"]
    early = post(carla, f"{place}decisione/", **PART)
    assert early.status_code == 409
    for one in made:
        carla.get(f"/console/pratiche/{one.number}/")
    assert post(carla, f"{place}decisione/", **PART).status_code == 303
    assert post(carla, f"{place}rilascio/", count="4").status_code == 403
    assert post(dino, f"{place}rilascio/", count="3").status_code == 422
    assert "50 euro" in dino.get(place).content.decode()
    assert post(dino, f"{place}rilascio/", count="4").status_code == 303
    assert Together.objects.get().state == TogetherState.RELEASED
    assert Payment.objects.count() == 4
    assert Single.objects.count() == 4


def test_single_keys_can_be_switched_off(desk: Programme) -> None:
    client = signed_in("Carla")
    assert 'data-keys="on"' in client.get("/console/pratiche/tasti/").content.decode()
    post(client, "/console/pratiche/tasti/cambio/")
    assert 'data-keys="off"' in client.get("/console/pratiche/").content.decode()


def test_something_in_kind_is_offered_from_the_form_and_shown_with_its_choice(
    desk: Programme,
) -> None:
    one = claim(1)
    client = signed_in("Carla")
    form = {"kind": "months", "quantity": "6", "instead": "20,00"}
    assert 'name="kind"' in client.get(f"/console/pratiche/{one.number}/").content.decode()
    refused = decide(client, one.number, **{**form, "instead": "60,00"}).content.decode()
    assert "claim-in-kind" in refused or "in natura" in refused
    preview = decide(client, one.number, **form).content.decode()
    assert "al posto di € 20,00: sei mesi di abbonamento in più" in preview
    assert "al posto di 20 euro" in preview
    assert not Offer.objects.exists()
    assert decide(client, one.number, **form, confirmed="1").status_code == 303
    offer = Offer.objects.get()
    assert (offer.kind, offer.amount, offer.instead_minor) == (GrantKind.EXTENSION, 6, 2_000)
    text = client.get(f"/console/pratiche/{one.number}/").content.decode()
    assert "aspetta la scelta del titolare" in text
