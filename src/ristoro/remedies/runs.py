"""Runs in the database: entered, approved by a second person, begun, paused, closed.

Every change is a compare-and-set on the state by ``models.MOVES`` and an entry of the journal in
the same transaction. ``approve`` is the only way to APPROVED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.journal import names
from ristoro.kernel.errors import Missing, NotAllowed, Problem, nearest
from ristoro.kernel.keys import BUCKET_SHIFT, RUN_SHIFT
from ristoro.remedies import hands, news, setting_aside
from ristoro.remedies.approving import approve as approve
from ristoro.remedies.approving import refuse_waiting
from ristoro.remedies.decided import Decided as Decided
from ristoro.remedies.decided import check_outcomes as check_outcomes
from ristoro.remedies.decided import incomplete
from ristoro.remedies.decided import read_decided as read_decided
from ristoro.remedies.models import Part, Run, RunState
from ristoro.remedies.shelves import Shelves
from ristoro.remedies.steps import journal, move
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_RUNS = 1 << (BUCKET_SHIFT - RUN_SHIFT)
"""Run ids stay below this, so that they fit into row ids."""

Begun = Callable[[Run, datetime], object]
"""What is done in the transaction in which a run begins."""


def enter(directory: Path, person: Person, at: datetime, decided_by: Sequence[Person] = ()) -> Run:
    """Enter a decided run, to be loaded; its name comes from its outcomes.

    ``decided_by`` are those who asked for the decision, where that is known: like whoever enters
    it, they can never approve it.
    ``NotAllowed`` unless the person is an operator, or when the same outcomes were entered before
    and not cancelled; ``BadInput`` when the outcomes are not those that were decided.
    """
    people.require(person, Role.OPERATOR)
    decided = read_decided(directory)
    check_outcomes(decided.outcomes, decided.outcomes_digest)
    with transaction.atomic():
        run = Run.objects.create(
            name=_free_name(decided),
            directory=str(decided.directory),
            snapshot_digest=decided.snapshot_digest,
            outage_digest=decided.outage_digest,
            policy_digest=decided.policy_digest,
            outcomes_digest=decided.outcomes_digest,
            totals=decided.totals,
            approval_total=decided.approval_total,
            state=RunState.LOADING,
            entered_by=person.name,
            entered_by_id=person.id,
            entered_at=at,
        )
        for one in decided_by:
            hands.add(run, Part.DECIDED, one, at)
        hands.add(run, Part.ENTERED, person, at)
        if run.pk >= MOST_RUNS:
            raise NotAllowed(
                Problem(
                    "runs-full",
                    f"there have been {MOST_RUNS} runs",
                    "run numbers are part of row ids, and have no more room there",
                    "start a new database",
                )
            )
        journal(
            run,
            names.RUN_ENTERED,
            person,
            {
                "snapshot": decided.snapshot_digest,
                "outage": decided.outage_digest,
                "policy": decided.policy_digest,
                "outcomes": decided.outcomes_digest,
                "approval_total": decided.approval_total,
                "decided_by": [one.name for one in decided_by],
            },
            at,
        )
    return run


def named(name: str) -> Run:
    """The run of that name; ``Missing`` when there is none."""
    run = Run.objects.filter(name=name).first()
    if run is None:
        close = nearest(name, list(Run.objects.values_list("name", flat=True)))
        raise Missing(
            Problem(
                "no-run",
                f"there is no run {name!r}",
                "a decided run is entered by `ristoro load`",
                f"did you mean {close!r}?" if close else "check the name",
            )
        )
    return run


def owed_by_remedy(run: Run) -> dict[int, tuple[int, int]]:
    """What the run's totals say of each remedy that owes anything: grants, and their sum.

    ``BadInput`` when the totals do not say it.
    """
    sums: dict[int, tuple[int, int]] = {}
    try:
        for number, remedy in enumerate(run.totals["remedies"]):
            for line in remedy["owed"]:
                count, amount = sums.get(number, (0, 0))
                sums[number] = (count + line["count"], amount + line["amount"])
    except (KeyError, TypeError) as error:
        raise incomplete(Path(run.directory) / "totals.json", "remedies") from error
    return sums


def loaded(run: Run, actor: Person, rows: int, at: datetime) -> Run:
    """All rows are in and agree with the totals: the run can be approved."""
    people.require(actor, Role.OPERATOR)
    with transaction.atomic():
        changed = move(run, RunState.LOADED)
        hands.add(changed, Part.ENTERED, actor, at)
        journal(changed, names.RUN_LOADED, actor, {"rows": rows}, at)
    return changed


def cancel(run: Run, person: Person, reason: str, at: datetime) -> Run:
    """Cancel a run that has not begun to act; an operator's or an approver's word is enough."""
    if not reason.strip():
        raise NotAllowed(
            Problem("reason-missing", f"the run {run.name} was not cancelled",
                    "a cancelled run tells why", "give a reason")
        )  # fmt: skip
    people.require(person, Role.OPERATOR, Role.APPROVER)
    with transaction.atomic():
        changed = move(run, RunState.CANCELLED)
        journal(changed, names.RUN_CANCELLED, person, {"reason": reason.strip()}, at)
    return changed


def publish(run: Run, person: Person, facts: Mapping[str, Any], at: datetime) -> Run:
    """Say that the page of facts of an approved run is public; ``facts`` is for the journal.

    Once: a run whose page is public is left as it is.
    """
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        waiting = Run.objects.filter(pk=run.pk, state=RunState.APPROVED, published_at=None)
        changed = waiting.update(published_at=at, published_by=person.name)
        found = Run.objects.get(pk=run.pk)
        if changed:
            journal(found, names.RUN_PUBLISHED, person, dict(facts), at)
    if found.published_at is None:
        raise NotAllowed(
            Problem(
                "not-approved",
                f"the run {found.name} is {RunState(found.state).label.lower()}",
                "before a second person has approved it nobody has promised anything",
                "have it approved first: `ristoro approve`",
            )
        )
    return found


def begin(
    run: Run,
    at: datetime,
    person: Person | None = None,
    shelves: Shelves | None = None,
    begun: Begun = lambda run, at: None,
) -> Run:
    """Let workers act on an approved run; one that acts already is left as it is.

    ``begun`` is called in the transaction, where the run begins: what it owes is owed from then on.

    ``NotAllowed`` where ``shelves`` has newer inputs that make a difference to it (``news``), but
    for snapshots that were set aside; seconds, the first time that a snapshot is compared.

    What gives is the approval: beginning asks for the role only where a person is named.
    ``NotAllowed`` before ``acts_from``, so that an approval can be thought over.
    ``NotAllowed`` before its page of facts is public: whoever gets a letter can look it up there.
    """
    if person is not None:
        people.require(person, Role.OPERATOR)
    if shelves is not None and Run.objects.get(pk=run.pk).state == RunState.APPROVED:
        news.refuse(Path(run.directory), shelves, setting_aside.of(run))
    with transaction.atomic():
        if Run.objects.filter(pk=run.pk, state=RunState.ACTING).exists():
            return Run.objects.get(pk=run.pk)
        changed = move(run, RunState.ACTING)
        refuse_waiting(changed, at)
        if changed.published_at is None:
            raise _unpublished(changed)
        begun(changed, at)
        journal(changed, names.RUN_BEGUN, person, {}, at)
    return changed


def _unpublished(run: Run) -> NotAllowed:
    return NotAllowed(
        Problem(
            "facts-not-public",
            f"the page of facts of {run.name} is not public yet",
            "no letter goes out before whoever gets it can read there what it is about",
            f"publish it: `ristoro public publish {run.name} --as NAME`, or on its page",
        )
    )


def set_rate(run: Run, per_second: int | None, at: datetime, person: Person | None = None) -> Run:
    """Let all workers together send at most so many letters a second; ``None``: as many as can."""
    if person is not None:
        people.require(person, Role.OPERATOR)
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(rate_per_second=per_second)
        changed = Run.objects.get(pk=run.pk)
        journal(changed, names.RATE_CHANGED, person, {"per_second": per_second}, at)
    return changed


def close(run: Run, person: Person, at: datetime, report: str = "") -> Run:
    """Close a run on which nothing is left to do, which the caller has made sure of.

    ``report`` is the digest of the closing report, for the journal.
    """
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        changed = move(run, RunState.CLOSED, closed_at=at)
        journal(changed, names.RUN_CLOSED, person, {"report": report}, at)
    return changed


def pause(run: Run, person: Person, at: datetime) -> Run:
    """Let no worker lease another chunk; what is leased is finished."""
    return _set_paused(run, person, True, at)


def resume(run: Run, person: Person, at: datetime) -> Run:
    """Let workers go on."""
    return _set_paused(run, person, False, at)


def _set_paused(run: Run, person: Person, paused: bool, at: datetime) -> Run:
    people.require(person, Role.OPERATOR)
    states = (RunState.APPROVED, RunState.ACTING)
    with transaction.atomic():
        changed = Run.objects.filter(pk=run.pk, state__in=states, paused=not paused).update(
            paused=paused
        )
        found = Run.objects.get(pk=run.pk)
        if changed != 1:
            is_so = "paused" if found.paused else "not paused"
            raise NotAllowed(
                Problem(
                    "wrong-state",
                    f"the run {found.name} is {RunState(found.state).label.lower()} and {is_so}",
                    "only an approved or acting run is paused and resumed, each once",
                    "nothing needs to be done",
                )
            )
        journal(found, names.RUN_PAUSED if paused else names.RUN_RESUMED, person, {}, at)
    return found


def _free_name(decided: Decided) -> str:
    base = f"r{decided.outcomes_digest[:12]}"
    taken = list(Run.objects.filter(outcomes_digest=decided.outcomes_digest))
    for run in taken:
        if run.state != RunState.CANCELLED:
            raise NotAllowed(
                Problem(
                    "entered-already",
                    f"these outcomes are the run {run.name}, which is "
                    f"{RunState(run.state).label.lower()}",
                    "the same outcomes given twice would be given twice",
                    f"go on with {run.name}, or cancel it",
                )
            )
    return base if not taken else f"{base}-{len(taken) + 1}"
