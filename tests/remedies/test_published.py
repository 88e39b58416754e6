"""Each published case stands beside its policy by its own name, and holes in bands are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ristoro.kernel.documents import read_file
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.case_files import read_cases
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.authoring.lint.lint import lint_file
from ristoro.remedies.language.check import load_policy

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"
FAULTY = HERE / "faulty-published"
LEAST_CASES = 100
NAMED = {
    "agcom-347-18": ("AG", 10),
    "ofcom-automatic-compensation": ("OF", 6),
    "google-workspace": ("GW", 8),
    "microsoft-365": ("MS", 6),
    "aws-workmail": ("AW", 4),
    "proton": ("PR", 4),
    "mailafiniti": ("MA", 4),
    "intermedia-exchange": ("IN", 2),
    "att-guarantee": ("AT", 7),
    "pec-dm-2005": ("PE", 3),
    "libero-virgilio-2023-01": ("LI", 10),
}
"""The published cases: the policy that they belong to, and how many there are."""
PUBLISHED = [
    pytest.param(policy, f"{letters}-{number}", id=f"{letters}-{number}")
    for policy, (letters, count) in NAMED.items()
    for number in range(1, count + 1)
]


def _names(policy: str) -> list[str]:
    path = POLICIES / f"{policy}.yaml"
    beside = path.with_name(f"{policy}.cases.yaml")
    return [case.name for case in read_cases(beside, load_policy(path).policy)]


@pytest.fixture(scope="module")
def names() -> dict[str, list[str]]:
    return {path.stem: _names(path.stem) for path in policy_files([POLICIES])}


@pytest.mark.parametrize(("policy", "case"), PUBLISHED)
def test_each_published_case_stands_by_its_name(
    names: dict[str, list[str]], policy: str, case: str
) -> None:
    assert [name for name in names[policy] if name.split(" ")[0] == case]


def test_a_gap_between_losses_is_told_in_both_readings(names: dict[str, list[str]]) -> None:
    told = [name for name in names["intermedia-exchange"] if name.startswith("IN-2")]
    assert [name for name in told if "all 350 seconds" in name]
    assert [name for name in told if "only the 50 seconds over" in name]


def test_there_are_at_least_a_hundred_cases(names: dict[str, list[str]]) -> None:
    assert sum(len(cases) for cases in names.values()) >= LEAST_CASES


@pytest.mark.parametrize("path", policy_files([POLICIES]), ids=lambda path: path.stem)
def test_every_policy_begins_by_saying_what_was_read(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert read_file(path).mapping()["references"].mapping()


def test_the_page_of_policies_names_each_of_them() -> None:
    page = (HERE.parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| `([a-z0-9-]+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in policy_files([POLICIES]))


@pytest.mark.parametrize("path", sorted(FAULTY.glob("*.yaml")), ids=lambda path: path.stem)
def test_published_bands_with_holes_are_refused(path: Path) -> None:
    with pytest.raises(BadInput, match="tier-gap"):
        load_policy(path)
    assert (POLICIES / path.name).exists()


@pytest.mark.parametrize(
    ("name", "holes"),
    [
        ("mailafiniti", ["94.99", "98.99", "99.89"]),
        ("intermedia-exchange", ["89.9", "94.9", "97.99", "98.99"]),
    ],
)
def test_the_linter_tells_every_hole_of_published_bands(name: str, holes: list[str]) -> None:
    path = FAULTY / f"{name}.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    gaps = [finding for finding in lint_file(path) if finding.code == "tier-gap"]
    for finding, hole in zip(gaps, holes, strict=True):
        assert f"over {hole} percent" in finding.what
        assert finding.place.line is not None
        assert f"to: {hole} percent" in lines[finding.place.line - 2]
