"""A whole programme over the API: a file sent, imported, decided, entered, approved by another."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.api.conftest import ROOT, Program, app_of
from tests.api.test_door import refused
from tests.faces.programme import AT, Programme

from ristoro.errands import kinds, places
from ristoro.estate.sample import sample
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.models import RunState

HOME = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01"
POLICY = (HOME / f"policies/{NAME}.yaml").read_text(encoding="utf-8")
CASES = (HOME / f"policies/{NAME}.cases.yaml").read_text(encoding="utf-8")
OUTAGE = (HOME / f"outages/{NAME}.yaml").read_text(encoding="utf-8")


def done(program: Program, path: str, body: Any = None) -> dict[str, Any]:
    """Ask for a long work, do it, and show what came of it."""
    asked = program.post(path, body)
    assert asked.status_code == 202, asked.content
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)
    errand: dict[str, Any] = program.client.get(
        asked["Location"], headers=program._headers()
    ).json()
    return errand


def sent(program: Program, raw: bytes, name: str = "estate.csv", kind: str = "") -> Any:
    return program.client.post(
        f"{ROOT}uploads?name={name}",
        raw,
        content_type=kind or "application/octet-stream",
        headers=program._headers(),
    )


@pytest.fixture
def csv(tmp_path: Path) -> bytes:
    path = tmp_path / "estate.csv"
    sample(200, 5, path, as_of=AT, progress=lambda rows: None)
    return path.read_bytes()


def test_a_programme_is_run_by_two_peoples_programs(
    programme: Programme, olga: Program, aldo: Program, csv: bytes
) -> None:
    runs.cancel(programme.run, programme.staff["Olga"], "to begin anew", clock.now())
    upload = sent(olga, csv)
    assert upload.status_code == 201, upload.content
    assert upload.json()["sha256"] == hashlib.sha256(csv).hexdigest()
    assert sent(olga, csv).json() == upload.json()
    imported = done(olga, "estates", {"file": upload.json()["file"], "as_of": AT.isoformat()})
    estate = imported["result"]["digest"]
    assert olga.get(f"estates/{estate}").json()["mailboxes"] == 200
    [line] = aldo.get("estates").json()["items"]
    assert line["digest"] == estate

    declared = olga.post("outages", {"text": OUTAGE})
    assert declared.status_code == 201, declared.content
    assert declared.json()["text"] == OUTAGE
    assert olga.post("outages", {"text": OUTAGE}).json() == declared.json()
    measured = olga.get(f"outages/{NAME}/versions/1/measure").json()
    assert measured["outage"]["digest"] == declared.json()["digest"]
    assert measured["stores"][0]["components"]

    entered = olga.post("policies", {"text": POLICY, "cases": CASES})
    assert entered.status_code == 201, entered.content
    policy = entered.json()["policy"]
    assert entered.json()["text"] == POLICY
    assert olga.get(f"policies/{policy}/findings").json()["findings"] == []
    refused(olga.get(f"policies/{policy}/cases"), 404, "not-examined")
    examined = done(olga, f"policies/{policy}/examine")["result"]
    assert (examined["failed"], examined["findings"]) == (0, 0)
    assert len(aldo.get(f"policies/{policy}/cases").json()["examined"]["cases"]) > 5

    choice = {"estate": estate, "outage": NAME, "version": 1, "policy": policy}
    decided = done(olga, "decisions", choice)["result"]["folder"]
    shown = aldo.get(f"decisions/{decided}").json()
    assert (shown["estate"], shown["totals"]["mailboxes"]) == (estate, 200)
    assert [one["decision"] for one in olga.get("decisions").json()["items"]] == [decided]
    assert done(aldo, f"decisions/{decided}/prove")["result"]["passed"] is True
    compared = done(olga, f"decisions/{decided}/compare", {"policy": policy})
    assert compared["state"] == "done"

    entered = done(olga, "runs", {"decision": decided})
    assert entered["state"] == "done", entered["problems"]
    name = entered["result"]["run"]
    total = {"total": olga.get(f"runs/{name}").json()["approval_total"]}
    assert total["total"] == shown["approval_total"]
    app = app_of(programme.staff["Aldo"])
    approved = aldo.post(f"runs/{name}/approve", total, code=app.code())
    assert approved.json()["state"] == "approved", approved.content
    assert runs.named(name).state == RunState.APPROVED
    refused(olga.post(f"runs/{name}/begin"), 409, "facts-not-public")
    assert done(olga, f"runs/{name}/letters")["state"] == "done"
    letters = aldo.get(f"runs/{name}/letters").json()
    assert {one["language"] for one in letters["letters"]} == {"it", "en"}
    refused(olga.post(f"runs/{name}/publish", {"wording": "0" * 64}), 409, "wording-not-read")
    public = olga.post(f"runs/{name}/publish", {"wording": letters["wording"]})
    assert public.json()["published_at"] is not None
    assert olga.post(f"runs/{name}/rate", {"per_second": 50}).status_code == 200
    assert olga.post(f"runs/{name}/begin").json()["state"] == "acting"


def test_a_file_is_refused_by_its_name_its_media_and_its_emptiness(
    programme: Programme, olga: Program, aldo: Program, csv: bytes
) -> None:
    refused(sent(olga, csv, "estate.exe"), 422, "wrong-shape")
    refused(sent(olga, csv, kind="text/csv"), 415, "wrong-media")
    headers = {**olga._headers(), "Content-Type": "application/octet-stream"}
    path = f"{ROOT}uploads?name=a.csv"
    refused(olga.client.generic("POST", path, b"", headers=headers), 422, "empty")
    refused(sent(aldo, csv), 403, "role-missing")
    assert [path.name for path in places.uploads().iterdir()] == []


def test_bad_rows_are_there_to_be_mended(programme: Programme, olga: Program, csv: bytes) -> None:
    lines = csv.decode().splitlines()
    lines[5] = "not a number" + lines[5][lines[5].index(",") :]
    file = sent(olga, "\n".join(lines).encode()).json()["file"]
    refused(olga.get(f"uploads/{file}/bad-rows"), 404, "no-bad-rows")
    failed = done(olga, "estates", {"file": file, "as_of": AT.isoformat()})
    assert failed["state"] == "failed"
    place = failed["problems"][1]["place"]
    assert (place["file"], place["line"], place["field"]) == ("estate.csv", 6, "mailbox_id")
    listed = olga.get(f"uploads/{file}/bad-rows")
    assert listed["Content-Type"] == "text/csv; charset=utf-8"
    assert len(listed.content.decode().splitlines()) == 2
    assert olga.delete(f"uploads/{file}").status_code == 204
    refused(olga.get(f"uploads/{file}"), 404, "not-there")


def test_a_wrong_outage_is_refused_with_line_and_column(
    programme: Programme, olga: Program
) -> None:
    text = OUTAGE.replace("zone: Europe/Rome", "zone: Europe/Nowhere")
    body = refused(olga.post("outages", {"text": text}), 422, "wrong-value")
    place = body["problems"][0]["place"]
    assert (place["file"], place["field"]) == ("text", "zone")
    assert text.splitlines()[place["line"] - 1].startswith("zone")


def test_what_never_changes_may_be_kept_by_whoever_asked(
    programme: Programme, olga: Program
) -> None:
    olga.post("outages", {"text": OUTAGE})
    version = olga.get(f"outages/{NAME}/versions/1")
    assert version["Cache-Control"] == "private, max-age=31536000, immutable"
    assert olga.get(f"outages/{NAME}")["Cache-Control"] == "private, no-cache"


def test_a_decision_that_is_not_there_is_told_so(programme: Programme, olga: Program) -> None:
    refused(olga.get(f"decisions/{'0' * 64}"), 404, "not-there")
    refused(olga.get(f"estates/{'0' * 64}"), 404, "no-estate")
    choice = {"estate": "0" * 64, "outage": NAME, "version": 1, "policy": "first"}
    refused(olga.post("decisions", choice), 404, "not-there")
    refused(olga.post("runs", {"decision": "0" * 64}), 404, "not-there")
