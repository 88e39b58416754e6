"""Lints a policy: reads it, collects what is refused, and looks for everything else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ristoro.kernel import documents
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.lint import (
    allowed,
    amounts,
    bands,
    consents,
    measures,
    order,
    payment,
    states,
    texts,
    unused,
)
from ristoro.remedies.authoring.lint.beside import NOTHING, Beside, in_cases
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Finding, refused
from ristoro.remedies.authoring.lint.refusals import collect

FAMILIES = (bands, order, states, consents, amounts, measures, payment, texts, unused)


def lint_file(path: Path, beside: Beside = NOTHING) -> list[Finding]:
    """Every finding in a policy's file, in order of place, with what its cases tell."""
    cases = path.with_name(f"{path.stem}.cases.yaml")
    return lint(documents.read_raw(path), str(path), beside.and_(in_cases(cases)))


def lint(raw: bytes, name: str, beside: Beside = NOTHING) -> list[Finding]:
    """Every finding in a policy's text; ``name`` is the file named in them."""
    try:
        tree = documents.read_bytes(raw, name)
    except BadInput as error:
        return [refused(problem, name) for problem in error.problems]
    departs, refusals = allowed.departures(tree)
    collected = collect(tree, hashlib.sha256(raw).hexdigest())
    refusals.extend(refused(problem, name) for problem in collected.problems)
    own: list[Finding] = []
    if collected.policy is not None and collected.checked is not None:
        desk = Desk(tree, collected.policy, collected.checked, not collected.problems, beside)
        for family in FAMILIES:
            own.extend(family.find(desk))
        own = allowed.without(own, departs)
    return sorted(_once(refusals, own), key=lambda finding: finding.order)


def _once(refusals: list[Finding], own: list[Finding]) -> dict[Finding, None]:
    """All of them, in the linter's own words where the checker says the same of one place."""
    told = {(finding.code, finding.place.line, finding.place.column) for finding in own}
    kept = [
        each for each in refusals if (each.code, each.place.line, each.place.column) not in told
    ]
    return dict.fromkeys([*kept, *own])
