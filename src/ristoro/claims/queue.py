"""The examiners' queue: what is to be decided, by when, and who has taken it.

Lists are in the order of their last days, the oldest claim first among equals, and are paged by
key: no page counts more than it shows.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from ristoro.claims import appeal, states
from ristoro.claims.models import Claim, ClaimState, Finding, Taken
from ristoro.claims.moving import journal, locked, moved
from ristoro.claims.terms import Terms
from ristoro.journal import names
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

PAGE = 50
MOST_COUNTED = 1_000
LOOKED_AT = 200
"""Claims that the search for the next one goes through."""


class View(enum.StrEnum):
    """Which claims a list shows."""

    TO_EXAMINE = "to-examine"
    MINE = "mine"
    LATE = "late"
    APPEALS = "appeals"
    SECOND = "second"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Row:
    """One claim of a list: who has it, and the working days left; ``finding`` where it waits for a
    second person."""

    claim: Claim
    taken_by: str
    left: int | None
    finding: Finding | None = None

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and the key that the next page goes on after; empty on the last."""

    rows: tuple[Row, ...]
    after: str


def page(view: View, person: Person, terms: Terms, at: datetime, after: str = "") -> Page:
    """One page of a list."""
    wanted = _of(view, person, terms.day(at))
    if view is View.DECIDED:
        since = after.isdecimal() and int(after)
        found = list((wanted.filter(pk__lt=since) if since else wanted).order_by("-pk")[: PAGE + 1])
    else:
        found = list(_past(wanted, after).order_by("due_on", "pk")[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    last = shown[-1] if shown else None
    key = "" if last is None else f"{last.due_on:%Y-%m-%d}.{last.pk}"
    if view is View.DECIDED and last is not None:
        key = str(last.pk)
    return Page(tuple(rows(shown, terms, at)), key if more else "")


def counts(person: Person, terms: Terms, at: datetime) -> dict[View, int]:
    """How many each list has, up to ``MOST_COUNTED``; the decided ones are not counted."""
    today = terms.day(at)
    return {
        view: len(_of(view, person, today).values_list("pk", flat=True)[:MOST_COUNTED])
        for view in View
        if view is not View.DECIDED
    }


def following(
    person: Person, terms: Terms, at: datetime, after: Claim | None = None
) -> Claim | None:
    """The claim to go on with: one's own first, then the one due first that nobody has taken.

    Never the one just seen, nor one that the person may not judge.
    """
    others = Claim.objects.filter(state__in=states.TO_EXAMINE).order_by("due_on", "pk")
    if after is not None:
        others = others.exclude(pk=after.pk)
    own = others.filter(pk__in=Taken.objects.filter(person_id=person.id).values("claim_id"))
    free = others.exclude(pk__in=Taken.objects.values("claim_id"))
    for found in (own[:LOOKED_AT], free[:LOOKED_AT]):
        for claim in found:
            if not appeal.bars(claim, person):
                return claim
    return None


def take(claim: Claim, person: Person, at: datetime, *, over: bool = False) -> None:
    """Take a claim to examine it; taken already by the same person, it stays so.

    ``NotAllowed`` where another person has it, unless it is taken ``over`` from them.
    """
    people.require(person, Role.EXAMINER)
    with transaction.atomic():
        row = locked(claim)
        if row.state not in states.TO_EXAMINE:
            raise moved(row)
        taken = Taken.objects.filter(claim=row).first()
        if taken is not None and taken.person_id == person.id:
            return
        if taken is not None and not over:
            raise _taken(row, taken.person)
        appeal.refuse(row, person)
        values = {"person": person.name, "person_id": person.id, "at": at}
        Taken.objects.update_or_create(claim=row, defaults=values)
        data = {"from": taken.person if taken else None}
        journal(row, names.CLAIM_TAKEN, person, data, at)


def release(claim: Claim, person: Person, at: datetime) -> None:
    """Give a claim back that one has taken; nothing where one has not."""
    with transaction.atomic():
        row = locked(claim)
        if Taken.objects.filter(claim=row, person_id=person.id).delete()[0]:
            journal(row, names.CLAIM_GIVEN_BACK, person, {}, at)


def give_back(claim: Claim) -> None:
    """Nobody has the claim any more: it is decided."""
    Taken.objects.filter(claim=claim).delete()


def refuse_taken(claim: Claim, person: Person) -> None:
    """``NotAllowed`` where another person has taken the claim."""
    taken = Taken.objects.filter(claim=claim).exclude(person_id=person.id).first()
    if taken is not None:
        raise _taken(claim, taken.person)


def _of(view: View, person: Person, today: date) -> QuerySet[Claim]:
    every = Claim.objects.all()
    to_examine = every.filter(state__in=states.TO_EXAMINE)
    match view:
        case View.TO_EXAMINE:
            return to_examine
        case View.MINE:
            mine = Taken.objects.filter(person_id=person.id).values("claim_id")
            return to_examine.filter(pk__in=mine)
        case View.LATE:
            return every.filter(state__in=states.OPEN, due_on__lt=today)
        case View.APPEALS:
            return every.filter(state=ClaimState.APPEALED)
        case View.SECOND:
            return every.filter(state=ClaimState.EXAMINED)
        case View.DECIDED:
            return every.filter(state__in=states.DECIDED)


def _past(wanted: QuerySet[Claim], after: str) -> QuerySet[Claim]:
    day, _, number = after.partition(".")
    try:
        due = date.fromisoformat(day)
    except ValueError:
        return wanted
    if not number.isdecimal():
        return wanted
    return wanted.filter(Q(due_on__gt=due) | Q(due_on=due, pk__gt=int(number)))


def rows(claims: Sequence[Claim], terms: Terms, at: datetime) -> list[Row]:
    """These claims as rows of a list."""
    taken = dict(Taken.objects.filter(claim__in=claims).values_list("claim_id", "person"))
    waiting = {
        one.claim_id: one
        for one in Finding.objects.filter(
            claim__in=claims, second=True, agreed_by="", sent_back_at=None
        )
    }
    return [
        Row(
            claim=one,
            taken_by=taken.get(one.pk, ""),
            left=terms.left(one.due_on, at) if one.due_on and one.state in states.OPEN else None,
            finding=waiting.get(one.pk),
        )
        for one in claims
    ]


def _taken(claim: Claim, who: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            "claim-taken",
            f"{who!r} examines claim {claim.number}",
            "two people would decide it at a time",
            "go on with another, or take it over",
        )
    )
