"""A policy examined with its cases: findings, every case with its explanation, and what they reach.

What comes of it is plain data, to be kept under the digests of the two texts and shown on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.case_files import Case, read_cases
from ristoro.remedies.authoring.cases import (
    known_beside,
    known_of_case,
    run_case,
    setting_of,
)
from ristoro.remedies.authoring.coverage import cover
from ristoro.remedies.authoring.lint.lint import lint_file
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.explaining.telling import tell
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.find import OneOf
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked

LANGUAGES = ("it", "en")
FORM = 1
"""Of the data: another one is examined again."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CaseInputs:
    """What a case's mailbox is judged under."""

    checked: Checked
    bound: Setting
    policy_text: str
    policy_name: str


def examine(path: Path, declared: Path, progress: Progress = lambda done: None) -> dict[str, Any]:
    """Examine a policy with the cases beside it, if there are any; ``progress`` counts cases.

    ``declared`` is the folder of the outages that cases may name. ``BadInput`` where a text
    cannot be read.
    """
    checked = load_policy(path)
    named = {"file": f"{checked.policy.name}.yaml"}
    findings = [{**finding.as_fields(), **named} for finding in lint_file(path)]
    file = path.with_name(f"{path.stem}.cases.yaml")
    cases = read_cases(file, checked.policy, declared) if file.exists() else ()
    text = path.read_text(encoding="utf-8-sig")
    with frames.connect(frames.Limits(threads=1)) as con:
        told = [_examined(checked, case, text, con, progress) for case in cases]
    return {
        "form": FORM,
        "findings": findings,
        "cases": told,
        **(_reached(checked, cases) if cases else {"bands": [], "edges": []}),
    }


def cases_beside(path: Path, declared: Path) -> int:
    """How many cases stand beside a policy."""
    file = path.with_name(f"{path.stem}.cases.yaml")
    return len(read_cases(file, load_policy(path).policy, declared)) if file.exists() else 0


def _examined(
    checked: Checked,
    case: Case,
    text: str,
    con: duckdb.DuckDBPyConnection,
    progress: Progress,
) -> dict[str, Any]:
    try:
        failures = [failure.what for failure in run_case(checked, case, con)]
        told = _explained(checked, case, text)
    except BadInput as error:
        failures, told = [str(problem) for problem in error.problems], {}
    progress(1)
    return {
        "name": case.name,
        "line": case.place.place.line,
        "failures": failures,
        "told": told,
    }


def _explained(checked: Checked, case: Case, text: str) -> Mapping[str, list[list[str]]]:
    """The explanation of each remedy of which the case expects something, by language."""
    bound = setting_of(checked, case)
    known = known_of_case(checked, case, bound)
    row, policy = case.rows[0], checked.policy
    one = OneOf(
        CaseInputs(checked, bound, text, f"{policy.name}.yaml"),
        row,
        case.inputs,
        known,
        known_beside(checked, case, bound),
        {each["mailbox_id"]: each["address"] for each in case.rows},
        {},
    )
    expected = {each.remedy for each in case.expected}
    remedies = [remedy for remedy in checked.remedies if remedy.name in expected]
    return {
        lang: [
            list(tell(remedy, one, Speaker(lang, policy.currency, policy.zone)).lines)
            for remedy in remedies
        ]
        for lang in LANGUAGES
    }


def _reached(checked: Checked, cases: tuple[Case, ...]) -> dict[str, Any]:
    found = cover(checked, cases)
    return {
        "bands": [
            {"what": band.what, "line": band.place.line, "cases": list(band.cases)}
            for band in found.bands
        ],
        "edges": [
            {
                "what": edge.what,
                "line": edge.place.line,
                "tried": edge.tried,
                "on": edge.on,
                "beside": edge.beside,
            }
            for edge in found.edges
        ],
    }
