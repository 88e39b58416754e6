"""The cases beside policies hold, and what does not hold is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ristoro.cli.policy import app
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.cases import policy_files, run_policy

POLICIES = Path(__file__).parents[2] / "policies"
JANUARY = POLICIES / "libero-virgilio-2023-01.yaml"


@pytest.mark.parametrize("path", policy_files([POLICIES]), ids=lambda path: path.stem)
def test_every_case_of_a_published_policy_holds(path: Path) -> None:
    count, failures = run_policy(path)
    assert count > 0
    assert [str(failure) for failure in failures] == []


def test_a_case_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / JANUARY.name).write_text(JANUARY.read_text())
    cases = (POLICIES / f"{JANUARY.stem}.cases.yaml").read_text()
    outages = str((POLICIES.parent / "outages").resolve())
    wrong = cases.replace("../outages", outages).replace(
        "owed: 644245095 bytes, target", "owed: 1 GiB, target"
    )
    (tmp_path / f"{JANUARY.stem}.cases.yaml").write_text(wrong)
    result = CliRunner().invoke(app, ["test", str(tmp_path)])
    assert result.exit_code == 1
    assert "LI-2: ristoro: amount is 644245095, expected 1073741824" in result.output
    assert result.output.strip().endswith(" cases, 1 failed")


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no-policy"):
        policy_files([tmp_path])
