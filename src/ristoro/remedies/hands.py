"""Who had a hand in a run, by deciding it or entering it: none of them can approve it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.remedies.models import Hand, Part, Run
from ristoro.staff import people
from ristoro.staff.people import Person


def add(run: Run, part: Part, person: Person, at: datetime) -> None:
    """Note that the person did this; once, however often it is said."""
    known = {"person": person.name, "number": people.number_of(person), "at": at}
    Hand.objects.get_or_create(run=run, part=part, person_id=person.id, defaults=known)


def of(run: Run) -> list[Hand]:
    """Everybody who decided or entered these outcomes, in this run or in one that was cancelled.

    The outcomes are what is given: entered again under another name, they are the same.
    """
    same = Run.objects.filter(outcomes_digest=run.outcomes_digest).values("pk")
    return list(Hand.objects.filter(run__in=same).order_by("pk"))


def refuse(run: Run, person: Person) -> None:
    """``NotAllowed`` where the person, by account, name or number, had a hand in the run."""
    for part, name, person_id, number in _all(run):
        try:
            people.require_another(person, name, person_id, number)
        except NotAllowed as refused:
            if part is Part.ENTERED:
                raise
            raise NotAllowed(
                Problem(
                    "two-people-decided",
                    f"{person.name!r} may not approve what {name!r} decided",
                    "anything that gives needs two people, and whoever decided is the first",
                    "ask another approver",
                )
            ) from refused


def _all(run: Run) -> Iterator[tuple[Part, str, int | None, str]]:
    yield Part.ENTERED, run.entered_by, run.entered_by_id, ""
    for hand in of(run):
        yield Part(hand.part), hand.person, hand.person_id, hand.number
