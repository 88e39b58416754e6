"""The page of tokens and webhooks: made once, shown once, ended; what fails is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme

from ristoro.kernel import clock
from ristoro.staff import tokens, totp
from ristoro.staff.models import Token
from ristoro.workers.hooks import register
from ristoro.workers.hooks.models import Webhook

PAGE, MAKE = "/console/api/", "/console/api/token/"


def test_a_person_makes_a_token_that_is_shown_once_and_ends_it(programme: Programme) -> None:
    olga = signed_in("Olga")
    made = post(olga, MAKE, name="notturno", role="operator", days="30")
    assert made.status_code == 200
    found = re.search(r"ristoro_\w{43}", made.content.decode())
    assert found is not None
    assert "no-store" in made["Cache-Control"]
    assert tokens.bearer(found[0], clock.now()).person.name == "Olga"
    again = post(olga, MAKE, name="notturno", role="operator", days="30")
    assert (again.status_code, Token.objects.count()) == (409, 1)
    page = olga.get(PAGE).content.decode()
    assert "notturno" in page
    assert found[0] not in page
    revoked = post(olga, f"{MAKE}{Token.objects.get().pk}/")
    assert (revoked.status_code, revoked["Location"]) == (303, PAGE)
    assert "notturno" not in olga.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "role": "operator", "days": "30"},
        {"name": "x", "role": "approver", "days": "30"},
        {"name": "x", "days": "30"},
        {"name": "x", "role": "operator", "days": "91"},
        {"name": "x", "role": "operator", "days": "many"},
    ],
)
def test_a_token_that_cannot_be_is_refused_in_words(
    programme: Programme, form: dict[str, str]
) -> None:
    refused = post(signed_in("Olga"), MAKE, **form)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert not Token.objects.exists()


def test_a_token_is_made_only_just_after_a_second_factor(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = signed_in("Olga")
    monkeypatch.setitem(settings.__dict__, "SECOND_FACTOR", True)
    secret, then = totp.new_secret(), clock.now() - timedelta(minutes=10)
    totp.add(programme.staff["Olga"], secret, totp.code_at(secret, then), "app", then)
    asked = post(olga, MAKE, name="x", role="operator", days="30")
    assert asked.status_code == 303
    assert "/console/api" not in asked["Location"].partition("?")[0]
    assert not Token.objects.exists()


def test_nobody_ends_another_persons_token(programme: Programme) -> None:
    made = tokens.make(
        programme.staff["Aldo"], "his", programme.staff["Aldo"].roles, 9, clock.now()
    )
    assert post(signed_in("Olga"), f"{MAKE}{made.token.pk}/").status_code != 303
    assert Token.objects.get().revoked_at is None


def test_a_webhook_that_fails_is_told_and_tried_again(programme: Programme) -> None:
    now, olga = clock.now(), programme.staff["Olga"]
    register.add("https://hooks.example/x", ["run.closed"], olga, now, lambda url: None)
    Webhook.objects.update(failing_since=now, disabled_at=now, trouble="webhook-500: <b>oh</b>")
    page = signed_in("Ivo").get(PAGE).content.decode()
    assert "https://hooks.example/x" in page
    assert "&lt;b&gt;oh" in page
    assert "<form" not in page.partition("hooks.example")[2].partition("</table>")[0]
    assert "hooks.example" not in signed_in("Gina").get(PAGE).content.decode()
    path = f"/console/api/webhook/{Webhook.objects.get().pk}/"
    assert post(signed_in("Ivo"), path).status_code == 403
    assert post(signed_in("Olga"), path).status_code == 303
    assert Webhook.objects.get().disabled_at is None
