"""Policies on the console: entered whole or refused with line and column, examined, compared."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import ROOT, Programme
from tests.faces.test_console import words_of

from ristoro.errands import kinds, places
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.outages import versions
from ristoro.workers.models import Errand, ErrandState

PLACE = "/console/politiche/"
POLICY = """policy: gesture
version: 1
title: {it: Un gesto, en: A gesture}
valid_from: 2023-01-01
zone: Europe/Rome
currency: EUR
references:
  ours: Decided by us.
measures:
  down:
    components: any of plan ways
    counts: down
remedies:
  - remedy: gesture
    title: {it: Gesto, en: Gesture}
    lane: indemnity
    accounting: goodwill
    other_rights: kept
    rules:
      - rule: long
        when: down.total >= 4 hours
        give: {storage: 1 GiB, rounding: down}
        consent: automatic
        reference: ours
    otherwise:
      nothing: short
      because: {it: È durato poco., en: It was short.}
"""
CASES = """policy: gesture
cases:
  - case: four hours
    outage: [{from: "2023-01-23T08:00", lasting: 4 hours}]
    expect:
      gesture: {owed: 1 GiB}
  - case: three hours
    outage: [{from: "2023-01-23T08:00", lasting: 3 hours}]
    expect:
      gesture: {owed: nothing}
"""


@pytest.fixture
def olga(programme: Programme) -> Client:
    del programme
    return signed_in("Olga")


def enter(client: Client, policy: str = POLICY, cases: str = CASES, **more: Any) -> Any:
    pasted = {"policy": policy.replace("\n", "\r\n"), "cases": cases.replace("\n", "\r\n")}
    return post(client, f"{PLACE}nuova/", **pasted, **more)


def do_all() -> None:
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)


def kept() -> list[str]:
    folder = places.policies()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_policy_is_entered_examined_and_told(olga: Client) -> None:
    entered = enter(olga)
    assert entered.status_code == 303
    there = entered["location"]
    digest = there.removeprefix(PLACE).strip("/")
    assert (places.policies() / f"{digest}.yaml").read_text(encoding="utf-8") == POLICY
    page = olga.get(there)
    assert "data-errand" in page.content.decode()
    assert "script-src 'self'" in page["content-security-policy"]
    do_all()
    text = words_of(olga.get(there))
    for words in (
        "Un gesto", "versione 1", "2 giusti", "down.total ≥ 4 h", "di spazio in più",
        "È durato poco.", "come previsto", "four hours",
    ):  # fmt: skip
        assert words in text, words
    assert "2 giusti" in words_of(signed_in("Ivo").get(PLACE))
    assert Entry.objects.filter(name="remedies.policy.entered").count() == 1
    assert enter(olga)["location"] == there
    assert Entry.objects.filter(name="remedies.policy.entered").count() == 1
    case = words_of(olga.get(f"{there}casi/2/"))
    assert "three hours" in case
    assert "lasting: 3 hours" in case
    assert "È durato poco." in case
    assert "It was short." in words_of(signed_in("Aldo", "en").get(f"{there}casi/2/"))
    assert olga.get(f"{there}casi/3/").status_code == 404


def test_a_case_that_fails_says_how(olga: Client) -> None:
    there = enter(olga, cases=CASES.replace("owed: nothing", "owed: 2 GiB"))["location"]
    do_all()
    text = words_of(olga.get(there))
    assert "1 su 2 falliscono" in text
    assert "amount is 0, expected 2147483648" in text
    assert "diverso dal previsto" in words_of(olga.get(f"{there}casi/2/"))
    enter(olga)
    assert "Non sono stati eseguiti" not in words_of(olga.get(there))
    do_all()
    assert "2 giusti" in words_of(olga.get(there))


@pytest.mark.parametrize(
    ("policy", "cases", "file", "line", "code"),
    [
        (POLICY.replace("4 hours", "4 apples"), CASES, "policy.yaml", 21, "4 apples"),
        (POLICY.replace("zone:", "zona:"), CASES, "policy.yaml", 5, "unknown-field"),
        (POLICY.replace("- remedy", "- {remedy"), CASES, "policy.yaml", 14, "not-yaml"),
        ("", CASES, "policy.yaml", 1, "policy.yaml"),
        (POLICY, CASES.replace("2 GiB", "x").replace("expect", "expects"), "cases.yaml", 3, ""),
        (POLICY, CASES.replace("policy: gesture", "policy: other"), "cases.yaml", 1, "other"),
    ],
)
def test_a_wrong_text_is_refused_with_its_place(
    olga: Client, policy: str, cases: str, file: str, line: int, code: str
) -> None:
    answer = enter(olga, policy, cases)
    assert answer.status_code == 422
    text = words_of(answer)
    assert "Non è stata inserita" in text
    assert file in text
    assert code in text
    if policy and line > 1:
        assert "riga" in text
        assert 'class="told"' in answer.content.decode()
    assert kept() == []
    assert not Errand.objects.exists()
    assert not Entry.objects.filter(name="remedies.policy.entered").exists()


def test_a_case_cannot_name_a_file_of_the_server(olga: Client) -> None:
    spans = '[{from: "2023-01-23T08:00", lasting: 4 hours}]'
    answer = enter(olga, cases=CASES.replace(spans, "/etc/passwd"))
    assert answer.status_code == 422
    assert "unknown-outage" in answer.content.decode()
    versions.declare(ROOT / "outages/libero-virgilio-2023-01.yaml", places.outages())
    named = CASES.replace(spans, "../outages/libero-virgilio-2023-01.yaml")
    assert enter(olga, cases=named).status_code == 303


def test_files_are_sent_in_place_of_texts_and_a_policy_needs_no_cases(olga: Client) -> None:
    form = {
        "csrfmiddlewaretoken": olga.cookies["csrftoken"].value,
        "policy-file": SimpleUploadedFile("mine.yaml", POLICY.encode()),
        "policy": "",
        "cases": "",
    }
    sent = olga.post(f"{PLACE}nuova/", form)
    assert sent.status_code == 303
    do_all()
    text = words_of(olga.get(sent["location"]))
    assert "Non ha casi" in text
    assert Errand.objects.get().state == ErrandState.DONE


def test_a_corrected_text_is_another_version_and_both_stand_side_by_side(olga: Client) -> None:
    first = enter(olga)["location"]
    form = olga.get(f"{first}correggi/").content.decode()
    assert "down.total &gt;= 4 hours" in form
    assert "case: three hours" in form
    changed = POLICY.replace("version: 1", "version: 2").replace("1 GiB", "2 GiB")
    second = enter(olga, changed, CASES.replace("1 GiB", "2 GiB"))["location"]
    listed = words_of(olga.get(PLACE))
    assert listed.index("2") < listed.index("Politiche che accompagnano")
    name = first.removeprefix(PLACE).strip("/")
    page = signed_in("Aldo").get(f"{second}confronto/?con={name}")
    text = words_of(page)
    assert "cambiato" in text
    assert "give: {storage: 2 GiB, rounding: down}" in text
    assert page.content.decode().count('<tr class="changed">') == 2
    assert olga.get(f"{second}confronto/?con=../../etc").status_code == 404


def test_a_policy_that_comes_along_is_entered_by_a_button(olga: Client) -> None:
    assert "eu-261-2004" in words_of(olga.get(PLACE))
    there = post(olga, f"{PLACE}nuova/", shipped="eu-261-2004")
    assert there.status_code == 303
    assert "Compensazione pecuniaria" in words_of(olga.get(there["location"]))
    assert post(olga, f"{PLACE}nuova/", shipped="../outages/x").status_code == 404


def test_only_operators_enter_and_some_look(programme: Programme, olga: Client) -> None:
    there = enter(olga)["location"]
    for name, looks in {"Aldo": 200, "Ivo": 200, "Gina": 403}.items():
        client = signed_in(name)
        assert client.get(PLACE).status_code == client.get(there).status_code == looks
        assert enter(client, POLICY.replace("gesture", "mine")).status_code == 403
        assert client.get(f"{there}correggi/").status_code == 403
        assert post(client, f"{there}esame/").status_code == 403
    assert Errand.objects.count() == 1
    assert olga.get(f"{there}esame/").status_code == 405
    assert olga.get(f"{PLACE}..%2Fsecret/").status_code == 404
