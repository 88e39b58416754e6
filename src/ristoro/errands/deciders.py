"""Who had a run decided: whoever asked for the errand that made its outcomes."""

from __future__ import annotations

from django.contrib.auth.models import User

from ristoro.errands.decisions import DECIDE
from ristoro.staff.people import Person
from ristoro.workers.models import Errand, ErrandState


def deciders(outcomes_digest: str) -> list[Person]:
    """Everybody who had these very outcomes decided by an errand, active or not.

    ``ristoro decide`` asks nobody who they are: a folder that was decided there has none.
    """
    done = Errand.objects.filter(
        kind=DECIDE, state=ErrandState.DONE, result__digest=outcomes_digest
    )
    asked = dict(done.order_by("id").values_list("person_id", "person"))
    names = dict(User.objects.filter(pk__in=asked).values_list("pk", "username"))
    return [Person(number, names.get(number, name), frozenset()) for number, name in asked.items()]
