"""Every case beside a policy holds for the plain reading of the language too."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.remedies.oracle import case_files, happened, persons
from tests.remedies.oracle.judge import GIVES, Judge, Outcome

POLICIES = sorted(
    path.with_name(path.name.replace(".cases", ""))
    for path in (Path(__file__).parents[2] / "policies").glob("*.cases.yaml")
)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_cases_hold_for_the_plain_reading(path: Path) -> None:
    policy = happened.load(path)
    told_cases = case_files.read(path.with_name(f"{path.stem}.cases.yaml"), policy)
    for told in told_cases:
        judge = Judge(policy, told.happened, told.case)
        own = told.case.mailbox["mailbox_id"]
        facts = {own: told.case.inputs}
        by_person = any(
            word in remedy for remedy in policy["remedies"] for word in persons.BY_PERSON
        )
        decided = persons.decide(
            policy, told.happened, told.case.estate, facts, told.case.today,
            None if by_person else [told.case.mailbox],
        )  # fmt: skip
        outcomes = {name: one for (name, mailbox_id), one in decided.items() if mailbox_id == own}
        for name, wanted in told.expect.items():
            for field, text in wanted.items():
                _holds(f"{told.name}: {name}", outcomes[name], field, text)
        for name, text in told.measures.items():
            assert judge.look_up(name) == judge.value(text), f"{told.name}: {name}"


def _holds(where: str, outcome: Outcome, field: str, text: str) -> None:
    if field == "owed":
        wanted = 0 if text == "nothing" else case_files.whole(text)
        assert outcome.amount == wanted, f"{where} gives {outcome}, not {text}"
        if text != "nothing":
            units = {unit: kind for _, unit, kind in GIVES.values()}
            assert case_files.constant(text).unit == units[outcome.unit], where
        return
    if field == "target":
        text = str(case_files.whole(text))
    assert str(getattr(outcome, field)) == text, f"{where}: {field} of {outcome} is not {text}"
