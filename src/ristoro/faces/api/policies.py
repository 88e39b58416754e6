"""Policies: who is owed what, as texts that are never edited, with what the linter finds."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from ristoro.errands.places import below, shelves
from ristoro.errands.places import policies as folder
from ristoro.faces.api.operations import Call, Part
from ristoro.faces.api.paging import keyed
from ristoro.faces.api.shapes import After, Digest, Fault, Nothing, Place, Shape
from ristoro.remedies.authoring.lint.findings import Finding
from ristoro.remedies.authoring.lint.lint import lint_file
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Policy
from ristoro.staff.models import Role

part = Part("policies", "Policies, each a text that is never edited: a new version follows.")
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE)
PolicyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
SUFFIX = ".yaml"


class Titles(Shape):
    """A title in both languages."""

    it: str
    en: str


class PolicyLine(Shape):
    """A policy; ``policy`` is what it is called here."""

    policy: str
    name: str
    version: int
    digest: Digest
    title: Titles
    currency: str
    zone: str


class PolicyShown(PolicyLine):
    """A policy with its text, byte for byte."""

    text: str


class Policies(Shape):
    """A part of the list, by name, the last version of each first."""

    items: list[PolicyLine]
    next: str | None


class Findings(Shape):
    """What the linter finds in a policy."""

    policy: str
    findings: list[Fault]


@part.get("policies", *LOOKERS, takes=After, gives=Policies)
def list_policies(call: Call[After]) -> Policies:
    """List the policies that can be decided by, by name, the last version of each first."""
    kept = [(one.file.removesuffix(SUFFIX), one) for one in shelves().policies_kept()]
    items, later = keyed(kept, call.given)
    lines = [_line(one.file.removesuffix(SUFFIX), one.policy) for one in items]
    return Policies(items=[PolicyLine.model_validate(one) for one in lines], next=later)


@part.get("policies/{policy}", *LOOKERS, gives=PolicyShown, lasting=True)
def get_policy(call: Call[Nothing]) -> PolicyShown:
    """Show a policy with its text, which never changes."""
    path = below(folder(), call.path["policy"] + SUFFIX)
    line = _line(call.path["policy"], load_policy(path).policy)
    return PolicyShown.model_validate({**line, "text": path.read_text(encoding="utf-8-sig")})


@part.get("policies/{policy}/findings", *LOOKERS, gives=Findings)
def lint_policy(call: Call[Nothing]) -> Findings:
    """Show what the linter finds in a policy: gaps, contradictions, what no rule reaches."""
    path = below(folder(), call.path["policy"] + SUFFIX)
    found = [_fault(one) for one in lint_file(path)]
    return Findings(policy=call.path["policy"], findings=found)


def _line(called: str, policy: Policy) -> dict[str, object]:
    return {
        "policy": called,
        "name": policy.name,
        "version": policy.version,
        "digest": policy.digest,
        "title": dict(policy.title),
        "currency": policy.currency,
        "zone": policy.zone.key,
    }


def _fault(finding: Finding) -> Fault:
    place = finding.place
    return Fault(
        code=finding.code,
        what=finding.what,
        why=finding.why,
        do=finding.todo,
        place=Place(file="policy", line=place.line, column=place.column),
    )
