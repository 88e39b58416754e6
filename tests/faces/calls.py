"""Calls at the desk, as an agent makes them by its pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import words_of

from ristoro.fulfilment.callers import verifying
from ristoro.fulfilment.callers.models import Call
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock

PLUS, FREE = "ends.31aug@libero.it", "only.imap@libero.it"
SECRET = "a key for sessions in tests"


def told(name: str) -> list[Any]:
    """The details of the journal's entries with a name, the oldest first."""
    numbers = Entry.objects.filter(name=name).order_by("number").values_list("number", flat=True)
    return [Detail.objects.get(number=number).data for number in numbers]


@pytest.fixture
def gina(programme: Programme) -> Client:
    programme.approve()
    return agent("Gina")


def agent(name: str, lang: str = "it") -> Client:
    client = signed_in(name, lang)
    assert client.get("/sportello/").status_code == 200
    return client


def call_of(client: Client, address: str = PLUS) -> str:
    """Begin a call; its address."""
    answer = post(client, "/sportello/cerca/", address=address)
    assert answer.status_code == 303, words_of(answer)
    return str(answer["location"])


def present_code() -> str:
    return verifying.code_of(Call.objects.latest("pk"), SECRET.encode())


def verified(client: Client, address: str = PLUS) -> str:
    """A call whose caller read the right code; its address."""
    place = call_of(client, address)
    assert post(client, f"{place}codice/").status_code == 303
    assert post(client, f"{place}verifica/", code=present_code()).status_code == 303
    return place


def form_key(client: Client, place: str) -> str:
    text = client.get(place).content.decode()
    found = re.search(r'name="key" value="([^"]+)"', text)
    assert found, words_of(client.get(place))
    return found[1]


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """Let the clock of the faces be that many minutes on."""
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(minutes=minutes))
