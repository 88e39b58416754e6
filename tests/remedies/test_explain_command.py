"""``ristoro explain`` prints for people and for machines, and its exit code tells."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from ristoro.cli import explain
from ristoro.estate.sample import sample
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import decide

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
FREE = ("--mailbox", "free@libero.it", "--lang", "en")

app = typer.Typer()
app.command()(explain.explain)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    sample(300, 3, tmp_path / "estate.parquet")
    return decide(tmp_path / "estate.parquet", OUTAGE, POLICY, tmp_path / "run").folder


def test_it_prints_for_people_and_for_machines(run: Path) -> None:
    done = CliRunner().invoke(app, ["--run", str(run), *FREE])
    assert done.exit_code == 0
    assert done.stdout.startswith("free@libero.it (mailbox 1000001)\n")
    done = CliRunner().invoke(app, ["--run", str(run), *FREE, "--json"])
    [remedy] = json.loads(done.stdout)["remedies"]
    assert remedy["rule"]["name"] == "free"
    assert remedy["outcome"]["amount"] == 214_748_365
    done = CliRunner().invoke(app, ["--run", str(run), "--mailbox", "1000001"])
    assert done.stdout.startswith("free@libero.it (casella 1000001)\n")


def test_check_reads_everything_and_says_so(run: Path) -> None:
    done = CliRunner().invoke(app, ["--run", str(run), *FREE, "--check"])
    assert "Mailboxes and outcomes: read whole on" in done.stdout


def test_an_outcome_that_does_not_follow_ends_with_one(run: Path) -> None:
    path = run / "outcomes.parquet"
    table = pq.read_table(path)
    more = pa.array([n + 1 for n in table.column("amount").to_pylist()], pa.int64())
    at = table.schema.get_field_index("amount")
    pq.write_table(table.set_column(at, "amount", more), path)
    done = CliRunner().invoke(app, ["--run", str(run), *FREE])
    assert done.exit_code == 1
    assert "ATTENTION: computing it again does NOT give what was decided." in done.stdout
    assert "decided: amount = 214748366" in done.stdout
    assert "computed again: amount = 214748365" in done.stdout


def test_a_what_if_is_told_and_a_day_that_is_none_is_refused(run: Path) -> None:
    words = ["--run", str(run), *FREE, "--what-if", "standing=abuse", "--on", "2023-02-15"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert "nothing [abuse]" in done.stdout
    assert json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["what_if"]
    done = CliRunner().invoke(app, ["--run", str(run), *FREE, "--on", "tomorrow"])
    assert isinstance(done.exception, BadInput)
    assert "bad-day" in str(done.exception)
