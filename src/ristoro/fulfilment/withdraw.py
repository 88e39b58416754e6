"""A holder who thinks again: a yes or a no is taken back as long as nothing was made of it.

The grant waits for an answer again and is on the hold list; the answer's row goes, what was said
and that it was taken back stay in the journal. A letter that was to tell of the yes is withheld by
the worker that comes to it (``notices.plan``), and planned again with another yes. Alternatives
that were declined because this one was chosen wait again with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from ristoro.fulfilment import alternatives
from ristoro.fulfilment.consent import HOLDER
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.fulfilment.moves import Free, Keep, Move
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

OPEN = frozenset({GrantState.PLANNED, GrantState.DECLINED})
"""States in which an answer stands and nothing was made of it."""


def may_withdraw(run: Run, state: GrantState, given: bool) -> bool:
    """Whether an answer could be taken back now, ``given`` where there is one; to show it or not.

    Whether a worker is at it is known only to ``withdraw``.
    """
    return given and state in OPEN and run.state in (RunState.APPROVED, RunState.ACTING)


def withdraw(
    run: Run,
    grant_id: int,
    at: datetime,
    free: Free,
    keep: Keep,
    others: Collection[int] = (),
    person: Person | None = None,
) -> bool:
    """Take an answer back, in one transaction; ``False`` where there is none.

    The holder takes back their own; ``person`` is the agent whom the holder asks for it. In the
    webmail an answer that a person recorded with its proof is not taken back: ``NotAllowed``, as
    where the grant has been made or is being made, where the run is no longer open, and where it
    was a no and one of ``others``, its alternatives, has been chosen since.
    """
    if person is not None:
        people.require(person, Role.AGENT)
    with transaction.atomic():
        unheld = free(run.id, grant_id)
        grant, beside = alternatives.locked(run, grant_id, others)
        given = Answer.objects.filter(
            mailbox_id=grant.mailbox_id, run_id=run.id, remedy=grant.remedy
        ).first()
        if given is None:
            return False
        _check(run, grant, given, unheld, person)
        if not given.yes:
            alternatives.refuse_second(grant, beside)
        before = GrantState(grant.state)
        given.delete()
        Grant.objects.filter(id=grant.id).update(state=GrantState.WAITING, result="", since=at)
        back, counts = alternatives.bring_back(beside, grant.remedy, at)
        keep(
            Move(
                *(run.id, grant.bucket, grant.remedy, before, GrantState.WAITING),
                ids=(grant.id,),
                amount=grant.amount,
                beside=back,
            )
        )
        data = {
            "mailbox_id": grant.mailbox_id,
            "remedy": grant.remedy,
            "yes": given.yes,
            **({"brought_back": counts} if counts else {}),
        }
        actor = HOLDER if person is None else person.name
        append(actor, names.ANSWER_WITHDRAWN, f"grant {grant.id}", data, at)
    return True


def withdraw_all(
    run: Run,
    grant_ids: Sequence[int],
    at: datetime,
    free: Free,
    keep: Keep,
    within: Collection[int],
    person: Person | None = None,
) -> bool:
    """Take the noes to several grants of one choice back, in one transaction.

    ``within`` are the remedies of the choice. As ``withdraw``; ``False`` where one has no answer.
    """
    with transaction.atomic():
        found = [withdraw(run, one, at, free, keep, within, person) for one in sorted(grant_ids)]
    return all(found)


def _check(run: Run, grant: Grant, given: Answer, unheld: bool, person: Person | None) -> None:
    if person is None and given.recorded_by != HOLDER:
        raise NotAllowed(
            Problem(
                "answered-elsewhere",
                f"the answer was recorded by {given.channel}",
                "an answer that a person took is kept with its proof",
                "ask where it was given",
            )
        )
    if not may_withdraw(run, GrantState(grant.state), True) or not unheld:
        raise NotAllowed(
            Problem(
                "too-late-to-withdraw",
                f"the grant is {GrantState(grant.state).name.lower()}",
                "an answer is taken back only while nothing has been made of it",
                "what was made is taken back on request, by two people",
            )
        )
