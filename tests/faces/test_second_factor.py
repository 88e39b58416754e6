"""Nobody who works here comes in by a password alone, and nobody approves by an old session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from tests.faces.conftest import post
from tests.faces.programme import PASSWORD, Programme

from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput
from ristoro.remedies.models import RunState
from ristoro.staff import factors, people, totp
from ristoro.staff.models import Factor, Role
from ristoro.staff.people import Person

SECOND, OWN = "/console/secondo-passo/", "/console/accesso/"


@pytest.fixture(autouse=True)
def asked_for(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    del programme
    monkeypatch.setitem(settings.__dict__, "SECOND_FACTOR", True)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that the test moves on."""

    class Now:
        at = clock.now()

        def __call__(self) -> datetime:
            return self.at

        def later(self, by: timedelta) -> None:
            self.at += by

    held = Now()
    monkeypatch.setattr(clock, "now", held)
    return held


def by_password(name: str) -> Client:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.get("/console/entra/")
    answer = post(client, "/console/entra/", username=name, password=PASSWORD)
    assert answer.status_code == 302
    return client


def with_app(person: Person, at: datetime) -> str:
    secret = totp.new_secret()
    totp.add(person, secret, totp.code_at(secret, at), "phone", at)
    return secret


def test_the_first_sign_in_leads_to_setting_one_up(programme: Programme, now: Any) -> None:
    client = by_password("Olga")
    answer = client.get("/console/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (303, SECOND)
    assert client.get(SECOND)["Location"] == OWN
    page = client.get(OWN).content.decode()
    secret = SessionStore(client.cookies["sessionid"].value)["new-secret"]
    assert secret[:4] in page
    assert post(client, OWN, code="000000", name="phone").status_code == 422
    assert not Factor.objects.exists()
    done = post(client, OWN, code=totp.code_at(secret, now()), name="phone")
    assert (done.status_code, client.get("/console/").status_code) == (303, 200)
    assert secret not in Factor.objects.get().secret
    assert Entry.objects.filter(name="staff.factor.added", actor="Olga").exists()
    del programme


def test_a_code_opens_the_door_once(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Olga"], now())
    now.later(timedelta(minutes=1))
    first, second = by_password("Olga"), by_password("Olga")
    code = totp.code_at(secret, now())
    for client in (first, second):
        assert client.get("/console/").status_code == 303
        client.get(SECOND)
    answer = post(first, f"{SECOND}", code=code, next="/console/segnalazioni/")
    assert (answer.status_code, answer["Location"]) == (303, "/console/segnalazioni/")
    assert first.get("/console/").status_code == 200
    assert post(second, SECOND, code=code).status_code == 403
    assert second.get("/console/").status_code == 303


def test_another_person_s_proof_in_the_same_browser_is_none(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Olga"], now())
    with_app(programme.staff["Aldo"], now())
    now.later(timedelta(minutes=1))
    client = by_password("Olga")
    client.get(SECOND)
    post(client, SECOND, code=totp.code_at(secret, now()))
    client.force_login(User.objects.get(username="Aldo"), settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get("/console/").status_code == 303


def test_guessing_is_locked(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Olga"], now())
    now.later(timedelta(minutes=1))
    client = by_password("Olga")
    client.get(SECOND)
    codes = {totp.code_at(secret, now() + timedelta(seconds=30 * n)) for n in (-1, 0, 1)}
    wrong = next(f"{n:06}" for n in range(10) if f"{n:06}" not in codes)
    statuses = [post(client, SECOND, code=wrong).status_code for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    assert post(client, SECOND, code=totp.code_at(secret, now())).status_code == 429


def test_a_run_is_approved_only_just_after_a_proof(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Aldo"], now())
    now.later(timedelta(minutes=1))
    client = by_password("Aldo")
    client.get(SECOND)
    post(client, SECOND, code=totp.code_at(secret, now()))
    place = f"/console/esecuzioni/{programme.name}/"
    client.get(place)
    now.later(timedelta(minutes=6))
    total = programme.run.approval_total
    answer = post(client, f"{place}approvazione/", total=total)
    assert answer["Location"].startswith(SECOND)
    assert programme.run.state == RunState.LOADED
    post(client, SECOND, code=totp.code_at(secret, now()), next=place)
    post(client, f"{place}approvazione/", total=total)
    assert programme.run.state == RunState.APPROVED


def test_the_last_one_stays_and_lost_ones_are_reset(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Olga"], now())
    now.later(timedelta(minutes=1))
    client = by_password("Olga")
    client.get(SECOND)
    post(client, SECOND, code=totp.code_at(secret, now()))
    only = Factor.objects.get()
    assert post(client, f"{OWN}{only.pk}/togli/").status_code == 409
    with_app(programme.staff["Olga"], now())
    assert post(client, f"{OWN}{only.pk}/togli/").status_code == 303
    assert factors.reset("Olga", actor="command root", at=now()) == 1
    assert by_password("Olga").get(SECOND)["Location"] == OWN


def test_a_stranger_s_factor_cannot_be_removed(programme: Programme, now: Any) -> None:
    secret = with_app(programme.staff["Olga"], now())
    with_app(programme.staff["Olga"], now())
    other = with_app(programme.staff["Aldo"], now())
    del other
    now.later(timedelta(minutes=1))
    client = by_password("Olga")
    client.get(SECOND)
    post(client, SECOND, code=totp.code_at(secret, now()))
    theirs = Factor.objects.get(person__username="Aldo")
    post(client, f"{OWN}{theirs.pk}/togli/")
    assert Factor.objects.filter(pk=theirs.pk).exists()


def test_one_human_has_one_account(programme: Programme, now: Any) -> None:
    del programme
    first = people.add("Rosa", PASSWORD, [Role.OPERATOR], actor="test", at=now(), number="IT-0042")
    with pytest.raises(BadInput, match="person-has-account"):
        people.add("Rosetta", PASSWORD, [Role.APPROVER], actor="test", at=now(), number="it-0042")
    people.deactivate(first.name, actor="test", at=now())
    with pytest.raises(BadInput, match="person-has-account"):
        people.add("Rosetta", PASSWORD, [Role.APPROVER], actor="test", at=now(), number="IT-0042")


@pytest.mark.parametrize("way", ["//evil.example/", "https://evil.example/", "javascript:1"])
def test_nobody_is_led_away_after_the_proof(programme: Programme, now: Any, way: str) -> None:
    secret = with_app(programme.staff["Olga"], now())
    now.later(timedelta(minutes=1))
    client = by_password("Olga")
    client.get(SECOND)
    answer = post(client, SECOND, code=totp.code_at(secret, now()), next=way)
    assert answer["Location"] == "/console/"


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, clock.now().tzinfo)
        assert totp.code_at(secret, at) == code
