"""A newer estate set aside: a person says why what changed makes no difference to a decision.

What was said stands in the journal, by the digest of the snapshot; a still newer one asks again.
Nothing else can be set aside: what is owed by another outage or another policy is decided anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.remedies.models import Run
from ristoro.remedies.news import EstateNews
from ristoro.remedies.steps import journal
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person


def set_aside(run: Run, person: Person, estate: EstateNews, reason: str, at: datetime) -> None:
    """Note in an operator's words why the run goes on over the older estate.

    ``NotAllowed`` without a reason. Saying it again of the same snapshot changes nothing.
    """
    people.require(person, Role.OPERATOR)
    require_reason(reason)
    if estate.digest in of(run):
        return
    changes = {"mailboxes": estate.given.mailboxes, "in_what": dict(estate.given.in_what)}
    data = {"snapshot": estate.digest, "as_of": estate.as_of.isoformat(), **changes}
    with transaction.atomic():
        journal(run, names.ESTATE_SET_ASIDE, person, {**data, "reason": reason.strip()}, at)


def require_reason(reason: str) -> None:
    """``NotAllowed`` for a reason of no words."""
    if not reason.strip():
        raise NotAllowed(
            Problem(
                "reason-missing",
                "a newer estate is set aside for a reason",
                "whoever reads the journal has to see why",
                "say why what changed makes no difference",
            )
        )


def of(run: Run) -> frozenset[str]:
    """The digests of the snapshots that were set aside for a run."""
    said = Entry.objects.filter(subject=f"run {run.pk}", name=names.ESTATE_SET_ASIDE)
    details = Detail.objects.filter(number__in=said.values("number"))
    return frozenset(str(one.data["snapshot"]) for one in details if one.data)
