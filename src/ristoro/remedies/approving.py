"""Approving a run: a second person, with no hand in it, retypes its total; then it waits a while.

Between an approval and the first grant there is time to think again: until ``Run.acts_from`` an
operator or an approver can cancel the run, and no worker begins. An approval that was refused is
in the journal as well: trying is what somebody should know of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ristoro.journal import names
from ristoro.kernel.errors import NotAllowed, Problem, RistoroError
from ristoro.remedies import hands
from ristoro.remedies.decided import check_outcomes
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.steps import WRONG_STATE, journal, move
from ristoro.staff import people
from ristoro.staff.browsers import sightings
from ristoro.staff.models import Role
from ristoro.staff.people import Person

BEFORE = timedelta(hours=12)
"""A browser in which somebody was signed in so long before their part counts as that part's."""


def approve(
    run: Run,
    person: Person,
    retyped_total: str,
    at: datetime,
    *,
    browser: str = "",
    wait: timedelta | None = None,
) -> Run:
    """Approve a loaded run: the second person, an approver, has retyped the total exactly.

    ``NotAllowed`` when the person is no approver, or had a hand in the run (``hands``), or uses a
    ``browser`` in which one of those was signed in; when the total differs (spaces around it
    aside), or the run is not loaded. ``BadInput`` when the stored outcomes are not those that were
    entered. Every refusal is journaled, but for a run that is past approval already.

    The run acts ``wait`` after ``at``, by default as ``RISTORO_APPROVAL_WAIT`` says.
    """
    try:
        return _approve(run, person, retyped_total, at, browser, wait)
    except RistoroError as refused:
        code = refused.problems[0].code
        if code != WRONG_STATE:
            with transaction.atomic():
                journal(run, names.APPROVAL_REFUSED, person, {"code": code}, at)
        raise


def refusal(run: Run, person: Person, browser: str = "") -> NotAllowed | None:
    """Why this person could not approve the run, if they asked; ``None`` where they could."""
    try:
        _refuse_person(Run.objects.get(pk=run.pk), person, browser)
    except NotAllowed as refused:
        return refused
    return None


def left(run: Run, at: datetime) -> timedelta:
    """How long the approved run still waits; nought where it may act."""
    if run.state != RunState.APPROVED or run.acts_from is None:
        return timedelta()
    return max(timedelta(), run.acts_from - at)


def refuse_waiting(run: Run, at: datetime) -> None:
    """``NotAllowed`` where the run was approved too lately to act."""
    if run.acts_from is not None and at < run.acts_from:
        raise NotAllowed(
            Problem(
                "still-waiting",
                f"the run {run.name} waits until {run.acts_from:%Y-%m-%d %H:%M:%S} UTC",
                "an approval can be thought over, and cancelled, until then",
                "wait, or cancel the run; RISTORO_APPROVAL_WAIT says how long runs wait",
            )
        )


def _approve(
    run: Run,
    person: Person,
    retyped_total: str,
    at: datetime,
    browser: str,
    wait: timedelta | None,
) -> Run:
    entered = Run.objects.get(pk=run.pk)
    _refuse_person(entered, person, browser)
    _refuse_total(entered, retyped_total)
    check_outcomes(Path(entered.directory) / "outcomes.parquet", entered.outcomes_digest)
    for_so_long = settings.APPROVAL_WAIT if wait is None else wait
    acts_from = at + for_so_long if for_so_long else None
    with transaction.atomic():
        changed = move(
            run,
            RunState.APPROVED,
            approved_by=person.name,
            approved_by_id=person.id,
            approved_at=at,
            acts_from=acts_from,
        )
        # Asked again behind the row's lock: neither the hands nor the role changed meanwhile.
        _refuse_person(changed, person, browser)
        _refuse_total(changed, retyped_total)
        data = {
            "approval_total": changed.approval_total,
            "outcomes": changed.outcomes_digest,
            "acts_from": acts_from.isoformat() if acts_from else None,
        }
        journal(changed, names.RUN_APPROVED, person, data, at)
    return changed


def _refuse_person(run: Run, person: Person, browser: str) -> None:
    people.require(person, Role.APPROVER)
    hands.refuse(run, person)
    people.require_known(person)
    for hand in hands.of(run) if browser else ():
        if sightings.was_seen(browser, hand.person_id, since=hand.at - BEFORE):
            raise NotAllowed(
                Problem(
                    "same-browser",
                    f"{hand.person!r}, who {hand.part} this run, was signed in in this browser",
                    "whoever sits at it could be the same person, with another's sign-in",
                    "approve in the approver's own browser",
                )
            )


def _refuse_total(run: Run, retyped: str) -> None:
    if retyped.strip() != run.approval_total:
        raise NotAllowed(
            Problem(
                "wrong-total",
                f"{retyped.strip()!r} is not the total of the run {run.name}",
                f"the total is {run.approval_total!r}; the run was not approved",
                "read the totals again, and retype the total exactly",
            )
        )
