"""The pages on which a holder gives an account: what stores one, and all that stores none."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from tests.databases import Database
from tests.hosts.embedded import PASSWORD
from tests.payees import made
from tests.webmail.conftest import Reader, peer, reader, visitor, webmail, webmail_home

from ristoro.faces.webmail import attempts
from ristoro.faces.webmail.payee import draft
from ristoro.fulfilment.payees import known
from ristoro.fulfilment.payees.known import Stand
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payees.sealing import opened
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.workers import bookings

__all__ = ["peer", "reader", "visitor", "webmail", "webmail_home"]

HOME, GIVE = "/ristoro/conto/", "/ristoro/conto/indica/"
CONFIRM, UNDO, REMOVE = (f"/ristoro/conto/{one}/" for one in ("conferma", "annulla", "togli"))
MAILBOX = 4711


@pytest.fixture
def owed(reader: Reader) -> Reader:
    """A holder who is signed in, and who is owed 12.34 euro by transfer."""
    now = clock.now()
    Single.objects.create(
        key="one", mailbox_id=MAILBOX, bucket=0, address=reader.address, brand="libero",
        locale="it", kind="payee-undone", words={}, at=now, state=NoticeState.ACCEPTED, next_at=now,
    )  # fmt: skip
    Payment.objects.create(
        key="K1", end_to_end="K1", mailbox_id=MAILBOX, bucket=0, address=reader.address,
        amount=1234, currency="EUR", nature="price-reduction", about="Rimborso del canone",
        state=PaymentState.LISTED, asked_at=now, since=now,
    )  # fmt: skip
    return reader


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(one: Reader, iban: str = made.IBAN, name: str = "Carla Bianchi") -> Any:
    """What the form answers."""
    return one.post(GIVE, page=GIVE, iban=iban, name=name)


def fields(answer: Any) -> dict[str, str]:
    """The hidden fields of a page's own form."""
    form = r'name="(csrfmiddlewaretoken|key|draft)" value="([^"]+)"'
    return dict(re.findall(form, answer.content.decode()))


def confirmed(one: Reader, iban: str = made.IBAN, password: str = PASSWORD) -> Any:
    """Fill the form in and confirm it, as a person does."""
    return one.client.post(CONFIRM, {**fields(typed(one, iban)), "password": password})


def stand() -> Stand:
    return known.standing(MAILBOX, clock.now()).stand


def test_an_account_is_given_in_two_pages_with_the_password_and_without_script(
    owed: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Ti dobbiamo € 12,34 con un versamento: dicci dove" in text_of(owed.get("/ristoro/"))
    check = typed(owed, "it60 x054 2811 1010 0000 0123 456", "Carlà  D’Angiò")
    shown = text_of(check)
    assert "IT60 X054 2811 1010 0000 0123 456" in shown
    assert "Unione Di Banche Italiane" in shown
    assert "Carla D&#x27;Angio" in shown
    assert "senza accenti" in shown
    assert not Account.objects.exists()
    stored = owed.client.post(CONFIRM, {**fields(check), "password": PASSWORD})
    assert (stored.status_code, stored["location"]) == (303, f"{HOME}?fatto=dato")
    page = text_of(owed.get(stored["location"]))
    assert "IT60 … 3456" in page
    assert "in attesa che il conto si possa usare" in page
    assert stand() is Stand.COOLING_OFF
    [payee] = [opened(one) for one in Account.objects.all()]
    assert payee is not None
    assert (payee.iban, payee.name) == (made.IBAN, "Carla D'Angio")
    letter = Single.objects.get(kind="payee-given")
    assert letter.address == owed.address
    everything = f"{page} {letter.words} {list(Detail.objects.values())} {caplog.text} {payee!r}"
    assert "0542811" not in everything
    assert "Angio" not in everything


def test_nothing_readable_of_it_is_in_the_database(owed: Reader, database: Database) -> None:
    assert confirmed(owed).status_code == 303
    path = Path(str(settings.DATABASES["default"]["NAME"]))
    files = [path, path.with_name(f"{path.name}-wal")]
    kept = b"".join(file.read_bytes() for file in files if file.exists())
    assert b"payee-given" in kept
    assert made.IBAN.encode() not in kept
    assert b"Carla Bianchi" not in kept


@pytest.mark.parametrize("path", [HOME, GIVE, CONFIRM, UNDO, REMOVE])
def test_looking_at_a_page_stores_nothing_whatever_its_address_says(
    owed: Reader, path: str
) -> None:
    told = {**fields(typed(owed)), "password": PASSWORD, "iban": made.IBAN, "name": made.NAME}
    for method in (owed.client.get, owed.client.head, owed.client.options):
        assert method(path, told).status_code in (200, 405)
    assert not Account.objects.exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_that_another_site_sends_stores_nothing(owed: Reader, site: str) -> None:
    form = {**fields(typed(owed)), "password": PASSWORD}
    told = {"sec-fetch-site": site}
    for path in (GIVE, CONFIRM, UNDO, REMOVE):
        answer = owed.client.post(path, {**form, "iban": made.IBAN, "name": "C"}, headers=told)
        assert answer.status_code in (302, 403), path
    assert owed.client.post(CONFIRM, {**form, "csrfmiddlewaretoken": ""}).status_code == 403
    assert not Account.objects.exists()


def test_a_form_of_a_session_that_is_over_stores_nothing(owed: Reader) -> None:
    form = {**fields(typed(owed)), "password": PASSWORD}
    owed.post("/esci/", page=HOME)
    over = owed.client.post(CONFIRM, {**form, **owed.keys("/entra/")})
    assert (over.status_code, over["location"]) == (303, "/entra/?scaduta=1")
    owed.sign_in()
    another = owed.client.post(CONFIRM, {**owed.keys(GIVE), **form, **owed.keys(GIVE)})
    assert another.status_code == 422
    assert not Account.objects.exists()


def test_a_page_that_was_left_open_too_long_stores_nothing(
    owed: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {**fields(typed(owed)), "password": PASSWORD}
    monkeypatch.setattr(draft, "LASTS", timedelta(seconds=-5))
    assert owed.client.post(CONFIRM, form).status_code == 422
    assert not Account.objects.exists()


def test_a_form_sent_again_stores_nothing_again(owed: Reader) -> None:
    form = {**fields(typed(owed)), "password": PASSWORD}
    first, again = (owed.client.post(CONFIRM, form) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert Entry.objects.filter(name="fulfilment.payee.given").count() == 1
    owed.post(UNDO, page=UNDO, password=PASSWORD)
    assert not Account.objects.exists()
    back = owed.client.post(CONFIRM, {**form, "key": "another key of a form"})
    assert back.status_code == 303
    assert not Account.objects.exists()


def test_a_forged_draft_stores_nothing(owed: Reader) -> None:
    form = {**fields(typed(owed)), "password": PASSWORD}
    cut = form["draft"][:-6] + "AAAA=="
    assert owed.client.post(CONFIRM, {**form, "draft": cut}).status_code == 422
    assert owed.client.post(CONFIRM, {**form, "draft": ""}).status_code == 422
    assert not Account.objects.exists()


def test_wrong_passwords_store_nothing_and_lock_in_the_end(
    owed: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "OF_PAIR", 1)
    wrong = confirmed(owed, password="not this one")
    assert wrong.status_code == 403
    assert "Questa non è la password di questa casella" in text_of(wrong)
    locked = owed.client.post(CONFIRM, {**fields(wrong), "password": PASSWORD})
    assert locked.status_code == 429
    for attempt in AccessAttempt.objects.all():
        assert "draft=****" in attempt.post_data
        assert "not this one" not in attempt.post_data
    assert not Account.objects.exists()
    assert owed.get(HOME).status_code == 200


def test_who_is_owed_nothing_is_asked_for_nothing(reader: Reader) -> None:
    assert "non serve che tu ne indichi uno" in text_of(reader.get(HOME))
    assert "IBAN" not in text_of(reader.get(GIVE))
    form = {"iban": made.IBAN, "name": made.NAME}
    assert reader.post(GIVE, page=HOME, **form).status_code == 409
    assert "versament" not in text_of(reader.get("/ristoro/"))


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owed: Reader) -> None:
    answer = typed(owed, "IT60X0542811101000000123457", "")
    shown = text_of(answer)
    assert answer.status_code == 422
    assert '<a href="#iban">Una lettera o una cifra' in shown
    assert '<a href="#name">Scrivi il nome' in shown
    assert 'aria-describedby="iban-hint iban-wrong" aria-invalid="true"' in shown
    assert 'value="IT60X0542811101000000123457"' in shown


def test_undoing_and_removing_ask_for_the_password_too(owed: Reader) -> None:
    confirmed(owed)
    assert owed.post(UNDO, page=UNDO, password="").status_code == 403
    assert stand() is Stand.COOLING_OFF
    done = owed.post(UNDO, page=UNDO, password=PASSWORD)
    assert done["location"] == f"{HOME}?fatto=annullato"
    assert stand() is Stand.NONE
    made.usable([MAILBOX], clock.now())
    assert "In uso" in text_of(owed.get(HOME))
    assert owed.post(UNDO, page=REMOVE, password=PASSWORD).status_code == 409
    assert owed.post(REMOVE, page=REMOVE, password="").status_code == 403
    assert stand() is Stand.USABLE
    done = owed.post(REMOVE, page=REMOVE, password=PASSWORD)
    assert done["location"] == f"{HOME}?fatto=tolto"
    assert stand() is Stand.NONE


def test_an_account_that_the_bank_did_not_take_is_shown_so_and_another_is_asked_for(
    owed: Reader,
) -> None:
    now = clock.now()
    made.usable([MAILBOX], now)
    Payment.objects.update(state=PaymentState.RETURNED, why="AC04", since=now)
    Account.objects.update(refused_at=now)
    for page in (owed.get("/ristoro/"), owed.get(HOME)):
        shown = text_of(page)
        assert "La banca non ha accettato un versamento su" in shown
        assert "IT60 … 3456" in shown
        assert "aspetta un altro conto" in shown
    assert "€ 12,34 sono ancora tuoi" in shown
    assert "In uso" not in shown
    assert confirmed(owed, made.OTHER).status_code == 303
    [account] = Account.objects.all()
    assert account.refused_at is None
    assert "in attesa che il conto si possa usare" in text_of(owed.get(HOME))


def test_what_the_bank_refused_for_another_reason_asks_its_holder_for_nothing(
    owed: Reader,
) -> None:
    made.usable([MAILBOX], clock.now())
    Payment.objects.update(state=PaymentState.REFUSED, why="AM04")
    shown = text_of(owed.get(HOME))
    assert "In uso" in shown
    assert "ce ne occupiamo noi" in shown
    assert "Ti dobbiamo" not in shown


def test_each_change_has_workers_look_at_the_mailbox_s_transfers_at_once(
    owed: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(bookings, "look_at_mailbox", looked.append)
    confirmed(owed, password="")
    assert looked == []
    confirmed(owed)
    owed.post(UNDO, page=UNDO, password=PASSWORD)
    made.usable([MAILBOX], clock.now())
    owed.post(REMOVE, page=REMOVE, password=PASSWORD)
    assert looked == [MAILBOX] * 3


def test_the_pages_are_in_the_holder_s_language(owed: Reader) -> None:
    owed.post("/lingua/", page=HOME, language="en", next=HOME)
    assert "We owe you €12.34 by transfer: tell us where" in text_of(owed.get(HOME))
    assert "Unione" in text_of(typed(owed))
