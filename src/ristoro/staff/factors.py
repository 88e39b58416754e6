"""The second factors of people: which they have, and taking them away."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff import people
from ristoro.staff.models import Factor
from ristoro.staff.people import Person


def of(person: Person) -> list[Factor]:
    """The person's factors, the oldest first."""
    return list(Factor.objects.filter(person=person.id).order_by("pk"))


def remove(person: Person, factor_id: int, at: datetime) -> None:
    """Take one of the person's own factors away, but never the last: there would be no way in."""
    with transaction.atomic():
        held = Factor.objects.select_for_update().filter(person=person.id)
        if held.count() <= 1:
            raise NotAllowed(
                Problem(
                    "last-factor",
                    "this is the only second factor",
                    "without one its person could not sign in",
                    "add another first",
                )
            )
        gone, _ = held.filter(pk=factor_id).delete()
        if gone:
            data = {"id": person.id, "factor": factor_id}
            append(person.name, names.FACTOR_REMOVED, f"person {person.name}", data, at)


def reset(name: str, *, actor: str, at: datetime) -> int:
    """Take all factors of somebody who lost them away; how many there were.

    At the next sign-in the person sets up another, with the password alone: whoever runs this has
    made sure who asks.
    """
    person = people.find(name)
    with transaction.atomic():
        gone, _ = Factor.objects.filter(person=User.objects.get(pk=person.id)).delete()
        data = {"id": person.id, "factors": gone}
        append(actor, names.FACTORS_RESET, f"person {person.name}", data, at)
    return gone
