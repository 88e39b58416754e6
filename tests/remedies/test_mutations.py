"""A policy with one edge, rounding, cap or number changed fails a case that stands beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.remedies.mutants import Mutant, mutants

from ristoro.kernel.documents import read_file
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.case_files import Case, read_cases
from ristoro.remedies.authoring.cases import (
    known_of_case,
    outcomes_of_case,
    policy_files,
    setting_of,
)
from ristoro.remedies.language.check import check
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.read import read_policy

POLICIES = Path(__file__).parents[2] / "policies"
EQUIVALENT = Path(__file__).parent / "equivalent_mutants.yaml"
"""By policy and mutant: why no case can tell it from the policy."""


@dataclass(frozen=True)
class Subject:
    """A policy with its cases, read once."""

    policy: Policy
    cases: tuple[Case, ...]


@cache
def subject(path: Path) -> Subject:
    policy = read_policy(path)
    return Subject(policy, read_cases(path.with_name(f"{path.stem}.cases.yaml"), policy))


@cache
def equivalent() -> dict[str, dict[str, str]]:
    told = read_file(EQUIVALENT).mapping().items()
    return {
        policy: {name: reason.as_text() for name, reason in (found.entries or {}).items()}
        for policy, found in told
    }


def killed(mutant: Mutant, cases: list[Case]) -> bool:
    """Whether some case notices; what notices goes to the front, for it is likely to again."""
    try:
        checked = check(mutant.policy)
    except BadInput:
        return True  # it is no policy at all
    for at, case in enumerate(cases):
        try:
            bound = setting_of(checked, case)
            known = known_of_case(checked, case, bound)
        except BadInput:
            found = True  # no amount is in force any more
        else:
            outcomes = outcomes_of_case(checked, case, bound, known)
            found = any(known[name] != number.value for name, number in case.measures.items())
            found = found or any(
                asdict(outcomes[expected.remedy])[field] != wanted
                for expected in case.expected
                for field, wanted in expected.fields.items()
            )
        if found:
            cases.insert(0, cases.pop(at))
            return True
    return False


@pytest.mark.parametrize("path", policy_files([POLICIES]), ids=lambda path: path.stem)
def test_every_mutant_of_a_policy_fails_one_of_its_cases(path: Path) -> None:
    known = equivalent().get(path.stem, {})
    cases = list(subject(path).cases)
    found = list(mutants(subject(path).policy))
    survivors = {mutant.name for mutant in found if not killed(mutant, cases)}
    missing = sorted(survivors - known.keys())
    assert not missing, f"{len(missing)} of {len(found)} mutants: add cases that tell them apart"
    assert not known.keys() - survivors, "listed as equivalent, and a case tells them apart"


def test_equivalent_mutants_are_of_policies_that_there_are() -> None:
    assert equivalent().keys() <= {path.stem for path in policy_files([POLICIES])}
    for found in equivalent().values():
        assert all(len(reason.split()) > 3 for reason in found.values())
