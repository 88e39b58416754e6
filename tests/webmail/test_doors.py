"""Signing in and out, and what a session is worth."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.hosts.embedded import EmbeddedPeer
from tests.webmail.conftest import Reader, browser, fill

from ristoro.edges.mailhosts.embedded import Account
from ristoro.faces.webmail import attempts, doors, session, signing
from ristoro.kernel import clock

pytestmark = pytest.mark.host


def words_of(answer: Any) -> str:
    text = re.sub(
        r'(name="(csrfmiddlewaretoken|key)" value=)"[^"]*"', r"\1", answer.content.decode()
    )
    return text.replace("&#x27;", "'")


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    """Have so much time pass."""
    at = clock.now() + timedelta(**passed)
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Refusals without the wait, which is listed instead."""
    waited: list[float] = []
    monkeypatch.setattr(signing, "sleep", waited.append)
    return waited


def test_a_holder_signs_in_with_the_mailbox_s_own_password(visitor: Reader) -> None:
    fill(visitor.box, 1)
    assert visitor.get("/posta/")["location"] == "/entra/"
    answer = visitor.sign_in()
    assert (answer.status_code, answer["location"]) == (303, "/posta/")
    assert "Messaggio 1" in visitor.get("/posta/").content.decode()


def test_after_the_sign_in_comes_the_page_that_was_asked_for(visitor: Reader) -> None:
    answer = visitor.get("/impostazioni/")
    assert answer["location"] == "/entra/?verso=%2Fimpostazioni%2F"
    assert 'name="verso" value="/impostazioni/"' in visitor.get(answer["location"]).content.decode()
    assert visitor.sign_in().status_code == 303


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "javascript:1", ""])
def test_the_sign_in_leads_to_no_other_site(visitor: Reader, wanted: str) -> None:
    form = {"address": visitor.address, "password": "segreta", "verso": wanted}
    assert visitor.post("/entra/", page="/entra/", **form)["location"] == "/posta/"


def test_a_wrong_password_and_an_unknown_address_look_alike(
    visitor: Reader, webmail: EmbeddedPeer, quick: list[float]
) -> None:
    unknown = Reader(browser(), webmail.absent_mailbox(), visitor.box)
    visitor.client.defaults["REMOTE_ADDR"] = "192.0.2.1"  # or the mail host has the second wait
    unknown.client.defaults["REMOTE_ADDR"] = "192.0.2.2"
    first, second = visitor.sign_in("sbagliata"), unknown.sign_in("sbagliata")
    assert (first.status_code, second.status_code) == (403, 403)
    seen = [
        words_of(answer).replace(one.address, "")
        for answer, one in ((first, visitor), (second, unknown))
    ]
    assert seen[0] == seen[1]
    assert "non vanno insieme" in seen[0]
    assert len(quick) == 2
    assert all(0 < wait <= signing.STEP for wait in quick)


def test_five_wrong_passwords_lock_this_mailbox_from_here_and_no_other(
    visitor: Reader, webmail: EmbeddedPeer, quick: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"address": visitor.address, "password": ""}
    for _ in range(attempts.OF_PAIR):
        assert visitor.post("/entra/", page="/entra/", **form).status_code == 403
    assert visitor.sign_in().status_code == 429
    other = Reader(browser(), webmail.new_mailbox(1 << 20), visitor.box)
    assert other.sign_in().status_code == 303
    elsewhere = {"address": visitor.address, "password": "segreta", **visitor.keys("/entra/")}
    answer = visitor.client.post("/entra/", elsewhere, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 303


def test_many_mailboxes_tried_from_one_place_lock_the_place(
    visitor: Reader, quick: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "OF_NETWORK_ADDRESS", 3)
    for number in range(3):
        form = {"address": f"a{number}@libero.it", "password": ""}
        assert visitor.post("/entra/", page="/entra/", **form).status_code == 403
    assert visitor.sign_in().status_code == 429


def test_nobody_signs_in_as_another_by_a_master_user(visitor: Reader, quick: list[float]) -> None:
    visitor.address += "*ristoro"
    assert visitor.sign_in().status_code == 403


def test_the_cookie_says_nothing_and_is_kept_from_scripts_and_other_sites(reader: Reader) -> None:
    cookie = reader.client.cookies[session.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert "segreta" not in cookie.value
    assert reader.address not in cookie.value
    assert len(cookie.value) < 2_000


def test_a_session_ends_when_idle_and_when_it_is_old(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = session.of(reader.get("/impostazioni/").wsgi_request)
    assert fresh is not None
    for _ in range(3):
        later(monkeypatch, minutes=29)
        assert reader.get("/posta/").status_code == 200
    later(monkeypatch, minutes=31)
    assert reader.get("/posta/").status_code == 303
    old = session.sealed(fresh, fresh.issued + session.LONGEST)
    assert session.opened(old, fresh.issued + session.LONGEST) is None
    assert session.opened(old, fresh.issued + session.LONGEST - timedelta(minutes=1)) is not None


def test_a_stolen_cookie_dies_at_the_sign_out(reader: Reader) -> None:
    thief = browser()
    thief.cookies[session.COOKIE] = reader.client.cookies[session.COOKIE].value
    assert thief.get("/posta/").status_code == 200
    answer = reader.post("/esci/")
    assert answer["location"] == "/entra/?uscita=1"
    assert answer["clear-site-data"] == '"cache", "storage"'
    assert thief.get("/posta/").status_code == 303
    assert "Sei uscito" in reader.get(answer["location"]).content.decode()


@pytest.mark.parametrize("value", ["", "x", "gAAAAA" + "A" * 100])
def test_a_forged_cookie_is_nobody(visitor: Reader, value: str) -> None:
    visitor.client.cookies[session.COOKIE] = value
    assert visitor.get("/posta/").status_code == 303


def test_a_cookie_of_another_key_is_nobody(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "another key")
    assert reader.get("/posta/").status_code == 303


def test_who_comes_from_another_site_is_shown_the_mailbox(reader: Reader) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    answer = reader.get("/impostazioni/", headers=foreign)
    assert (answer.status_code, answer["location"]) == (302, "/posta/")
    stranger = Client(headers=foreign)  # the cookie is SameSite=Strict: the browser keeps it back
    answer = stranger.get("/impostazioni/")
    assert 'content="0;url=/posta/"' in answer.content.decode()


def test_nothing_is_fetched_ahead(reader: Reader) -> None:
    assert reader.get("/posta/", headers={"sec-purpose": "prefetch"}).status_code == 503


def test_pages_carry_the_policy_and_are_not_kept(reader: Reader) -> None:
    for path in ("/posta/", "/impostazioni/", "/posta/annulla/", "/posta/cerca/"):
        answer = reader.get(path)
        policy = answer["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert "no-store" in answer["cache-control"]
        assert answer["cross-origin-opener-policy"] == "same-origin"
        assert answer["cross-origin-resource-policy"] == "same-origin"
        assert answer["referrer-policy"] == "same-origin"
        assert "camera=()" in answer["permissions-policy"]
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", words_of(answer))


def test_a_refusal_of_the_policy_is_logged_without_its_address(
    visitor: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    report = {"csp-report": {"effective-directive": "img-src", "blocked-uri": "https://x.example/"}}
    answer = visitor.client.post("/csp", json.dumps(report), content_type="application/csp-report")
    assert answer.status_code == 204
    assert "img-src" in caplog.text
    assert "x.example" not in caplog.text
    assert visitor.client.post("/csp", "{", content_type="application/json").status_code == 400


def test_the_language_is_the_holder_s_choice_and_the_page_stays(reader: Reader) -> None:
    assert "Posta in arrivo" in reader.get("/posta/").content.decode()
    answer = reader.post("/lingua/", language="en", next="/posta/?da=9.9")
    assert answer["location"] == "/posta/?da=9.9"
    page = reader.get("/posta/").content.decode()
    assert 'lang="en"' in page
    assert "Inbox" in page
    assert reader.post("/lingua/", language="en", next="//x.example/")["location"] == "/posta/"


def test_the_password_changed_elsewhere_ends_the_session(
    reader: Reader, webmail: EmbeddedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = session.of(reader.get("/posta/").wsgi_request)
    assert found is not None
    webmail.embedded.provision([Account(reader.address, "un'altra", 100 << 20)])
    doors.POOL.end(found.nonce)
    assert reader.get("/posta/").status_code == 303
