"""Runs over the API: the same stages as the pages, and nobody's word alone gives."""

from __future__ import annotations

import pytest
from django.conf import settings
from tests.api.conftest import App, Program, app_of, program
from tests.api.test_door import refused
from tests.faces.programme import Programme

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.notices.models import Notice
from ristoro.remedies.models import RunState
from ristoro.staff import people
from ristoro.staff.models import Role


@pytest.fixture
def app(programme: Programme) -> App:
    return app_of(programme.staff["Aldo"])


def test_runs_are_listed_and_shown_with_their_totals(programme: Programme, olga: Program) -> None:
    [line] = olga.get("runs").json()["items"]
    assert (line["name"], line["state"], line["entered_by"]) == (programme.name, "loaded", "Berta")
    shown = olga.get(f"runs/{programme.name}").json()
    assert shown["totals"] == programme.run.totals
    assert shown["approval_total"] == programme.run.approval_total
    refused(olga.get("runs/another"), 404, "no-run")


def test_a_second_person_approves_with_the_total_and_a_code_of_this_moment(
    programme: Programme, aldo: Program, app: App
) -> None:
    path, total = f"runs/{programme.name}/approve", programme.run.approval_total
    refused(aldo.post(path, {"total": "1"}, code=app.code()), 422, "wrong-total")
    refused(aldo.post(path, {"total": total}), 403, "second-factor")
    refused(aldo.post(path, {"total": total}, code="123"), 403, "second-factor")
    assert programme.run.state == RunState.LOADED
    approved = aldo.post(path, {"total": total}, key="once", code=app.code(1))
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert approved.json()["approved_by"] == "Aldo"
    # Its answer was lost, the code is over: the same key is answered, and nothing is done again.
    again = aldo.post(path, {"total": total}, key="once", code=app.code(1))
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")


def test_a_code_counts_once_even_where_it_was_refused_for_something_else(
    programme: Programme, aldo: Program, app: App
) -> None:
    path, code = f"runs/{programme.name}/approve", app.code()
    refused(aldo.post(path, {"total": "1"}, code=code), 422, "wrong-total")
    total = programme.run.approval_total
    refused(aldo.post(path, {"total": total}, code=code), 403, "second-factor")


def test_a_token_alone_never_gives_even_where_pages_ask_for_no_factor(
    programme: Programme, aldo: Program
) -> None:
    assert not settings.SECOND_FACTOR
    path = f"runs/{programme.name}/approve"
    for code in ("", "000000"):
        response = aldo.post(path, {"total": programme.run.approval_total}, code=code)
        refused(response, 403, "second-factor")
    assert programme.run.state == RunState.LOADED


def test_wrong_codes_lock_their_person_out(programme: Programme, aldo: Program, app: App) -> None:
    path, total = f"runs/{programme.name}/approve", {"total": programme.run.approval_total}
    refusals = [aldo.post(path, total, code="000000") for _ in range(12)]
    assert refusals[0].status_code == 403
    refused(refusals[-1], 429, "second-factor-locked")
    assert refusals[-1]["Retry-After"] == "3600"
    refused(aldo.post(path, total, code=app.code()), 429, "second-factor-locked")
    assert programme.run.state == RunState.LOADED


def test_nobody_approves_their_own_run_by_any_token(programme: Programme) -> None:
    berta = programme.staff["Berta"]
    app = app_of(berta)
    path, total = f"runs/{programme.name}/approve", {"total": programme.run.approval_total}
    refused(program(berta).post(path, total, code=app.code(-1)), 403, "two-people")
    only = program(berta, Role.APPROVER)
    refused(only.post(path, total, code=app.code()), 403, "two-people")
    people.take_role("Berta", Role.OPERATOR, actor="test", at=clock.now())
    refused(only.post(path, total, code=app.code(1)), 403, "two-people")
    assert programme.run.state == RunState.LOADED


def test_anothers_code_beside_ones_own_token_gives_nothing(
    programme: Programme, aldo: Program, app: App
) -> None:
    path, total = f"runs/{programme.name}/approve", {"total": programme.run.approval_total}
    berta = program(programme.staff["Berta"])
    refused(berta.post(path, total, code=app.code()), 403, "second-factor")


def test_a_run_is_paused_and_resumed_once_each(programme: Programme, olga: Program) -> None:
    programme.approve()
    path = f"runs/{programme.name}"
    assert olga.post(f"{path}/pause").json()["paused"] is True
    refused(olga.post(f"{path}/pause"), 409, "wrong-state")
    assert olga.post(f"{path}/resume").json()["paused"] is False


def test_how_far_a_run_is_comes_from_its_tallies(programme: Programme, olga: Program) -> None:
    told = olga.get(f"runs/{programme.name}/progress").json()
    grants, notices = told["acts"]
    assert (grants["act"], notices["act"]) == ("grants", "notices")
    assert grants["rows"] + grants["waiting"] == sum(one["rows"] for one in grants["states"])
    assert olga.get(f"runs/{programme.name}/exceptions").json()["items"] == []
    rows = f"runs/{programme.name}/exceptions/rows?act=grants&state=refused&code=x"
    assert olga.get(rows).json() == {"items": [], "next": None}


def test_a_look_at_one_mailbox_is_in_the_journal_and_its_address_in_no_address(
    programme: Programme, olga: Program
) -> None:
    path = f"runs/{programme.name}/explain"
    refused(olga.post(path, {"address": "nobody@example.org"}, key=""), 404, "no-mailbox")
    known = Notice.objects.order_by("id").values_list("address", flat=True)[0]
    told = olga.post(path, {"address": known, "language": "it"}, key="").json()
    assert told["explanation"]["address"] == known
    assert known in told["text"]
    entry = Entry.objects.get(name=names.MAILBOX_EXPLAINED)
    assert entry.actor == "Olga"
    data = Detail.objects.get(number=entry.number).data
    assert data is not None
    assert data["address"] == known


def test_a_run_is_closed_by_a_long_work(programme: Programme, olga: Program) -> None:
    response = olga.post(f"runs/{programme.name}/close")
    assert (response.status_code, response.json()["kind"]) == (202, "close")
    assert response["Location"] == f"/api/v1/errands/{response.json()['id']}"
    refused(olga.get(f"runs/{programme.name}/statement"), 404, "no-report")


def test_an_errand_is_its_askers_to_see_and_to_cancel(
    programme: Programme, olga: Program, aldo: Program, ivo: Program
) -> None:
    asked = olga.post(f"runs/{programme.name}/close", key="k").json()
    assert olga.post(f"runs/{programme.name}/close", key="k").json() == asked
    path = f"errands/{asked['id']}"
    refused(aldo.get(path), 404, "no-errand")
    assert ivo.get(path).json()["asked_by"] == "Olga"
    assert aldo.get("errands").json()["items"] == []
    refused(aldo.post(f"{path}/cancel"), 404, "no-errand")
    assert olga.post(f"{path}/cancel").json()["state"] == "cancelled"
    [one] = olga.get("errands").json()["items"]
    assert one["state"] == "cancelled"


def test_a_list_comes_in_parts_by_key(programme: Programme, ivo: Program) -> None:
    whole = ivo.get("journal?limit=200").json()
    assert whole["next"] is None
    numbers, after = [], ""
    while True:
        part = ivo.get(f"journal?limit=4{after}").json()
        numbers += [one["number"] for one in part["items"]]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert numbers == [one["number"] for one in whole["items"]]
    assert numbers == sorted(numbers)
    refused(ivo.get("journal?after=abc"), 422, "wrong-after")


def test_the_journal_is_the_auditors(ivo: Program, olga: Program) -> None:
    refused(olga.get("journal"), 403, "role-missing")
    found = ivo.get("journal?subject=run%201").json()["items"]
    assert {one["subject"] for one in found} == {"run 1"}
    assert ivo.post("journal/verify", {}).json()["kind"] == "walk-journal"
    refused(ivo.post("journal/verify", {"number": 1}), 422, "half-a-head")
