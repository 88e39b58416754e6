"""Requests that must not confirm: none leaves an answer, moves a grant or wakes a worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.webmail.conftest import browser
from tests.webmail.mine.conftest import OTHER, Own, SignIn

from ristoro.faces.webmail import session
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.journal.models import Entry
from ristoro.workers.models import Act, Chunk, Tally

Request = Callable[[Own], Any]


@pytest.fixture
def untouched(own: Own) -> Any:
    """Holds that nothing has changed when the test ends."""
    before = state()
    yield
    assert state() == before


def state() -> tuple[Any, ...]:
    return (
        list(Grant.objects.order_by("id").values_list("id", "state", "result")),
        Answer.objects.count(),
        Entry.objects.count(),
        list(Chunk.objects.filter(act=Act.GRANTS).order_by("id").values_list("id", "state")),
        list(Tally.objects.order_by("id").values_list("id", "state", "rows")),
    )


# Methods and links: what scanners, previews and prefetching browsers do

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
PLACES = ("conferma", "ripensamento", "ricevuta")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", METHODS)
def test_only_a_post_answers(own: Own, untouched: Any, method: str, place: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    path = f"/ristoro/{own.grant.id}/{place}/"
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    own.client.generic(method, f"{path}?{query}")
    own.client.generic(
        method, path, query.encode(), content_type="application/x-www-form-urlencoded"
    )


QUERIES = (
    "answer=yes",
    "answer=yes&sure=1",
    "yes",
    "confirm=1",
    "_method=POST&answer=yes",
    "_method=post&answer=yes&x-http-method-override=POST",
    "verso=/ristoro/&answer=yes",
)


@pytest.mark.parametrize("query", QUERIES)
def test_no_link_answers(own: Own, untouched: Any, query: str) -> None:
    for path in (own.card_place, "/ristoro/", "/ristoro/verifica/"):
        own.get(f"{path}?{query}")
        own.get(f"{path}?{query}", headers={"x-http-method-override": "POST"})


AGENTS = {
    "link scanner": {"user-agent": "Mozilla/5.0 (compatible; SafeLinks)"},
    "preview": {"user-agent": "WhatsApp/2.23.20.0"},
    "prefetch": {"sec-purpose": "prefetch"},
    "prerender": {"sec-purpose": "prefetch;prerender"},
    "old prefetch": {"purpose": "prefetch"},
    "image": {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"},
    "frame": {"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate"},
}


@pytest.mark.parametrize("agent", AGENTS)
def test_no_robot_answers(own: Own, untouched: Any, agent: str) -> None:
    for path in (own.card_place, own.receipt_place, "/ristoro/"):
        own.get(f"{path}?answer=yes", headers=AGENTS[agent])
        Client(headers=AGENTS[agent]).get(f"{path}?answer=yes")


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
def test_nothing_is_sent_in_advance(own: Own, untouched: Any, purpose: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    answer = own.client.post(own.card_place, fields, headers={"sec-purpose": purpose})
    assert answer.status_code == 503


# Where a POST comes from

FOREIGN: dict[str, dict[str, str]] = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a sibling site": {"sec-fetch-site": "same-site"},
    "no page": {"sec-fetch-site": "none"},
    "an unknown word": {"sec-fetch-site": "whatever"},
    "an empty word": {"sec-fetch-site": ""},
    "another origin": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "a frame of another site": {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"},
}


@pytest.mark.parametrize("whence", FOREIGN)
def test_a_post_from_elsewhere_does_not_answer(own: Own, untouched: Any, whence: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    answer = own.client.post(own.card_place, fields, headers=FOREIGN[whence])
    assert answer.status_code in (302, 403)
    assert answer.headers.get("Location", "/posta/") == "/posta/"


OLD: dict[str, dict[str, str]] = {
    "no header at all": {},
    "another origin": {"origin": "https://evil.example"},
    "a null origin": {"origin": "null"},
    "another referer": {"referer": "https://evil.example/ristoro/"},
    "a look-alike": {"referer": "http://testserver.evil.example/"},
    "another scheme": {"origin": "https://testserver"},
    "another port": {"origin": "http://testserver:8080"},
}


@pytest.mark.parametrize("whence", OLD)
def test_an_old_browser_must_say_whence(own: Own, untouched: Any, whence: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    old = Client(enforce_csrf_checks=True)
    old.cookies = own.client.cookies
    answer = old.post(own.card_place, fields, headers=OLD[whence])
    assert answer.status_code == 403


# What a form carries

CHANGED: dict[str, dict[str, str | None]] = {
    "no token": {"csrfmiddlewaretoken": None},
    "an empty token": {"csrfmiddlewaretoken": ""},
    "a wrong token": {"csrfmiddlewaretoken": "a" * 64},
    "a short token": {"csrfmiddlewaretoken": "abc"},
    "no key": {"key": None},
    "an empty key": {"key": ""},
    "a key too long": {"key": "k" * 65},
    "no card": {"card": None},
    "an empty card": {"card": ""},
    "no card of ours": {"card": "WzEsMl0:1abc:def"},
    "a card cut short": {"card": "x"},
    "no answer": {"answer": None},
    "an empty answer": {"answer": ""},
    "an unknown answer": {"answer": "maybe"},
    "a capital answer": {"answer": "YES"},
    "an answer in Italian": {"answer": "sì"},
    "a truth value": {"answer": "true"},
    "a code of no letter": {"code": "AAAA-AAAA"},
    "a code that is too long": {"code": "B" * 5000},
    "a code that fits no letter of ours": {"code": "BBBB-BBBC"},
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_form_that_is_not_ours_whole_does_not_answer(
    own: Own, untouched: Any, change: str
) -> None:
    fields: dict[str, Any] = {**own.fields(), "answer": "yes", **CHANGED[change]}
    form = {name: value for name, value in fields.items() if value is not None}
    assert own.client.post(own.card_place, form).status_code in (400, 403, 422)


@pytest.mark.parametrize("body", ["json", "multipart", "plain"])
def test_the_right_fields_in_the_wrong_body_do_not_answer(
    own: Own, untouched: Any, body: str
) -> None:
    fields = {**own.fields(), "answer": "maybe"}
    if body == "json":
        answer = own.client.post(own.card_place, fields, content_type="application/json")
    elif body == "plain":
        answer = own.client.generic("POST", own.card_place, "answer=yes", "text/plain")
    else:
        answer = own.client.post(own.card_place, fields)
    assert answer.status_code in (400, 403, 422)


# Whose card it is


def test_another_holders_grant_is_not_there(own: Own, sign_in: SignIn, untouched: Any) -> None:
    other = sign_in(OTHER)
    for fields in (own.fields(), other.fields()):
        answer = other.client.post(own.card_place, {**fields, "answer": "yes"})
        assert answer.status_code in (403, 404)
    back = f"/ristoro/{own.grant.id}/ripensamento/"
    assert other.client.post(back, other.fields()).status_code == 404
    for place in (own.card_place, own.receipt_place):
        assert other.get(place).status_code == 404


def test_another_holders_card_does_not_answer(own: Own, sign_in: SignIn, untouched: Any) -> None:
    card = sign_in(OTHER).fields()["card"]
    answer = own.client.post(own.card_place, {**own.fields(), "card": card, "answer": "yes"})
    assert answer.status_code == 422


def test_the_card_of_an_earlier_session_does_not_answer(
    own: Own, sign_in: SignIn, untouched: Any
) -> None:
    again = sign_in()
    answer = again.client.post(
        own.card_place, {**again.fields(), "card": own.fields()["card"], "answer": "yes"}
    )
    assert answer.status_code == 422


def test_a_card_whose_figures_have_changed_since_does_not_answer(own: Own) -> None:
    fields = own.fields()
    Grant.objects.filter(id=own.grant.id).update(amount=1)
    answer = own.client.post(own.card_place, {**fields, "answer": "yes"})
    assert answer.status_code == 422
    assert own.answers() == 0


@pytest.mark.parametrize("grant_id", [0, 1, 2**50 - 1, 2**62])
def test_a_grant_that_is_none_is_not_there(own: Own, untouched: Any, grant_id: int) -> None:
    fields = {**own.fields(), "answer": "yes"}
    assert own.client.post(f"/ristoro/{grant_id}/conferma/", fields).status_code == 404


@pytest.mark.parametrize("part", ["-1", "abc", "1%27", "..", "1/2"])
def test_an_address_that_is_none_is_not_there(own: Own, untouched: Any, part: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    answer = own.client.post(f"/ristoro/{part}/conferma/", fields)
    assert answer.status_code in (301, 404)


# Who is signed in


def test_without_a_session_nothing_is_answered(own: Own, untouched: Any) -> None:
    fields = {**own.fields(), "answer": "yes"}
    stranger = browser()
    stranger.cookies["csrftoken"] = own.client.cookies["csrftoken"].value
    answer = stranger.post(own.card_place, fields)
    assert answer.status_code in (303, 403)
    assert answer.headers.get("Location", "/entra/").startswith("/entra/")


def test_after_signing_out_a_copied_cookie_is_worth_nothing(own: Own, untouched: Any) -> None:
    fields = {**own.fields(), "answer": "yes"}
    kept = own.client.cookies[session.COOKIE].value
    own.client.post("/esci/", {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]})
    own.client.cookies[session.COOKIE] = kept
    answer = own.client.post(own.card_place, fields)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/entra/")


@pytest.mark.parametrize("value", ["", "x", "gAAAAA" + "a" * 100])
def test_a_cookie_that_is_not_ours_is_worth_nothing(own: Own, untouched: Any, value: str) -> None:
    fields = {**own.fields(), "answer": "yes"}
    own.client.cookies[session.COOKIE] = value
    assert own.client.post(own.card_place, fields).status_code == 303


def test_an_idle_session_answers_nothing(
    own: Own, untouched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {**own.fields(), "answer": "yes"}
    later = session.clock.now() + session.IDLE * 2
    monkeypatch.setattr(session.clock, "now", lambda: later)
    answer = own.client.post(own.card_place, fields)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/entra/")


def test_a_browser_led_here_by_another_site_is_shown_the_mailbox(own: Own, untouched: Any) -> None:
    for path in (own.card_place, own.receipt_place, "/ristoro/"):
        answer = own.get(path, headers={"sec-fetch-site": "cross-site"})
        assert (answer.status_code, answer["Location"]) == (302, "/posta/")


# Once and no more


def test_the_same_form_again_leads_to_the_same_receipt(own: Own) -> None:
    fields = {**own.fields(), "answer": "yes"}
    first = own.client.post(own.card_place, fields)
    once = state()
    for _ in range(3):
        again = own.client.post(own.card_place, fields)
        assert again["location"] == first["location"] == own.receipt_place
    assert state() == once


def test_two_tabs_give_one_answer(own: Own) -> None:
    tabs = [own.fields(), own.fields()]
    assert tabs[0]["key"] != tabs[1]["key"]
    for fields in tabs:
        answer = own.client.post(own.card_place, {**fields, "answer": "yes"})
        assert answer["location"] == own.receipt_place
    assert own.answers() == 1
    assert own.grant.state == GrantState.PLANNED


def test_two_devices_give_one_answer(own: Own, sign_in: SignIn) -> None:
    phone = sign_in()
    shown = phone.fields()
    own.say()
    answer = phone.client.post(own.card_place, {**shown, "answer": "yes"})
    assert answer["location"] == own.receipt_place
    assert own.answers() == 1


@pytest.mark.parametrize("path", ["/ristoro/", "card", "/ristoro/verifica/"])
def test_no_page_has_a_form_that_sends_by_get_or_an_answer_in_a_link(own: Own, path: str) -> None:
    text = own.text(own.card_place if path == "card" else path)
    for form in re.findall(r"<form[^>]*>", text):
        assert 'method="post"' in form or 'role="search"' in form
    assert not re.search(r'href="[^"]*(answer|yes|conferma\?)', text)
