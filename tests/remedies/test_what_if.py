"""What a mailbox would get is told beside what it gets, and nothing changes by asking."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import Decision, decide
from ristoro.remedies.explaining.what_if import what_if

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
GOOGLE = ROOT / "policies" / "google-workspace.yaml"
FREE = "free@libero.it"
PLUS = ["plan=libero-plus-5", "paid_until=2023-08-31"]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(1_000, 3, path)
    return path


@pytest.fixture(scope="module")
def run(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Decision:
    return decide(estate, OUTAGE, POLICY, tmp_path_factory.mktemp("runs") / "january")


def test_another_plan_is_told_beside_the_decided_one(run: Decision) -> None:
    told = what_if(run.folder, FREE, "it", PLUS, date(2023, 2, 15))
    [one] = told.remedies
    assert (one.before.rule, one.before.kind, one.before.amount) == ("free", "storage", 214748365)
    assert (one.after.rule, one.after.kind, one.after.amount) == ("plus", "extension", 6)
    assert one.after.until == date(2024, 2, 29)
    text = told.text()
    assert "Prova: niente viene scritto e niente viene dato." in text
    assert "com'è deciso" in text
    assert "6 mesi in più di abbonamento, fino al 29 feb 2024" in text
    assert re.search(r"^plan +«libero-free» +«libero-plus-5»$", text, re.MULTILINE)
    assert "15 feb 2023" in text


def test_asking_changes_nothing(run: Decision) -> None:
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    first = what_if(run.folder, FREE, "en", PLUS)
    assert what_if(run.folder, FREE, "en", PLUS) == first
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before


def test_with_the_values_it_has_everything_stays_as_it_is(run: Decision) -> None:
    told = what_if(run.folder, FREE, "en", ["plan=libero-free", "paid_until=null"])
    assert told.remedies[0].before == told.remedies[0].after


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("standing=abuse", "abuse"),
        ("closed=2023-02-01T10:00+01:00", "closed"),
        ("created=2023-01-25T00:00+01:00", "opened-later"),
        ("hindered.total=0 minutes", "not-touched"),
        ("then.plan='libero-plus-1tb'", "plus"),
        ("plan='odd'", "otherwise"),
        ("store=nowhere", "not-touched"),
    ],
)
def test_fields_measures_and_the_plan_then_can_be_different(
    change: str, rule: str, run: Decision
) -> None:
    assert what_if(run.folder, FREE, "en", [change]).remedies[0].after.rule == rule


def test_a_way_in_that_the_plan_lacks_fails_no_more(run: Decision) -> None:
    ways = ("webmail", "imap", "pop3", "submission", "ios", "android")
    told = what_if(run.folder, FREE, "en", [f"allows.{way}=false" for way in ways])
    assert told.remedies[0].after.rule == "not-touched"


def test_a_dated_amount_can_be_different(run: Decision) -> None:
    told = what_if(run.folder, FREE, "en", ["extra_space=50 percent", "storage=2 GiB"])
    assert told.remedies[0].after.amount == 2**30
    assert told.remedies[0].after.base == 2**31


def test_an_input_can_be_different(estate: Path, tmp_path: Path) -> None:
    [number] = pq.read_table(estate, columns=["mailbox_id"]).column(0).to_pylist()[:1]
    facts = tmp_path / "facts.parquet"
    days = pa.array([date(2024, 2, 20)], pa.date32())
    pq.write_table(pa.table({"mailbox_id": [number], "claimed_on": days}), facts)
    decide(estate, OUTAGE, GOOGLE, tmp_path / "run", facts=facts)
    told = what_if(tmp_path / "run", number, "en", ["claimed_on=2023-02-02"])
    assert told.changes[0].before == date(2024, 2, 20)
    assert told.changes[0].after == date(2023, 2, 2)


def test_for_machines_days_are_iso_and_numbers_exact(run: Decision) -> None:
    told = what_if(run.folder, FREE, "it", ["extra_space=12.5 percent"], date(2023, 3, 1))
    found = json.loads(json.dumps(told.as_dict()))
    assert found["what_if"] == [
        {"name": "extra_space", "before": "1/5", "after": "1/8"},
        {"name": "today", "before": "2023-02-09", "after": "2023-03-01"},
    ]
    assert found["remedies"][0]["after"]["amount"] == 2**27


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("plann=x", "write plan=VALUE"),
        ("plan", "names no value"),
        ("standing=abused", "good, arrears, suspended, abuse"),
        ("storage=5", "wants a bytes"),
        ("storage=null", "never null"),
        ("paid_until=2023-02-31", "2023-02-31"),
        ("paid_until=then.price", "wants a date"),
        ("storage=storage / 3", "whole numbers"),
    ],
)
def test_what_cannot_be_is_refused(change: str, why: str, run: Decision) -> None:
    with pytest.raises(BadInput, match=why):
        what_if(run.folder, FREE, "en", [change])


def test_the_table_of_the_manual_is_what_is_said(run: Decision) -> None:
    page = (ROOT / "docs" / "explaining.md").read_text()
    [shown] = [
        block for block in page.split("```") if block.startswith("text\n   ") and "what if" in block
    ]
    said = what_if(run.folder, FREE, "en", PLUS, date(2023, 2, 15)).text()
    wanted = shown.removeprefix("text\n").strip("\n")
    # the policy's lines may move
    assert re.sub(r", \d+", ", 1", wanted) in re.sub(r", \d+", ", 1", said)
