"""Reminders: whoever has not answered is asked again, on the days before the deadline that the
policy names, and never once the answer is there.

A reminder is a letter like any other: planned here, written and deposited by a worker, and
withheld by it where the answer came in between. Its id follows from its grant and its turn, so a
schedule that is gone through twice on one day, or by two processes, plans nothing twice. A day
that was missed is not made up twice either: only the latest turn that has come is planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ristoro.fulfilment.alternatives import NO_OTHERS, Others
from ristoro.fulfilment.consent import DAMAGES
from ristoro.fulfilment.lapsing import By
from ristoro.fulfilment.models import Consent, Grant, GrantState
from ristoro.fulfilment.moves import Post, reminder
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.kernel.keys import row_bounds
from ristoro.remedies.language.policy import Give, Policy
from ristoro.remedies.models import Run, RunState

Schedules = Mapping[int, tuple[int, ...]]
"""By remedy, on how many days before the deadline to remind, longest first."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """``planned`` letters are new, ``waiting`` grants are in a turn that has come."""

    planned: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One reminder of a schedule: for deadlines from ``first`` to ``last``, on the day asked of."""

    number: int
    first: date
    last: date


def schedules_of(policy: Policy) -> dict[int, tuple[int, ...]]:
    """When each remedy reminds, by its position; of rules that differ, the one with most turns.

    A remedy asks by rule, a grant knows only its remedy. Nobody is reminded of a claim for damages.
    """
    found: dict[int, tuple[int, ...]] = {}
    for position, remedy in enumerate(policy.remedies):
        for rule in remedy.rules:
            if not isinstance(rule.result, Give):
                continue
            how = rule.result.consent.how
            if how == "confirm" or (how == "claim" and remedy.lane != DAMAGES):
                named = rule.result.consent.remind
                found[position] = max(found.get(position, ()), named, key=lambda d: (len(d), d))
    return found


def turns(days_before: tuple[int, ...], today: date) -> Iterator[Turn]:
    """For which deadlines each turn has come on ``today`` and the next one has not."""
    for number, days in enumerate(days_before):
        after = days_before[number + 1] + 1 if number + 1 < len(days_before) else 0
        yield Turn(number, today + timedelta(days=after), today + timedelta(days=days))


def remind(
    run: Run,
    today: date,
    schedules: Schedules,
    actor: str,
    at: datetime,
    post: Post,
    others: Others = NO_OTHERS,
) -> Reminded:
    """Plan the reminders that are due ``today`` (a day of the policy's zone) and not planned yet.

    One transaction for each bucket, remedy and turn, so it may stop anywhere and be run again.
    Of alternatives (``others``) one letter reminds, the same one whichever of them still waits.
    ``NotAllowed`` for a run that takes no answers. A mailbox whose first letter has not been
    written is not reminded of it.
    """
    if run.state not in (RunState.APPROVED, RunState.ACTING):
        raise NotAllowed(
            Problem(
                "run-not-open",
                f"run {run.name} reminds nobody while it is {RunState(run.state).name.lower()}",
                "an answer could not be taken",
                "have it approved first, or look for the run that is open",
            )
        )
    planned = waiting = 0
    for remedies in _together(schedules, others):
        for turn in turns(schedules[remedies[0]], today):
            due = Grant.objects.filter(
                run_id=run.id,
                state=GrantState.WAITING,
                consent__in=(Consent.CONFIRM, Consent.CLAIM),
                remedy__in=remedies,
                deadline__gte=turn.first,
                deadline__lte=turn.last,
            )
            for bucket in list(due.order_by("bucket").values_list("bucket", flat=True).distinct()):
                lo, hi = row_bounds(bucket, run.id)
                here = due.filter(id__gte=lo, id__lt=hi)
                new, rows = _plan(run, here, remedies, turn, today, By(actor, at), post)
                planned, waiting = planned + new, waiting + rows
    return Reminded(planned, waiting)


def _together(schedules: Schedules, others: Others) -> Iterator[tuple[int, ...]]:
    """The remedies that one letter reminds of: alternatives, else each by itself."""
    for remedy in sorted(schedules):
        within = sorted({remedy, *others.get(remedy, ())} & schedules.keys())
        if within[0] == remedy:
            yield tuple(within)


def _plan(
    run: Run,
    due: QuerySet[Grant],
    remedies: tuple[int, ...],
    turn: Turn,
    today: date,
    by: By,
    post: Post,
) -> tuple[int, int]:
    """Plan one turn of one bucket, and one remedy or the alternatives of a choice; how
    many letters are new, of how many grants."""
    with transaction.atomic():
        grants = list(due.select_for_update().order_by("id"))
        if not grants:
            return 0, 0
        named = grants if len(remedies) == 1 else _first_asked(run, grants, remedies)
        letters = tuple(reminder(grant, turn.number, today) for grant in named)
        new = post(run.id, grants[0].bucket, letters)
        if new:
            data = {
                "bucket": grants[0].bucket,
                "remedy": grants[0].remedy,
                "turn": turn.number,
                "day": today.isoformat(),
                "letters": new,
            }
            append(by.actor, names.REMINDERS_PLANNED, f"run {run.pk}", data, by.at)
    return new, len(grants)


def _first_asked(run: Run, due: list[Grant], remedies: tuple[int, ...]) -> list[Grant]:
    """The first alternative that each of these mailboxes was asked about, even if it said no to it
    since: the letter's id follows from the grant, and one letter reminds of all that still wait."""
    lo, hi = row_bounds(due[0].bucket, run.id)
    asked = Grant.objects.filter(
        id__gte=lo, id__lt=hi, remedy__in=remedies, consent=Consent.CONFIRM
    ).order_by("id")
    waiting = {grant.mailbox_id for grant in due}
    first: dict[int, Grant] = {}
    for grant in asked:
        if grant.mailbox_id in waiting:
            first.setdefault(grant.mailbox_id, grant)
    return list(first.values())
