"""Policies: who is owed what, as texts that are never edited, with what the linter finds."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from ristoro.errands import policies as work
from ristoro.errands.places import below, shelves
from ristoro.errands.places import policies as folder
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Leads, Made, Part
from ristoro.faces.api.paging import keyed
from ristoro.faces.api.shapes import After, Digest, Fault, Figures, Nothing, Place, Shape, Text
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies.authoring.lint.findings import Finding
from ristoro.remedies.authoring.lint.lint import lint_file
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Policy
from ristoro.staff.models import Role

part = Part("policies", "Policies, each a text that is never edited: a new version follows.")
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE)
PolicyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
SUFFIX = ".yaml"
ENTERED: Leads = {name: {"policy": "/policy"} for name in ("get_policy", "lint_policy")}


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


class PolicyText(Shape):
    """A policy as YAML (`docs/policy-language.md`), and its cases, if it has any."""

    text: Text
    cases: Annotated[str, StringConstraints(max_length=500_000, pattern=r"^[^\x00]*$")] = ""


class Cases(Shape):
    """What an examination of a policy found with its cases."""

    policy: str
    examined: Figures


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


@part.post("policies", Role.OPERATOR, takes=PolicyText, gives=PolicyShown, status=201,
           leads=ENTERED)  # fmt: skip
def enter_policy(call: Call[PolicyText]) -> Made:
    """Enter a policy with its cases; nothing of it is kept where either is wrong.

    It is called by its digest. The same policy again, with other cases, has those from now on.
    """
    given = call.given
    digest = work.enter(given.text.encode(), given.cases.encode(), call.person, call.at)
    return Made(_shown(digest), f"policies/{digest}")


@part.get("policies/{policy}", *LOOKERS, gives=PolicyShown, lasting=True)
def get_policy(call: Call[Nothing]) -> PolicyShown:
    """Show a policy with its text, which never changes."""
    return _shown(call.path["policy"])


@part.get("policies/{policy}/findings", *LOOKERS, gives=Findings)
def lint_policy(call: Call[Nothing]) -> Findings:
    """Show what the linter finds in a policy: gaps, contradictions, what no rule reaches."""
    path = below(folder(), call.path["policy"] + SUFFIX)
    found = [_fault(one) for one in lint_file(path)]
    return Findings(policy=call.path["policy"], findings=found)


@part.post("policies/{policy}/examine", Role.OPERATOR, gives=ErrandShown, status=202, leads=LEADS)
def examine_policy(call: Call[Nothing]) -> Made:
    """Run a policy's cases through both evaluators, and see what they reach: a long work."""
    file = call.path["policy"] + SUFFIX
    return asked(work.ask_examine(file, call.person, call.errand_key, call.at))


@part.get("policies/{policy}/cases", *LOOKERS, gives=Cases)
def get_cases(call: Call[Nothing]) -> Cases:
    """Show what the last examination found: each case with its explanation, and what failed."""
    called = call.path["policy"]
    below(folder(), called + SUFFIX)
    found = work.report(called + SUFFIX)
    if found is None:
        raise Missing(
            Problem(
                "not-examined",
                f"the policy {called} was not examined with its present cases",
                "running them is a work of its own",
                "ask for it by `examine`",
            )
        )
    return Cases(policy=called, examined=found)


def _shown(called: str) -> PolicyShown:
    path = below(folder(), called + SUFFIX)
    line = _line(called, load_policy(path).policy)
    return PolicyShown.model_validate({**line, "text": path.read_text(encoding="utf-8-sig")})


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
