"""Making grants so, seeing that they are, and settling what is unknown, for grants of all kinds.

A worker calls these with the rows of a chunk and writes down what ``states`` makes of the results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ristoro.edges.billing.contract import Billing
from ristoro.edges.mailhosts.contract import MailHost
from ristoro.fulfilment import extension, money, storage
from ristoro.fulfilment.models import GrantKind
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.ways import NO_PAYOUTS, Payouts
from ristoro.kernel.outcome import Result


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the acts of one run go; ``run_name`` is part of the billing system's keys.

    ``payouts`` says by which ways the run's policy pays money.
    """

    host: MailHost
    billing: Billing
    run_name: str
    payouts: Payouts = NO_PAYOUTS


def apply(grants: Sequence[GrantRow], doors: Doors, at: datetime) -> list[Result]:
    """Make each grant so; one result each, in order. Repeating it changes nothing."""
    return _split(
        grants,
        lambda some: storage.apply(some, doors.host),
        lambda some: extension.apply(some, doors.billing, doors.run_name),
        lambda some: money.apply(some, _lane(doors, at)),
    )


def verify(grants: Sequence[GrantRow], doors: Doors, at: datetime) -> list[Result]:
    """Whether each grant can be seen as given, by a fresh session or a fresh reading."""
    return _split(
        grants,
        lambda some: storage.verify(some, doors.host),
        lambda some: extension.verify(some, doors.billing),
        lambda some: money.verify(some, _lane(doors, at)),
    )


def settle(grants: Sequence[GrantRow], doors: Doors, at: datetime) -> list[Result]:
    """Look whether each act happened; ``states.after_look`` says what follows."""
    return _split(
        grants,
        lambda some: storage.settle(some, doors.host),
        lambda some: extension.settle(some, doors.billing, doors.run_name),
        lambda some: money.settle(some, _lane(doors, at)),
    )


_TIME = frozenset({GrantKind.EXTENSION, GrantKind.SERVICE_DAYS})

Way = Callable[[Sequence[GrantRow]], list[Result]]


def _lane(doors: Doors, at: datetime) -> money.Lane:
    return money.Lane(doors.billing, doors.payouts, doors.run_name, at)


def _split(
    grants: Sequence[GrantRow], on_host: Way, on_billing: Way, as_money: Way
) -> list[Result]:
    ended: dict[int, Result] = {}
    stored = [grant for grant in grants if grant.kind is GrantKind.STORAGE]
    paid = [grant for grant in grants if grant.kind in money.KINDS]
    lasting = [grant for grant in grants if grant.kind in _TIME]
    for some, way in ((stored, on_host), (lasting, on_billing), (paid, as_money)):
        if some:
            ended.update(zip((grant.id for grant in some), way(some), strict=True))
    return [ended[grant.id] for grant in grants]
