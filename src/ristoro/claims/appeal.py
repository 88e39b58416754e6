"""Appeals: a holder asks that a decision be looked at again, and somebody else looks.

Nobody who found, or agreed to, an earlier decision on a claim has a part in the next one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from ristoro.claims import states
from ristoro.claims.models import Claim, ClaimState, Finding
from ristoro.claims.moving import locked, move, moved, note
from ristoro.claims.terms import Terms
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem
from ristoro.staff import people
from ristoro.staff.people import Person

HOLDER = "holder"
SHORTEST, LONGEST = 10, 2000


def until_open(claim: Claim, terms: Terms, at: datetime) -> bool:
    """Whether an appeal against the decision that stands is taken now."""
    decided = claim.state in states.DECIDED
    return decided and terms.day(at) <= terms.appeal_until(claim.since)


def ask(claim: Claim, why: str, key: str, terms: Terms, at: datetime) -> Claim:
    """Appeal: the holder says why, and the clock of the answer begins again.

    ``key`` is the form's: sent twice, it is one appeal. ``BadInput`` without a reason;
    ``NotAllowed`` where nothing is decided, or after the last day.
    """
    text = why.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadInput(
            Problem(
                "appeal-words",
                "the reason is missing, or too long",
                "whoever looks again begins from it",
                f"write {SHORTEST} to {LONGEST} characters",
                Place("form", field="why"),
            )
        )
    with transaction.atomic():
        row = locked(claim)
        if row.state == ClaimState.APPEALED:
            return row
        if row.state not in states.DECIDED:
            raise moved(row)
        if not until_open(row, terms, at):
            raise NotAllowed(
                Problem(
                    "appeal-late",
                    f"an appeal was taken until {terms.appeal_until(row.since)}",
                    "what the law gives does not end with it",
                    "go to court, or to an ombudsman",
                )
            )
        against = _decisions(row).order_by("-round").first()
        if against is None:
            raise moved(row)
        move(row, ClaimState.APPEALED, at, appeal_of=against.pk, due_on=terms.answer_by(at))
        note(row, "appealed", f"appealed {key}", HOLDER, text, at, shown=True)
        append(HOLDER, names.CLAIM_APPEALED, f"claim {row.number}", {"round": against.round}, at)
    return row


def refuse(claim: Claim, person: Person) -> None:
    """``NotAllowed`` where the person had a part in an earlier decision on an appealed claim."""
    if claim.appeal_of is None:
        return
    for finding in _carried(claim):
        refuse_maker(finding, person)
        if finding.agreed_by_id is not None:
            _refuse(person, finding.agreed_by, finding.agreed_by_id)


def refuse_maker(finding: Finding, person: Person) -> None:
    """``NotAllowed`` where the person, by account, name or number, is who found it."""
    _refuse(person, finding.found_by, finding.found_by_id)


def bars(claim: Claim, person: Person) -> bool:
    """Whether ``refuse`` would."""
    try:
        refuse(claim, person)
    except NotAllowed:
        return True
    return False


def _carried(claim: Claim) -> QuerySet[Finding]:
    """The findings that are appealed against: the last of them, and those before it."""
    return _decisions(claim).filter(pk__lte=claim.appeal_of or 0)


def _decisions(claim: Claim) -> QuerySet[Finding]:
    return Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id, sent_back_at=None)


def _refuse(person: Person, name: str, number: int) -> None:
    same = people.number_of(Person(number, name, frozenset()))
    try:
        people.require_another(person, name, number, same)
    except NotAllowed as refused:
        raise NotAllowed(
            Problem(
                "two-people-claim",
                f"{person.name!r} may not judge what {name!r} decided",
                "whoever decided a claim does not look at it again",
                "ask another person",
            )
        ) from refused
