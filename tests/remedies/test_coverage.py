"""Coverage tells which rules, bands and edges of a policy no case reaches, and where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.remedies.test_faulty_policies import GOOD
from typer.testing import CliRunner

from ristoro.cli.policy import app
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.authoring.coverage import Coverage, cover_file, tell

POLICIES = Path(__file__).parents[2] / "policies"

CASES = """\
policy: sample
defaults:
  mailbox: {plan: paid, price: 120.00 EUR, billing_months: 12}
cases:
  - case: half a day
    outage: [{from: 2023-06-14T00:00, lasting: 12 hours}]
    expect:
      credit: {owed: 3.00 EUR}
"""
AT_THE_EDGE = """\
  - case: exactly 99.9 percent
    outage: [{from: 2023-06-14T00:00, lasting: 2592 seconds}]
    expect:
      credit: {owed: nothing}
  - case: a second more
    outage: [{from: 2023-06-14T00:00, lasting: 2593 seconds}]
    expect:
      credit: {owed: nothing}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with one case beside it."""
    policy = GOOD.replace("down.total > 60 minutes", "share > 0 percent").replace(
        "at_most: 100.00 EUR", "at_most: 100.00 EUR\n          least: over 1.00 EUR"
    )
    (tmp_path / "sample.yaml").write_text(policy, "utf-8")
    (tmp_path / "sample.cases.yaml").write_text(CASES, "utf-8")
    return tmp_path


@pytest.mark.parametrize("path", policy_files([POLICIES]), ids=lambda path: path.stem)
def test_the_cases_of_a_published_policy_reach_all_of_it(path: Path) -> None:
    told: list[str] = []
    tell(cover_file(path), told.append)
    assert told[1:] == []


def covered(folder: Path, more: str = "") -> Coverage:
    cases = folder / "sample.cases.yaml"
    cases.write_text(cases.read_text("utf-8") + more, "utf-8")
    return cover_file(folder / "sample.yaml")


def missed(coverage: Coverage) -> list[str]:
    return [band.what for band in coverage.bands if not band.cases]


def test_what_no_case_reaches_is_told_in_the_order_of_the_text(folder: Path) -> None:
    assert missed(covered(folder)) == [
        "table share: 99% ≤ … < 99.9%",
        "table share: 99.9% ≤ …",
        "credit: late: the rule decides",
        "credit: share: the cap is reached",
        "credit: share: it comes to less than the minimum issue",
        "credit: otherwise: the rule decides",
    ]


def test_a_case_reaches_only_the_remedies_that_it_expects_something_of(folder: Path) -> None:
    cases = CASES.replace("credit: {owed: 3.00 EUR}", "{}")
    (folder / "sample.cases.yaml").write_text(cases, "utf-8")
    coverage = cover_file(folder / "sample.yaml")
    assert coverage.reached == 0


def test_a_reached_band_names_its_cases(folder: Path) -> None:
    [band] = [b for b in covered(folder).bands if b.what == "table share: … < 99%"]
    assert band.cases == ("half a day",)
    assert band.place.line == 25


def test_an_edge_is_tried_on_itself_and_just_beside_it(folder: Path) -> None:
    def at(coverage: Coverage) -> list[str]:
        [edge] = [one for one in coverage.edges if one.what == "table share at 99.9%"]
        return list(edge.missing())

    before = at(covered(folder))
    assert before[0] == "table share at 99.9%: no case exactly there"
    assert before[1].startswith("table share at 99.9%: no case just below (the nearest is 98.3")
    assert at(covered(folder, AT_THE_EDGE)) == []


def test_a_minute_beside_is_not_just_beside(folder: Path) -> None:
    coverage = covered(folder, AT_THE_EDGE.replace("2593 seconds", "44 minutes"))
    [edge] = [one for one in coverage.edges if one.what == "table share at 99.9%"]
    assert edge.on == "exactly 99.9 percent"
    assert not edge.beside
    assert "'a second more'" in edge.nearest


def test_the_command_tells_lines_and_fails_under_the_least(folder: Path) -> None:
    path = folder / "sample.yaml"
    result = CliRunner().invoke(app, ["coverage", str(path)])
    assert result.exit_code == 0
    assert result.output.startswith("sample: 1 cases reach 4 of 10 rules and bands, and try 0 of")
    assert f"  {path}:26: no case: table share: 99% ≤ … < 99.9%\n" in result.output
    assert CliRunner().invoke(app, ["coverage", str(path), "--least", "40"]).exit_code == 0
    assert CliRunner().invoke(app, ["coverage", str(path), "--least", "41"]).exit_code == 1
    assert CliRunner().invoke(app, ["coverage", str(path), "--least-edges", "1"]).exit_code == 1


def test_cases_are_run_and_their_coverage_told_in_one_command(folder: Path) -> None:
    path = str(folder / "sample.yaml")
    result = CliRunner().invoke(app, ["test", path, "--coverage"])
    assert result.exit_code == 0
    assert "1 cases, 0 failed\nsample: 1 cases reach 4 of 10" in result.output
    assert CliRunner().invoke(app, ["test", path, "--least", "100"]).exit_code == 1


def test_a_policy_without_cases_has_no_coverage(folder: Path) -> None:
    (folder / "sample.cases.yaml").unlink()
    with pytest.raises(BadInput, match="unreadable"):
        cover_file(folder / "sample.yaml")
