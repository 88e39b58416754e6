"""Making grants so, seeing that they are, and settling what is unknown, for grants of all kinds.

A worker calls these with the rows of a chunk and writes down what ``states`` makes of the results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ristoro.edges.billing.contract import Billing
from ristoro.edges.mailhosts.contract import MailHost
from ristoro.fulfilment import extension, storage
from ristoro.fulfilment.models import GrantKind
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.states import MADE_HERE
from ristoro.kernel.outcome import Result


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the acts of one run go; ``run_name`` is part of the billing system's keys."""

    host: MailHost
    billing: Billing
    run_name: str


def apply(grants: Sequence[GrantRow], doors: Doors) -> list[Result]:
    """Make each grant so; one result each, in order. Repeating it changes nothing.

    Only for kinds in ``states.MADE_HERE``: ``ValueError`` otherwise, before anything is done.
    """
    return _split(
        grants,
        lambda some: storage.apply(some, doors.host),
        lambda some: extension.apply(some, doors.billing, doors.run_name),
    )


def verify(grants: Sequence[GrantRow], doors: Doors) -> list[Result]:
    """Whether each grant can be seen as given, by a fresh session or a fresh reading."""
    return _split(
        grants,
        lambda some: storage.verify(some, doors.host),
        lambda some: extension.verify(some, doors.billing),
    )


def settle(grants: Sequence[GrantRow], doors: Doors) -> list[Result]:
    """Look whether each act happened; ``states.after_look`` says what follows."""
    return _split(
        grants,
        lambda some: storage.settle(some, doors.host),
        lambda some: extension.settle(some, doors.billing, doors.run_name),
    )


Lane = Callable[[Sequence[GrantRow]], list[Result]]


def _split(grants: Sequence[GrantRow], on_host: Lane, on_billing: Lane) -> list[Result]:
    for grant in grants:
        if grant.kind not in MADE_HERE:
            raise ValueError(f"grant {grant.id} is {grant.kind.name}, which is not made here")
    ended: dict[int, Result] = {}
    stored = [grant for grant in grants if grant.kind is GrantKind.STORAGE]
    booked = [grant for grant in grants if grant.kind is not GrantKind.STORAGE]
    for some, lane in ((stored, on_host), (booked, on_billing)):
        if some:
            ended.update(zip((grant.id for grant in some), lane(some), strict=True))
    return [ended[grant.id] for grant in grants]
