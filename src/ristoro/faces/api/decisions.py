"""Decisions: a policy decided over an estate and an outage, frozen, compared, proved."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ristoro.errands import decisions as work
from ristoro.errands.places import below, decisions, estates
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part
from ristoro.faces.api.paging import keyed
from ristoro.faces.api.policies import SUFFIX, PolicyId
from ristoro.faces.api.shapes import After, Digest, Figures, Instant, Nothing, Shape
from ristoro.kernel.errors import BadInput
from ristoro.remedies.folder import preview
from ristoro.remedies.folder.run_folder import read_record
from ristoro.staff.models import Role

part = Part("decisions", "What a policy gives to whom, decided and frozen before anybody acts.")
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE)
OutageName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class Choice(Shape):
    """What to decide: an estate, a version of an outage, and a policy."""

    estate: Annotated[Digest, Field(description="A snapshot, by its digest.")]
    outage: OutageName
    version: Annotated[int, Field(ge=1, le=100_000)]
    policy: PolicyId
    until: Annotated[
        Instant | None, Field(description="Of an outage that goes on: until when to count.")
    ] = None


class Against(Shape):
    """The policy to hold a decision against."""

    policy: PolicyId


class DecisionLine(Shape):
    """A decision, named by the digest of its inputs and outcomes together."""

    decision: Digest
    estate: Digest
    outage: str
    outage_digest: Digest
    policy: str
    policy_version: int | None
    day: date
    outcomes: Digest


class DecisionShown(DecisionLine):
    """A decision with its totals: the very figures that a run of it gives."""

    approval_total: str
    totals: Figures
    figures: Annotated[Figures | None, Field(description="By remedy, plan and brand, if drawn.")]


class Decisions(Shape):
    """A part of the list, the newest first."""

    items: list[DecisionLine]
    next: str | None


@part.get("decisions", *LOOKERS, takes=After, gives=Decisions)
def list_decisions(call: Call[After]) -> Decisions:
    """List the decisions, the newest first."""
    items, later = keyed([(path.name, path) for path in _folders()], call.given)
    lines = [line for path in items if (line := _maybe(path)) is not None]
    return Decisions(items=lines, next=later)


@part.post("decisions", Role.OPERATOR, takes=Choice, gives=ErrandShown, status=202, leads=LEADS)
def decide(call: Call[Choice]) -> Made:
    """Decide: a long work, whose result names the decision by its `folder`."""
    given = call.given
    choice = work.Choice(
        f"{given.estate}.parquet", given.outage, given.version, given.policy + SUFFIX, given.until
    )
    below(estates(), choice.snapshot)
    return asked(work.ask_decide(choice, call.person, call.errand_key, call.at))


@part.get("decisions/{digest}", *LOOKERS, gives=DecisionShown, lasting=True)
def get_decision(call: Call[Nothing]) -> DecisionShown:
    """Show a decision with its totals, which never change."""
    found = preview.read(below(decisions(), call.path["digest"]))
    drawn = found.drawn
    return DecisionShown(
        **dict(_line(found.folder, found.record)),
        approval_total=str(found.totals["approval_total"]),
        totals=found.totals,
        figures=None if drawn is None else drawn["figures"],
    )


@part.post("decisions/{digest}/compare", Role.OPERATOR, takes=Against, gives=ErrandShown,
           status=202, leads=LEADS)  # fmt: skip
def compare_decision(call: Call[Against]) -> Made:
    """Hold a decision against another policy, mailbox by mailbox: a long work."""
    folder = call.path["digest"]
    errand = work.ask_compare(
        folder, call.given.policy + SUFFIX, call.person, call.errand_key, call.at
    )
    return asked(errand)


@part.post("decisions/{digest}/prove", *work.PROVERS, gives=ErrandShown, status=202, leads=LEADS)
def prove_decision(call: Call[Nothing]) -> Made:
    """Read a decision's files whole and decide it again: a long work."""
    return asked(work.ask_check(call.path["digest"], call.person, call.errand_key, call.at))


def _folders() -> list[Path]:
    if not decisions().is_dir():
        return []
    found = [path for path in decisions().iterdir() if not path.name.startswith(".")]
    return sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))


def _maybe(folder: Path) -> DecisionLine | None:
    try:
        return _line(folder, read_record(folder))
    except BadInput:
        return None  # not one of ours: whoever asks for it by name is told why


def _line(folder: Path, record: Any) -> DecisionLine:
    return DecisionLine(
        decision=folder.name,
        estate=record["snapshot_digest"],
        outage=str(record.get("outage_name", "")),
        outage_digest=record["outage_digest"],
        policy=str(record.get("policy_name", "")),
        policy_version=record.get("policy_version"),
        day=date.fromisoformat(record["today"]),
        outcomes=record["outcomes_digest"],
    )
