"""Runs: where they stand, and a person's word on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ristoro.errands import entering
from ristoro.errands.places import shelves
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Digest, Figures, Instant, Line, Nothing, Shape
from ristoro.remedies import approving, looking, runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.workers import errands as work
from ristoro.workers.books import open_books

part = Part("runs", "Decisions that were entered, to be approved by a second person and acted on.")


class RunLine(Shape):
    """A run, and where it stands."""

    name: str
    state: str
    paused: bool
    approval_total: str
    entered_by: str
    entered_at: Instant
    approved_by: str | None
    approved_at: Instant | None
    acts_from: Annotated[
        Instant | None, Field(description="Until then an approved run waits, to be cancelled.")
    ]
    published_at: Instant | None
    closed_at: Instant | None


class RunShown(RunLine):
    """A run with the digests of its inputs and its totals."""

    snapshot: Digest
    outage: Digest
    policy: Digest
    outcomes: Digest
    totals: Figures


class Runs(Shape):
    """A part of the list, the newest first."""

    items: list[RunLine]
    next: str | None


class Entry(Shape):
    """What is entered: the folder of a decision, by its digest."""

    decision: Digest
    despite: Annotated[
        Digest | None,
        Field(description="A newer snapshot that makes no difference, by its digest."),
    ] = None
    reason: Annotated[Line | None, Field(description="Why it makes none.")] = None


class Approval(Shape):
    """The one word on a run that gives: its total, retyped."""

    total: Line


class Reason(Shape):
    """Why."""

    reason: Line


class Rate(Shape):
    """Letters a second, of all workers together."""

    per_second: Annotated[int | None, Field(ge=1, le=1_000_000)]


class Mailbox(Shape):
    """Which mailbox is looked at. In the body: addresses stand in no log."""

    address: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^\S+@\S+$")]
    language: Literal["it", "en"] = "en"


class Explained(Shape):
    """What a mailbox was decided to get, and why, for machines and in sentences."""

    explanation: Figures
    text: str


@part.get("runs", takes=After, gives=Runs)
def list_runs(call: Call[After]) -> Runs:
    """List the runs, the newest first."""
    items, later = numbered(Run.objects.order_by("-pk"), call.given, newest_first=True)
    return Runs(items=[RunLine.model_validate(_line(one)) for one in items], next=later)


@part.post("runs", Role.OPERATOR, takes=Entry, gives=ErrandShown, status=202, leads=LEADS)
def enter_run(call: Call[Entry]) -> Made:
    """Enter a decision as a run, to be approved by somebody else.

    A long work: its result names the run. Whoever asks, and whoever had it decided, can never
    approve it.
    """
    given = call.given
    errand = entering.ask_enter(
        given.decision,
        call.person,
        call.errand_key,
        call.at,
        given.despite or "",
        given.reason or "",
    )
    return asked(errand)


@part.get("runs/{name}", gives=RunShown)
def get_run(call: Call[Nothing]) -> RunShown:
    """Show a run."""
    return shown(runs.named(call.path["name"]))


@part.post("runs/{name}/approve", Role.APPROVER, takes=Approval, gives=RunShown, code=True,
           whole=False)  # fmt: skip
def approve_run(call: Call[Approval]) -> RunShown:
    """Approve a run by retyping its total.

    The person's present code stands beside the token, for a token alone never gives. Nobody
    approves what they decided or entered. The run waits until `acts_from`.
    """
    run = runs.named(call.path["name"])
    return shown(approving.approve(run, call.person, call.given.total, call.at))


@part.post("runs/{name}/cancel", Role.OPERATOR, Role.APPROVER, takes=Reason, gives=RunShown)
def cancel_run(call: Call[Reason]) -> RunShown:
    """Cancel a run that has not begun to act."""
    run = runs.named(call.path["name"])
    return shown(runs.cancel(run, call.person, call.given.reason, call.at))


@part.post("runs/{name}/begin", Role.OPERATOR, gives=RunShown, whole=False)
def begin_run(call: Call[Nothing]) -> RunShown:
    """Let workers act on an approved run whose page of facts is public.

    Refused while its approval waits, and where an input has changed since in what matters to it.
    """
    run = runs.named(call.path["name"])
    return shown(runs.begin(run, call.at, call.person, shelves(), open_books))


@part.post("runs/{name}/rate", Role.OPERATOR, takes=Rate, gives=RunShown)
def set_rate(call: Call[Rate]) -> RunShown:
    """Let all workers together send at most so many letters a second; null: as many as can."""
    run = runs.named(call.path["name"])
    return shown(runs.set_rate(run, call.given.per_second, call.at, call.person))


@part.post("runs/{name}/pause", Role.OPERATOR, gives=RunShown)
def pause_run(call: Call[Nothing]) -> RunShown:
    """Let no worker begin another chunk; chunks that are begun are finished."""
    return shown(runs.pause(runs.named(call.path["name"]), call.person, call.at))


@part.post("runs/{name}/resume", Role.OPERATOR, gives=RunShown)
def resume_run(call: Call[Nothing]) -> RunShown:
    """Let the workers of a paused run go on."""
    return shown(runs.resume(runs.named(call.path["name"]), call.person, call.at))


@part.post("runs/{name}/explain", *looking.LOOKERS, takes=Mailbox, gives=Explained, keyed=False)
def explain_mailbox(call: Call[Mailbox]) -> Explained:
    """Explain what one mailbox was decided to get, and why.

    The look is in the journal before it is answered. It needs no key: it changes nothing else.
    """
    run = runs.named(call.path["name"])
    told = looking.look(
        Path(run.directory),
        f"run {run.pk}",
        call.given.address,
        call.given.language,
        call.person,
        call.at,
    )
    return Explained(explanation=told.as_dict(), text=told.text())


@part.post("runs/{name}/prove", Role.OPERATOR, Role.APPROVER, Role.AUDITOR, gives=ErrandShown,
           status=202, leads=LEADS)  # fmt: skip
def prove_run(call: Call[Nothing]) -> Made:
    """Decide a run again from its inputs and compare, row by row: a long work."""
    params = {"run": runs.named(call.path["name"]).name}
    return asked(work.ask(entering.PROVE, params, call.person, call.errand_key, call.at))


def _line(run: Run) -> dict[str, object]:
    return {
        "name": run.name,
        "state": RunState(run.state).name.lower(),
        "paused": run.paused,
        "approval_total": run.approval_total,
        "entered_by": run.entered_by,
        "entered_at": run.entered_at,
        "approved_by": run.approved_by or None,
        "approved_at": run.approved_at,
        "acts_from": run.acts_from,
        "published_at": run.published_at,
        "closed_at": run.closed_at,
    }


def shown(run: Run) -> RunShown:
    """A run as it is answered."""
    return RunShown.model_validate(
        {
            **_line(run),
            "snapshot": run.snapshot_digest,
            "outage": run.outage_digest,
            "policy": run.policy_digest,
            "outcomes": run.outcomes_digest,
            "totals": run.totals,
        }
    )
