"""The commands over a run whose policy offers a choice, decided and loaded from a sample estate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT
from tests.fulfilment.test_commands import Command

from ristoro.estate.sample import sample
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.workers.load import load

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "docs" / "examples" / "months-or-space.yaml"
MONTHS, SPACE = 0, 1


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    people = stage.staff()
    estate, policy = tmp_path / "estate.parquet", tmp_path / "choice.yaml"
    sample(300, 1, estate)
    policy.write_text(POLICY.read_text("utf-8").replace("2026", "2023"), "utf-8")
    decision = decide(estate, OUTAGE, policy, tmp_path / "run")
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
    Grant.objects.update(deadline="2999-12-31")
    return Command(run.name)


def both() -> set[int]:
    """The mailboxes that are owed both."""
    months = Grant.objects.filter(remedy=MONTHS).values_list("mailbox_id", flat=True)
    space = Grant.objects.filter(remedy=SPACE).values_list("mailbox_id", flat=True)
    return set(months) & set(space)


def test_an_agent_says_which_alternative_was_chosen(ristoro: Command) -> None:
    grant = Grant.objects.filter(mailbox_id=min(both())).order_by("id")[0]
    about = ("--mailbox", grant.address, "--channel", "phone", "--proof", "call 4711")
    words = ("confirm", ristoro.name, *about, "--as", "Gina")
    asked = ristoro(*words, code=2)
    assert "which-remedy" in asked
    assert "0: extension" in asked
    assert "1: storage" in asked
    said = ristoro(*words, "--remedy", "1")
    assert "the grant is planned and no right was given up; its alternatives are not given" in said
    assert "chose-other" in ristoro(*words, "--remedy", "0", code=2)
    assert Answer.objects.get().remedy == SPACE


def test_silence_gives_the_fallback_and_the_run_is_still_proved(ristoro: Command) -> None:
    owed_both, owed = both(), Grant.objects.filter(remedy=MONTHS).count()
    assert owed_both
    Grant.objects.update(deadline="2023-04-30")
    assert f"{owed} are given anyway" in ristoro("lapse", ristoro.name, "--as", "Olga")
    given = Grant.objects.filter(remedy=MONTHS, state=GrantState.PLANNED)
    assert given.count() == owed
    stood_back = Grant.objects.filter(remedy=SPACE, state=GrantState.DECLINED)
    assert {one.mailbox_id for one in stood_back} == owed_both
    assert {one.result for one in stood_back} == {"chose-other:0"}
    proved = ristoro("verify", ristoro.name, code=1)  # the deadlines were set by this test
    assert "passed  answers" in proved
    assert "passed  tallies" in proved


def test_the_statement_tells_alternatives_apart(ristoro: Command) -> None:
    count = len(both())
    Grant.objects.update(deadline="2023-04-30")
    ristoro("lapse", ristoro.name, "--as", "Olga")
    english = ristoro("report", ristoro.name, "--lang", "en")
    assert "alternative to More space: a mailbox that is owed more than one gets one" in english
    assert f"not chosen     {count}, " in english
    assert "declined       " not in english
    italian = ristoro("report", ristoro.name)
    assert "in alternativa a Più spazio" in italian
    assert f"non scelto     {count}, " in italian
    data = json.loads(ristoro("report", ristoro.name, "--json"))
    [space] = [line for line in data["lines"] if line["remedy"] == "space"]
    assert space["chose_other"]["grants"] == count
