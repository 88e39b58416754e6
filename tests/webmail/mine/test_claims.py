"""A claim for damages from a holder's browser: begun, saved, sent, read again, withdrawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.claims.made import person as examiner
from tests.webmail.mine.conftest import PLUS, Own, SignIn

from ristoro import env
from ristoro.claims import finding
from ristoro.claims.finding import Verdict
from ristoro.claims.models import Claim, ClaimState, Document, Finding, Lost, Offer, Settlement
from ristoro.claims.offers import Gift
from ristoro.claims.reasons import Outcome
from ristoro.claims.terms import IN_KIND, Terms
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.notices.singles.models import Single
from ristoro.staff.models import Role

pytestmark = pytest.mark.host
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000154a24f6a0000000049454e44ae426082"
)
FILLED = {
    "lost": "1",
    "counterparty": "ufficio@example.it",
    "happened_on": "2023-01-24",
    "cost": "1.250,50",
    "cost_kind": "2",
    "how": "La conferma di un lavoro non è mai arrivata, e il lavoro è andato a un altro.",
}


def form_of(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with that action."""
    [form] = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', text, re.S)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def begun(own: Own) -> Claim:
    text = own.text("/reclami/nuovo/")
    [outage] = re.findall(r'name="outage"[^>]*value="([^"]+)"', text)
    answer = own.client.post(
        "/reclami/nuovo/", {**form_of(text, "/reclami/nuovo/"), "outage": outage}
    )
    assert answer.status_code == 303, answer.content.decode()
    claim = Claim.objects.get(address=own.address, state=ClaimState.DRAFT)
    assert answer["Location"] == f"/reclami/{claim.pk}/"
    return claim


def post(own: Own, claim: Claim, page: str = "", to: str = "", **form: Any) -> Any:
    place = f"/reclami/{claim.pk}/"
    text = own.text(place + page)
    return own.client.post(place + to, {**form_of(text, place + to), **form})


def sent(own: Own) -> Claim:
    claim = begun(own)
    answer = post(own, claim, go="review", **FILLED)
    assert answer["Location"] == f"/reclami/{claim.pk}/riepilogo/"
    answer = post(own, claim, "riepilogo/", "invia/")
    assert answer.status_code == 303, answer.content.decode()
    claim.refresh_from_db()
    return claim


def test_a_claim_is_begun_filled_in_checked_and_sent(own: Own) -> None:
    claim = begun(own)
    text = own.text(f"/reclami/{claim.pk}/")
    fields = set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', text))
    asked = fields - {"key", "seen", "csrfmiddlewaretoken", "q", "next", "language"}
    assert asked == {*FILLED, "documents"}  # and the outage before them: eight
    claim = sent_from(own, claim)
    assert re.fullmatch(r"R-\d{4}-000001", claim.number)
    assert (claim.lost, claim.cost_minor, claim.currency) == (Lost.MAIL_NEVER_CAME, 125050, "EUR")
    receipt = own.text(f"/reclami/{claim.pk}/?fatto=inviata")
    assert claim.number in receipt
    assert "Abbiamo ricevuto la tua richiesta" in receipt
    assert "€ 1.250,50" in receipt
    assert "Di questo periodo non abbiamo registri" in receipt
    assert "Non hai rinunciato a nessun diritto" in receipt
    assert Single.objects.get(kind="claim-filed").address == PLUS
    assert Entry.objects.filter(name="claims.claim.filed", subject__contains=claim.number).exists()


def sent_from(own: Own, claim: Claim) -> Claim:
    answer = post(own, claim, go="review", **FILLED)
    assert answer["Location"] == f"/reclami/{claim.pk}/riepilogo/"
    review = own.text(f"/reclami/{claim.pk}/riepilogo/")
    assert "Manca ancora qualcosa" not in review
    assert "ufficio@example.it" in review
    fields = form_of(review, f"/reclami/{claim.pk}/invia/")
    for _ in range(2):  # a double click
        answer = own.client.post(f"/reclami/{claim.pk}/invia/", fields)
        assert answer["Location"] == f"/reclami/{claim.pk}/?fatto=inviata"
    claim.refresh_from_db()
    return claim


def test_what_is_typed_is_kept_and_another_device_goes_on(own: Own, sign_in: SignIn) -> None:
    claim = begun(own)
    page = own.text(f"/reclami/{claim.pk}/")
    fields = form_of(page, f"/reclami/{claim.pk}/")
    scripted = {"headers": {"Accept": "application/json"}}
    told = own.client.post(
        f"/reclami/{claim.pk}/", {**fields, "how": "Comincio.", "cost": "tanto"}, **scripted
    ).json()
    assert told["saved"]
    assert len(told["faults"]) == 1
    elsewhere = sign_in()
    assert "Comincio." in elsewhere.text(f"/reclami/{claim.pk}/")
    answer = post(elsewhere, claim, how="Altro testo, da un altro dispositivo.", go="save")
    assert answer.status_code == 303
    late = own.client.post(
        f"/reclami/{claim.pk}/",
        {**fields, "key": "another-key", "seen": told["seen"], "how": "Vecchio."},
        **scripted,
    )
    assert late.status_code == 409
    claim.refresh_from_db()
    assert claim.how.startswith("Altro testo")


def test_documents_go_along_judged_by_what_they_are(own: Own) -> None:
    claim = begun(own)
    files = [
        SimpleUploadedFile("fattura.pdf", b"MZ\x90\0 not a pdf"),
        SimpleUploadedFile("../../foto.png", PNG, content_type="text/html"),
    ]
    answer = post(own, claim, documents=files, go="save")
    assert answer.status_code == 422
    assert "“fattura.pdf” non è stato conservato" in answer.content.decode()
    kept = Document.objects.get(claim=claim)
    assert (kept.name, kept.kind, kept.scan) == ("foto.png", "image/png", "not-scanned")
    stored = env.current().home / "claims" / "documents" / kept.sealed[:2] / kept.sealed
    assert PNG not in Path(stored).read_bytes()
    answer = own.get(f"/reclami/{claim.pk}/documenti/{kept.pk}/")
    assert answer.content == PNG
    assert answer["Content-Disposition"].startswith('attachment; filename="foto.png"')
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    post(own, claim, remove=str(kept.pk))
    assert not Document.objects.filter(claim=claim).exists()
    assert not stored.exists()


def test_a_claim_that_lacks_something_says_what_and_is_not_sent(own: Own) -> None:
    claim = begun(own)
    post(own, claim, go="save", **{**FILLED, "lost": "", "happened_on": "2022-01-01"})
    review = own.text(f"/reclami/{claim.pk}/riepilogo/")
    assert f'href="/reclami/{claim.pk}/#lost"' in review
    assert f'href="/reclami/{claim.pk}/#happened_on"' in review
    assert "/invia/" not in review


def test_a_claim_is_withdrawn_and_a_draft_thrown_away(own: Own) -> None:
    claim = sent(own)
    answer = post(own, claim, to="ritira/")
    assert answer["Location"].endswith("?fatto=ritirata")
    claim.refresh_from_db()
    assert claim.state == ClaimState.WITHDRAWN
    assert "La richiesta è ritirata" in own.text(answer["Location"])
    other = begun(own)
    answer = post(own, other, to="elimina/")
    assert not Claim.objects.filter(pk=other.pk).exists()
    home = own.text(answer["Location"])
    assert claim.number in home
    assert "ritirata da te" in home


def test_nobody_sees_or_moves_another_mailbox_s_claim(own: Own, sign_in: SignIn) -> None:
    claim = sent(own)
    other = sign_in("plus5@libero.it")
    for place in ("", "riepilogo/", "prove/", "documenti/1/"):
        assert other.get(f"/reclami/{claim.pk}/{place}").status_code == 404
    keys = form_of(other.text("/reclami/nuovo/"), "/reclami/nuovo/")
    for place in ("", "invia/", "ritira/", "riesame/"):
        assert other.client.post(f"/reclami/{claim.pk}/{place}", keys).status_code == 404, place
        keys["key"] += "x"
    assert claim.number not in other.text("/reclami/")


def test_looking_changes_nothing(own: Own) -> None:
    claim = sent(own)
    before = Claim.objects.values().get(pk=claim.pk)
    for place in ("invia/", "ritira/", "riesame/", "elimina/"):
        assert own.get(f"/reclami/{claim.pk}/{place}").status_code == 405
    own.text(f"/reclami/{claim.pk}/")
    assert Claim.objects.values().get(pk=claim.pk) == before


def test_a_decision_is_shown_with_its_reasons_and_can_be_appealed_against(own: Own) -> None:
    claim = sent(own)
    now = clock.now()
    assert "/riesame/" not in own.text(f"/reclami/{claim.pk}/")
    found = Finding.objects.create(
        mailbox_id=claim.mailbox_id, bucket=claim.bucket, claim=claim, round=1, accepted=True,
        amount_minor=20_000, set_off_minor=5_000, currency="EUR", outcome="partly",
        reasons="I documenti provano una parte della somma.", found_by="Elena", found_by_id=9,
        found_at=now,
    )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.SETTLED, since=now)
    told = own.text(f"/reclami/{claim.pk}/")
    for words in ("La decisione: accolta", found.reasons, "€ 200,00", "− € 50,00", "€ 150,00"):
        assert words in told
    assert "Elena" not in told
    answer = post(own, claim, to="riesame/", why="poco")
    assert answer.status_code == 422
    answer = post(own, claim, to="riesame/", why="Manca la seconda fattura, che è tra i documenti.")
    assert answer["Location"].endswith("?fatto=riesame")
    told = own.text(answer["Location"])
    assert "La riesamina un'altra persona" in told
    assert "Manca la seconda fattura" in told
    assert "La decisione: accolta" in told
    claim.refresh_from_db()
    assert (claim.state, claim.appeal_of) == (ClaimState.APPEALED, found.pk)


def settled(own: Own, gift: Gift) -> Claim:
    """A claim that is settled with something in kind offered beside the money."""
    claim = sent(own)
    clara = examiner("Clara", Role.EXAMINER)
    terms = Terms(10_000_000, ZoneInfo("Europe/Rome"), in_kind=IN_KIND)
    verdict = Verdict(Outcome.PARTLY, ("late", "cost-in-part"), "", 20_000, gift)
    finding.find(claim, clara, verdict, 0, terms, clock.now())
    return claim


def test_what_is_offered_in_kind_is_chosen_here_and_by_nobody_else(
    own: Own, sign_in: SignIn
) -> None:
    claim = settled(own, Gift(GrantKind.EXTENSION, 6, 5_000))
    told = own.text(f"/reclami/{claim.pk}/")
    for words in (
        "Voglio € 50,00",
        "Voglio sei mesi di abbonamento in più al posto di € 50,00",
        "Quei € 50,00, e nient",
        "A nessun diritto",
        "€ 150,00",
        "aspetta la tua scelta",
    ):
        assert words in told, words
    other = sign_in("plus5@libero.it")
    keys = form_of(other.text("/reclami/nuovo/"), "/reclami/nuovo/")
    stranger = {**keys, "choice": "kind", "offer": str(Offer.objects.get().pk)}
    assert other.client.post(f"/reclami/{claim.pk}/scelta/", stranger).status_code == 404
    assert own.get(f"/reclami/{claim.pk}/scelta/").status_code == 405
    assert post(own, claim, to="scelta/", choice="everything").status_code == 422
    fields = form_of(own.text(f"/reclami/{claim.pk}/"), f"/reclami/{claim.pk}/scelta/")
    for _ in range(2):  # a double click
        answer = own.client.post(f"/reclami/{claim.pk}/scelta/", {**fields, "choice": "kind"})
        assert answer["Location"].endswith("?fatto=scelta")
    told = own.text(answer["Location"])
    assert "La tua scelta è registrata" in told
    assert "è in arrivo" in told
    assert Offer.objects.get().state == GrantState.PLANNED
    fields["key"] += "x"
    money = own.client.post(f"/reclami/{claim.pk}/scelta/", {**fields, "choice": "money"})
    assert money.status_code == 409


def test_a_payment_that_the_bank_did_not_make_says_what_to_do(own: Own) -> None:
    claim = settled(own, Gift(GrantKind.STORAGE, 10 << 30, 5_000))
    Settlement.objects.update(state="owed", result="account-refused")
    told = own.text(f"/reclami/{claim.pk}/")
    assert "Indica un altro IBAN" in told
    assert 'href="/ristoro/conto/"' in told
    Settlement.objects.update(state="stopped", result="AC04")
    told = own.text(f"/reclami/{claim.pk}/")
    assert "la somma ti è ancora dovuta" in told
    Settlement.objects.update(state="paid", result="transfer")
    assert "IBAN" not in own.text(f"/reclami/{claim.pk}/")
