"""The table of a run's totals can be read on a terminal of 80 columns, amounts whole."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from ristoro.cli.preview import alternatives, show, size_words
from ristoro.estate.sample import sample
from ristoro.remedies.deciding.decide import Decision, decide

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(1_500, 3, path)
    return path


def decided(estate: Path, policy: str, folder: Path) -> Decision:
    return decide(estate, OUTAGE, ROOT / "policies" / f"{policy}.yaml", folder / "run")


def shown(decision: Decision, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    show(decision.totals, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("policy", ["libero-virgilio-2023-01", "agcom-347-18", "proton"])
def test_the_table_fits_and_cuts_nothing(policy: str, estate: Path, tmp_path: Path) -> None:
    decision = decided(estate, policy, tmp_path)
    lines = shown(decision).splitlines()
    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines)
    assert lines[-1] == f"Total to approve: {decision.approval_total}"


def test_rules_are_summed_over_their_plans(estate: Path, tmp_path: Path) -> None:
    decision = decided(estate, "libero-virgilio-2023-01", tmp_path)
    text = shown(decision)
    (remedy,) = decision.totals["remedies"]
    plus = [line for line in remedy["owed"] if line["rule"] == "plus"]
    (row,) = [line.split() for line in text.splitlines() if "plus: extension, on a yes" in line]
    assert row[-3:] == [
        f"{sum(line['count'] for line in plus):,}",
        f"{sum(line['amount'] for line in plus):,}",
        "months",
    ]
    assert sum(line.startswith("    libero libero-plus-5 ") for line in text.splitlines()) == 2
    assert "    opened-later: The mailbox was" in text


def test_money_is_shown_exactly_in_its_currency(estate: Path, tmp_path: Path) -> None:
    decision = decided(estate, "agcom-347-18", tmp_path)
    (whole,) = decision.totals["amounts"]
    assert whole["currency"] == "EUR"
    minor = whole["amount"]
    assert f"€{minor // 100:,}.{minor % 100:02}" in shown(decision)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (10_239, "10,239 bytes"),
        (10_240, "10.0 KiB"),
        (214_748_365, "204.8 MiB"),
        (10 * 2**30 - 1, "10,240.0 MiB"),
        (637_590_904_013, "593.8 GiB"),
        (2_921_252_073_866_100, "2,656.9 TiB"),
        (11 * 2**60, "11,264.0 PiB"),
    ],
)
def test_sizes_are_said_to_a_tenth(size: int, words: str) -> None:
    assert size_words(size) == words


def test_alternatives_are_said_to_be_such_before_the_total(estate: Path, tmp_path: Path) -> None:
    policy = tmp_path / "choice.yaml"
    example = ROOT / "docs" / "examples" / "months-or-space.yaml"
    policy.write_text(example.read_text("utf-8").replace("2026", "2023"), "utf-8")
    decision = decide(estate, OUTAGE, policy, tmp_path / "run")
    assert [remedy["choice"] for remedy in decision.totals["remedies"]] == ["thanks", "thanks"]
    [line] = alternatives(decision.totals)
    assert line.startswith("months and space are alternatives: a mailbox that is owed more")
    assert line in " ".join(shown(decision).split())


def test_a_policy_without_a_choice_has_no_such_line(estate: Path, tmp_path: Path) -> None:
    totals = decided(estate, "libero-virgilio-2023-01", tmp_path).totals
    assert alternatives(totals) == []
    assert "choice" not in totals["remedies"][0]
