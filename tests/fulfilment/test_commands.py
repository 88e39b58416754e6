"""The commands over a run that was really decided and loaded, from a sample estate."""

from __future__ import annotations

import csv
import json
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT
from typer.testing import CliRunner, Result

from ristoro.cli import tend
from ristoro.cli.program import program
from ristoro.estate.sample import sample
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.kernel.errors import RistoroError
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.workers.load import load

ROOT = Path(__file__).parents[2]
PROGRAMME = "libero-virgilio-2023-01.yaml"
MAILBOXES = 300


@dataclass
class Command:
    """Runs one command as one person."""

    name: str

    def __call__(self, *words: str, code: int = 0) -> str:
        result: Result = CliRunner().invoke(program(), list(words), catch_exceptions=True)
        if isinstance(result.exception, RistoroError):
            assert code == 2, result.exception
            return str(result.exception)
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    people = stage.staff()
    estate = tmp_path / "estate.parquet"
    sample(MAILBOXES, 1, estate)
    decision = decide(
        estate, ROOT / "outages" / PROGRAMME, ROOT / "policies" / PROGRAMME, tmp_path / "run"
    )
    entered = runs.enter(decision.folder, people.operator, AT)
    load(entered, people.operator, AT)
    runs.approve(entered, people.approver, decision.approval_total, AT)
    runs.publish(entered, people.operator, {}, AT)
    runs.begin(entered, AT)
    entered.refresh_from_db()
    return entered


@pytest.fixture
def ristoro(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.setenv("RISTORO_PASSWORD", stage.PASSWORD)
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return Command(run.name)


def waiting() -> Grant:
    return Grant.objects.filter(state=GrantState.WAITING).order_by("id")[0]


def test_a_true_run_is_proved_and_a_changed_row_is_found(ristoro: Command) -> None:
    out = ristoro("verify", ristoro.name)
    assert out.count("passed") == 9
    assert f"Run {ristoro.name} is proved" in out
    grant = Grant.objects.order_by("id")[3]
    Grant.objects.filter(id=grant.id).update(amount=grant.amount + 1)
    out = ristoro("verify", ristoro.name, code=1)
    assert f"FAILED  rows: 1 buckets differ: {grant.bucket}" in out
    assert "FAILED  tallies: 1 differ" in out


def test_the_statement_is_printed_in_two_languages_and_as_json(ristoro: Command) -> None:
    assert "RENDICONTO A OGGI DEL PROGRAMMA" in ristoro("report", ristoro.name)
    english = ristoro("report", ristoro.name, "--lang", "en")
    assert f"{MAILBOXES} mailboxes were looked at." in english
    assert "every mailbox and every amount is accounted for exactly once" in english
    data = json.loads(ristoro("report", ristoro.name, "--json"))
    boxes = data["mailboxes"]
    assert boxes["covered"] == MAILBOXES
    assert boxes["nothing_owed"] + sum(boxes["by_standing"].values()) == MAILBOXES
    assert data["discrepancies"] == []


def test_a_run_with_something_left_to_do_is_not_closed(ristoro: Command) -> None:
    refused = ristoro("close", ristoro.name, "--as", "Olga", code=2)
    assert "remedies that wait for the holder's yes" in refused


def test_a_yes_is_recorded_once_with_its_proof(ristoro: Command) -> None:
    grant = waiting()
    words = (
        "confirm",
        ristoro.name,
        "--mailbox",
        grant.address.upper(),
        "--channel",
        "phone",
        "--proof",
        "call 4711",
        "--as",
        "Gina",
    )
    Grant.objects.update(deadline="2999-12-31")
    assert "the grant is planned and no right was given up" in ristoro(*words)
    assert "recorded before" in ristoro(*words)
    assert Answer.objects.get().recorded_by == "Gina"
    assert "answered-otherwise" in ristoro(*words, "--decline", code=2)
    assert "role-missing" in ristoro(*words[:-1], "Aldo", code=2)


def test_a_mailbox_that_is_given_nothing_has_nothing_to_confirm(ristoro: Command) -> None:
    words = ("confirm", ristoro.name, "--channel", "phone", "--proof", "x", "--as", "Gina")
    assert "no-grant" in ristoro(*words, "--mailbox", "nessuno@example.org", code=2)
    made = Grant.objects.filter(state=GrantState.PLANNED).order_by("id")[0]
    assert "nothing-asked" in ristoro(*words, "--mailbox", made.address, code=2)


def test_silence_is_met_as_the_policy_says(ristoro: Command) -> None:
    count = Grant.objects.filter(state=GrantState.WAITING).count()
    out = ristoro("lapse", ristoro.name, "--as", "Olga")
    assert f"{count} " in out
    assert "passed  tallies" in ristoro("verify", ristoro.name)


def test_a_timer_does_what_the_policy_has_for_the_day_and_asks_nobody(ristoro: Command) -> None:
    count = Grant.objects.filter(state=GrantState.WAITING).count()
    out = ristoro("tend")
    assert f"{ristoro.name}: 0 reminders planned" in out
    assert f"{count} given unasked, 0 lapsed" in out
    assert "0 given unasked" in ristoro("tend", ristoro.name)
    assert "passed  tallies" in ristoro("verify", ristoro.name)
    Run.objects.update(paused=True)
    assert ristoro("tend") == ""


def test_a_run_that_cannot_be_tended_is_told_and_fails(ristoro: Command) -> None:
    Run.objects.update(directory="/nowhere")
    assert f"{ristoro.name}: " in ristoro("tend", code=1)


def test_a_timer_that_stays_looks_again_until_it_is_stopped(
    ristoro: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(tend, "EVERY_SECONDS", 0)
    rounds = []

    def once(name: str | None, console: Console) -> int:
        rounds.append(name)
        if len(rounds) == 3:
            signal.raise_signal(signal.SIGTERM)
        return 0

    monkeypatch.setattr(tend, "tend_once", once)
    try:
        ristoro("tend", "--stay")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert rounds == [None] * 3


def test_who_is_not_heard_is_named(ristoro: Command) -> None:
    waiting_ = set(Grant.objects.filter(state=GrantState.WAITING).values_list("address", flat=True))
    rows = list(csv.DictReader(ristoro("unheard", ristoro.name).splitlines()))
    assert {row["address"] for row in rows} == waiting_
    assert {row["why"] for row in rows} == {"not-reached"}


def test_the_hold_list_is_written_and_checked(ristoro: Command, tmp_path: Path) -> None:
    out = tmp_path / "holds.csv"
    boxes = Grant.objects.values("mailbox_id").distinct().count()
    assert f"{boxes} mailboxes are held" in ristoro(
        "holds", "export", "--run", ristoro.name, "--out", str(out)
    )
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == boxes
    ristoro("holds", "export", "--run", ristoro.name, "--out", str(tmp_path / "holds.json"))
    assert len(json.loads((tmp_path / "holds.json").read_text())) == boxes
    held = next(row["address"] for row in rows if row["hold_until"] == "verified")
    planned = tmp_path / "planned.csv"
    planned.write_text(f"address,action,on\n{held},purge,2030-01-01\n")
    broken = ristoro("holds", "check", str(planned), "--run", ristoro.name, code=1)
    assert "1 of 1 planned acts break a hold" in broken
    planned.write_text("address,action,on\nestranea@libero.it,purge,2030-01-01\n")
    assert "None of 1 planned acts breaks a hold" in ristoro(
        "holds", "check", str(planned), "--run", ristoro.name
    )
    refused = ristoro(
        "holds", "export", "--run", ristoro.name, "--out", str(tmp_path / "no" / "x.csv"), code=2
    )
    assert "unwritable" in refused


def test_taking_back_is_asked_for_before_it_is_agreed_to(ristoro: Command) -> None:
    grant = Grant.objects.order_by("id")[0]
    words = ("reverse", ristoro.name, "--mailbox", grant.address)
    assert "which-step" in ristoro(*words, "--as", "Olga", code=2)
    assert "which-grant" in ristoro(*words, "--as", "Olga", "--reason", "in error", code=2)
    Grant.objects.filter(id=grant.id).update(state=GrantState.VERIFIED)
    asked = ristoro(*words, "--as", "Olga", "--reason", "in error")
    assert "Another person agrees" in asked
