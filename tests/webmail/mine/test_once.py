"""Two hundred yeses at once, over the real view: one grant, one answer, one journal entry."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from tests.databases import Database
from tests.hosts.embedded import EmbeddedPeer
from tests.webmail.conftest import OWN
from tests.webmail.mine.conftest import Own, approved, signed_in

from ristoro.faces.webmail import posts
from ristoro.fulfilment.models import Answer, GrantState
from ristoro.journal.models import Entry
from ristoro.workers.counted import miscounts

AT_ONCE, EACH = 25, 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, decided: Path) -> Database:
    """A fresh database with the approved run, on each kind of server."""
    name = "sqlite_loaded" if request.param == "sqlite" else "postgres_database"
    fresh: Database = request.getfixturevalue(name)
    if request.param == "postgres":
        approved(decided)
    return fresh


@pytest.fixture
def own(webmail: EmbeddedPeer) -> Own:
    return signed_in(webmail)


def test_two_hundred_at_once_give_one_grant(own: Own) -> None:
    """Half of them are one form sent again and again, half are forms of many tabs and devices."""
    fields = {**own.fields(), "answer": "yes"}
    place, cookies = own.card_place, own.client.cookies
    together = Barrier(AT_ONCE)

    def holder(number: int) -> list[tuple[int, str]]:
        client = Client(enforce_csrf_checks=True, headers=OWN)
        client.cookies = cookies
        together.wait(60)
        answers = []
        for turn in range(EACH):
            key = fields["key"] if turn % 2 else posts.new_key()
            answer = client.post(place, {**fields, "key": key})
            answers.append((answer.status_code, answer["location"]))
        connections.close_all()
        return answers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = Counter(one for each in pool.map(holder, range(AT_ONCE)) for one in each)
    assert sum(said.values()) == AT_ONCE * EACH == 200
    # a form whose twin is still being dealt with is led to the mailbox, and told nothing else
    assert set(said) <= {(303, own.receipt_place), (303, "/posta/")}
    assert said[303, own.receipt_place] >= 100
    assert own.grant.state == GrantState.PLANNED
    assert Answer.objects.count() == 1
    assert Entry.objects.filter(name="fulfilment.answer.recorded").count() == 1
    assert miscounts(own.grant.run_id) == []


def test_a_yes_and_a_no_at_once_leave_one_of_them(own: Own) -> None:
    fields, place, cookies = own.fields(), own.card_place, own.client.cookies
    together = Barrier(10)

    def holder(number: int) -> int:
        client = Client(enforce_csrf_checks=True, headers=OWN)
        client.cookies = cookies
        together.wait(60)
        form = {**fields, "key": posts.new_key(), "answer": ("yes", "no")[number % 2]}
        status = client.post(place, form).status_code
        connections.close_all()
        return int(status)

    with ThreadPoolExecutor(10) as pool:
        said = Counter(pool.map(holder, range(10)))
    assert said == {303: 5, 409: 5}
    given = Answer.objects.get()
    assert own.grant.state == (GrantState.PLANNED if given.yes else GrantState.DECLINED)
    assert miscounts(own.grant.run_id) == []
