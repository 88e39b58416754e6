"""What changes something: by a form of our own page, once."""

from __future__ import annotations

import pytest
from tests.webmail.conftest import OWN, Reader, fill

pytestmark = pytest.mark.host

STAR = {"act": "star", "folder": "INBOX", "uid": "1"}


def form(reader: Reader) -> dict[str, str]:
    validity = str(reader.box.page("INBOX").uidvalidity)
    return {**STAR, "uidvalidity": validity, **reader.keys("/posta/")}


def starred(reader: Reader) -> bool:
    return reader.box.page("INBOX").rows[0].flagged


@pytest.fixture
def one(reader: Reader) -> Reader:
    fill(reader.box, 1)
    return reader


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_that_another_site_sends_does_nothing(one: Reader, site: str) -> None:
    sent = one.client.post("/posta/agisci/", form(one), headers={"sec-fetch-site": site})
    assert sent.status_code in (302, 403)
    assert not starred(one)


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"origin": "http://testserver"}, True),
        ({"referer": "http://testserver/posta/"}, True),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"referer": "http://testserver.evil.example/"}, False),
        ({}, False),
    ],
)
def test_browsers_without_fetch_metadata_are_known_by_origin_or_referer(
    one: Reader, headers: dict[str, str], accepted: bool
) -> None:
    sent_form = form(one)
    one.client.defaults.pop("HTTP_SEC_FETCH_SITE")
    one.client.post("/posta/agisci/", sent_form, headers=headers)
    assert starred(one) is accepted
    one.client.defaults["HTTP_SEC_FETCH_SITE"] = OWN["sec-fetch-site"]


def test_no_get_changes_anything(one: Reader) -> None:
    for path in ("/posta/agisci/", "/posta/annulla/una/", "/impostazioni/scelte/", "/esci/"):
        assert one.get(path, data=STAR).status_code == 405
    assert not starred(one)


def test_a_form_without_the_token_or_the_key_does_nothing(one: Reader) -> None:
    for name in ("csrfmiddlewaretoken", "key"):
        sent = form(one)
        del sent[name]
        assert one.client.post("/posta/agisci/", sent).status_code in (400, 403)
    assert not starred(one)


def test_the_same_form_twice_is_done_once(one: Reader) -> None:
    sent = form(one)
    first = one.client.post("/posta/agisci/", sent)
    one.box.flag("INBOX", int(sent["uidvalidity"]), [1], remove=["\\Flagged"])
    second = one.client.post("/posta/agisci/", sent)
    assert [answer.status_code for answer in (first, second)] == [303, 303]
    assert first["location"] == second["location"] == "/posta/"
    assert not starred(one)


def test_a_form_that_was_refused_may_be_sent_again(one: Reader) -> None:
    sent = form(one)
    assert one.client.post("/posta/agisci/", {**sent, "uid": ""}).status_code == 422
    assert one.client.post("/posta/agisci/", sent).status_code == 303
    assert starred(one)


def test_a_form_of_a_session_that_is_over_does_nothing_and_says_so(one: Reader) -> None:
    sent = form(one)
    one.client.cookies.pop("posta")
    answer = one.client.post("/posta/agisci/", sent)
    assert answer["location"] == "/entra/?scaduta=1"
    assert not starred(one)
    assert "non è stato fatto" in one.get("/entra/?scaduta=1").content.decode()


def test_shortcuts_are_switched_off_and_on(reader: Reader) -> None:
    assert 'data-shortcuts="on"' in reader.get("/posta/").content.decode()
    assert reader.post("/impostazioni/scelte/").status_code == 303
    assert 'data-shortcuts="off"' in reader.get("/posta/").content.decode()
    reader.post("/impostazioni/scelte/", shortcuts="1")
    assert 'data-shortcuts="on"' in reader.get("/posta/").content.decode()


def test_space_is_said_in_words_and_known_after_an_act(reader: Reader) -> None:
    assert "di 100 MB (0 %)" in reader.get("/posta/").content.decode()
    assert "<meter" in reader.get("/posta/").content.decode()
