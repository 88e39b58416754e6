"""The door: who may come in, how often, and in which one shape everything else is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from tests.api.conftest import ROOT, Program, program
from tests.faces.programme import Programme

from ristoro.faces.api import journal, serving
from ristoro.kernel import clock
from ristoro.staff import people
from ristoro.staff.models import Role

PROBLEM = "application/problem+json"


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, once it has the one shape."""
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "problems"} <= body.keys()
    for problem in body["problems"]:
        assert {"code", "what", "why", "do"} <= problem.keys()
    assert body["problems"][0]["code"] == code
    return body


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic b2xnYTpwYXNz", "ristoro_" + "a" * 43],
)
def test_nobody_comes_in_without_a_token(programme: Programme, header: str) -> None:
    response = Client().get(f"{ROOT}runs", headers={"Authorization": header} if header else {})
    refused(response, 401, "no-token-shown")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["ristoro_" + "a" * 43, "x", "é", "a" * 5000])
def test_a_token_that_was_never_made_does_not_count(programme: Programme, secret: str) -> None:
    response = Client().get(f"{ROOT}runs", headers={"Authorization": f"Bearer {secret}"})
    refused(response, 401, "wrong-token")


def test_a_session_of_the_console_does_not_count(programme: Programme) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="Olga"), settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get("/console/").status_code == 200
    refused(client.get(f"{ROOT}runs"), 401, "no-token-shown")
    response = client.post(
        f"{ROOT}runs/{programme.name}/cancel", {"reason": "x"}, content_type="application/json"
    )
    refused(response, 401, "no-token-shown")
    assert "Set-Cookie" not in response.headers


def test_a_token_does_what_its_roles_may_and_its_person_still_holds(programme: Programme) -> None:
    berta = programme.staff["Berta"]
    operator = program(berta, Role.OPERATOR)
    response = operator.post(f"runs/{programme.name}/approve", {"total": "x"}, code="000000")
    refused(response, 403, "role-missing")
    refused(operator.get("journal"), 403, "role-missing")
    people.take_role("Berta", Role.OPERATOR, actor="test", at=clock.now())
    refused(operator.post(f"runs/{programme.name}/pause"), 403, "role-missing")
    assert operator.get("token").json()["roles"] == []


def test_a_revoked_token_and_one_of_who_has_left_are_turned_away(
    programme: Programme, olga: Program, aldo: Program
) -> None:
    assert olga.get("token").json()["person"] == "Olga"
    assert olga.delete("token").status_code == 204
    refused(olga.get("token"), 401, "wrong-token")
    people.deactivate("Aldo", actor="test", at=clock.now())
    refused(aldo.get("token"), 401, "wrong-token")


def test_a_token_asks_so_often_and_no_more(
    olga: Program, aldo: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISTORO_API_RATE", "3")
    for _ in range(3):
        assert olga.get("token").status_code == 200
    response = olga.get("token")
    refused(response, 429, "too-often")
    assert int(response["Retry-After"]) == 20
    assert aldo.get("token").status_code == 200


def test_a_token_may_ask_again_once_its_bucket_has_filled() -> None:
    now = [0.0]
    rate = serving.door.Rate(60, lambda: now[0])
    for _ in range(60):
        rate.take(1)
    with pytest.raises(serving.RistoroError, match="too-often"):
        rate.take(1)
    now[0] = 1.0
    rate.take(1)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("nothing", 404, "http-404"), ("runs/../x", 404, "http-404"), ("", 404, "http-404")],
)
def test_a_path_that_is_none_is_refused_in_the_one_shape(
    programme: Programme, path: str, status: int, code: str
) -> None:
    refused(Client().get(ROOT + path), status, code)


def test_a_method_that_is_none_is_refused_with_those_that_are(olga: Program) -> None:
    for path, allowed in (("runs", "GET, HEAD, POST"), ("openapi.json", "GET, HEAD")):
        response = olga.client.patch(ROOT + path, headers=olga._headers())
        refused(response, 405, "http-405")
        assert response["Allow"] == allowed


def test_a_host_that_is_not_ours_is_refused_in_the_one_shape(programme: Programme) -> None:
    response = Client(raise_request_exception=False).get(
        f"{ROOT}runs", headers={"Host": "evil.example"}
    )
    refused(response, 400, "http-400")


def test_a_fault_of_ours_is_told_in_the_one_shape_and_says_nothing_of_it(
    ivo: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*named: object, **more: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(journal, "numbered", broken)
    response = ivo.get("journal")
    refused(response, 500, "http-500")
    assert b"secret of the house" not in response.content


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{}", "text/plain", 415, "wrong-media"),
        (b"reason=x", "application/x-www-form-urlencoded", 415, "wrong-media"),
        (b"{", "application/json", 400, "not-json"),
        (b"\xff", "application/json", 400, "not-json"),
        (b"[]", "application/json", 422, "wrong-shape"),
        (b"{}", "application/json", 422, "wrong-shape"),
        (b'{"reason": 5}', "application/json", 422, "wrong-shape"),
        (b'{"reason": "   "}', "application/json", 422, "wrong-shape"),
        (b'{"reason": "x", "more": 1}', "application/json", 422, "wrong-shape"),
        (b'{"reason": "' + b"x" * 1_000_001 + b'"}', "application/json", 413, "too-large"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    programme: Programme, olga: Program, body: bytes, kind: str, status: int, code: str
) -> None:
    headers = olga._headers() | {"Idempotency-Key": "k"}
    path = f"{ROOT}runs/{programme.name}/cancel"
    response = olga.client.post(path, body, content_type=kind, headers=headers)
    refused(response, status, code)
    assert programme.run.state == 2


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=201", "more=1", "after=a/b", "limit=1&limit=2"]
)
def test_a_query_that_does_not_fit_is_refused(olga: Program, query: str) -> None:
    refused(olga.get(f"runs?{query}"), 422, "wrong-shape")


def test_an_answer_is_not_kept_by_anybody_between(programme: Programme, olga: Program) -> None:
    response = olga.get(f"runs/{programme.name}")
    assert response["Cache-Control"] == "private, no-cache"
    assert "Authorization" in response["Vary"]
    assert response["Content-Language"] == "en", "whatever the reader's"
    again = olga.client.get(
        f"{ROOT}runs/{programme.name}",
        headers={**olga._headers(), "If-None-Match": response["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
