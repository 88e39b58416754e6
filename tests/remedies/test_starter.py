"""A new policy passes its own cases, says what it leaves open, and is written over nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.remedies.mutants import mutants
from tests.remedies.plain_yaml import load
from tests.remedies.test_mutations import killed, subject
from tests.remedies.test_schema import checker
from typer.testing import CliRunner

from ristoro.cli.policy import app
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.cases import run_policy
from ristoro.remedies.authoring.coverage import cover_file
from ristoro.remedies.authoring.starter import Start, write_start

EQUIVALENT = {
    Start.SERVICE_CREDIT: {
        "tables.credit_share.0.gives 100%+",  # the cap takes off what is over the fee
        "remedies.service-credit.rules.below-target.result.at_most.0 gone",  # it is never over
    },
}
"""Mutants of a start that no case can tell from it."""


@pytest.fixture(params=Start, ids=lambda kind: kind.value)
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A new policy of each kind."""
    policy, _ = write_start("a-new-one", request.param, tmp_path / "policies")
    return policy


def test_a_new_policy_passes_its_cases_and_they_reach_all_of_it(start: Path) -> None:
    count, failures = run_policy(start)
    assert count > 5
    assert failures == []
    coverage = cover_file(start)
    assert coverage.policy == "a-new-one"
    assert coverage.fulfils(100, 100)


def test_a_new_policy_is_linted_without_a_finding(start: Path) -> None:
    result = CliRunner().invoke(app, ["lint", str(start)])
    assert result.exit_code == 0, result.output


def test_a_new_policy_fits_its_schema_and_tells_editors_so(start: Path) -> None:
    for path, name in ((start, "policy"), (start.with_name("a-new-one.cases.yaml"), "cases")):
        first = path.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../schemas/{name}.schema.json"
        assert list(checker(f"{name}.schema.json").iter_errors(load(path))) == []


@pytest.mark.parametrize("kind", Start)
def test_every_mutant_of_a_start_fails_one_of_its_cases(kind: Start, tmp_path: Path) -> None:
    path, _ = write_start(kind.value, kind, tmp_path)
    cases = list(subject(path).cases)
    survivors = {one.name for one in mutants(subject(path).policy) if not killed(one, cases)}
    assert survivors == EQUIVALENT.get(kind, set())


def test_a_new_policy_says_where_a_choice_is_the_authors(start: Path) -> None:
    assert len(re.findall(r"^ *# CHANGE: ", start.read_text("utf-8"), re.M)) >= 6


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    words = ["new", "credit-2026", "--kind", "storage", "--folder", str(tmp_path)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert f"Next: mend what follows CHANGE, then `ristoro policy test {tmp_path}" in result.output


@pytest.mark.parametrize("there", ["mine.yaml", "mine.cases.yaml"])
def test_nothing_is_written_over(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="exists-already"):
        write_start("mine", Start.STORAGE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "Mine", "../mine", "my policy", "mine.yaml"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="bad-name"):
        write_start(name, Start.STORAGE, tmp_path)
    assert list(tmp_path.iterdir()) == []
