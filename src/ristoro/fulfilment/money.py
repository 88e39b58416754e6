"""Money grants: by which way each is paid, decided once and recorded; then booked, seen, settled.

A way is written down before anything goes by it, and stands from then on: a refund that was put
down for a transfer is not credited as well because a contract began again. Only a booking that was
refused, and so was certainly not made, is decided anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ristoro.edges.billing.contract import Billing, CreditAsk, CreditReading, Where
from ristoro.fulfilment.extension import key_of
from ristoro.fulfilment.models import Grant, GrantKind, Route
from ristoro.fulfilment.payments import asking as payments
from ristoro.fulfilment.payments.asking import Due
from ristoro.fulfilment.receipts import number_of
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.states import ABSENT
from ristoro.fulfilment.ways import (
    BILL,
    CREDIT,
    TRANSFER,
    Chosen,
    Contract,
    Payout,
    Payouts,
    choose,
)
from ristoro.kernel.outcome import Ending, Result

KINDS = frozenset({GrantKind.CREDIT, GrantKind.REFUND, GrantKind.INDEMNITY})

NO_CHANNEL = "no-channel"
"""The code of a grant for which its policy names no way that is open."""

_WHERE = {BILL: Where.BILL, CREDIT: Where.ACCOUNT}
_GONE = "no-subscription"


@dataclass(frozen=True, slots=True)
class Lane:
    """What money grants of one run go through, at an instant."""

    billing: Billing
    payouts: Payouts
    run_name: str
    at: datetime


def apply(grants: Sequence[GrantRow], lane: Lane) -> list[Result]:
    """Pay each grant by its way, which is decided and recorded first; repeatable by its key.

    Refused with ``no-channel`` where no way is open. A transfer ends as ``payments.ask`` says.
    """
    ended: dict[int, Result] = {}
    routes = _routes(grants)
    routes |= _decided([one for one in grants if one.id not in routes], lane, ended)
    booked = [one for one in grants if routes.get(one.id) in _WHERE]
    asks = [_credit(one, routes[one.id], lane) for one in booked]
    results = lane.billing.credit(asks, reason=f"run {lane.run_name}") if asks else []
    gone = []
    for one, result in zip(booked, results, strict=True):
        ended[one.id] = result
        if result.ending is Ending.REFUSED and result.code == _GONE:
            gone.append(one)
    routes |= _again(gone, lane, ended)
    owed = [one for one in grants if routes.get(one.id) == TRANSFER]
    ended.update(zip((one.id for one in owed), _transfer(owed, lane), strict=True))
    return [ended[one.id] for one in grants]


def verify(grants: Sequence[GrantRow], lane: Lane) -> list[Result]:
    """Whether each can be seen: in the billing system with its figures, or booked by the bank."""
    return _by_way(grants, lane, _seen_in_billing, _booked_by_bank)


def settle(grants: Sequence[GrantRow], lane: Lane) -> list[Result]:
    """Look whether each was paid: done, or refused with ``absent`` where certainly nothing was."""
    return _by_way(grants, lane, _looked_in_billing, _looked_at_bank)


def at_bank(grants: Sequence[GrantRow]) -> frozenset[int]:
    """The ids of those that are put down for a transfer: banks and holders take days."""
    money = [one for one in grants if one.kind in KINDS]
    return frozenset(id_ for id_, way in _routes(money).items() if way == TRANSFER)


def ways_of(grants: Iterable[Grant]) -> dict[int, str]:
    """By which way each is paid, by the grant's id; those of which it is not decided are left out.

    Nothing is asked where none of them is of money.
    """
    ids = [one.id for one in grants if one.kind in KINDS]
    if not ids:
        return {}
    return dict(Route.objects.filter(grant_id__in=ids).values_list("grant_id", "channel"))


def _decided(grants: Sequence[GrantRow], lane: Lane, ended: dict[int, Result]) -> dict[int, str]:
    """Choose a way for each and record it; what has none, or cannot be known yet, is ``ended``."""
    contracts = _contracts(grants, lane, ended)
    chosen = {}
    for one in grants:
        if one.id not in ended:
            way = choose(_payout(one, lane).ways, one.amount, contracts[one.id])
            if way is None:
                ended[one.id] = _no_channel(contracts[one.id])
            else:
                chosen[one.id] = way
    Route.objects.bulk_create(
        (_route(one, chosen[one.id], lane.at) for one in grants if one.id in chosen),
        ignore_conflicts=True,
    )
    # another process may have been first: what it wrote stands
    return _routes([one for one in grants if one.id in chosen])


def _again(grants: Sequence[GrantRow], lane: Lane, ended: dict[int, Result]) -> dict[int, str]:
    """Choose anew for those whose account went between the reading and the booking."""
    routes = {}
    for one in grants:
        way = choose(_payout(one, lane).ways, one.amount, Contract.NONE)
        if way is None:
            ended[one.id] = _no_channel(Contract.NONE)
            continue
        changed = {"channel": way.channel, "code": way.code, "at": lane.at}
        Route.objects.filter(grant_id=one.id, mailbox_id=one.mailbox_id).update(**changed)
        routes[one.id] = way.channel
    return routes


def _contracts(
    grants: Sequence[GrantRow], lane: Lane, ended: dict[int, Result]
) -> dict[int, Contract]:
    """How the contract of each stands; it is not asked where no way depends on it."""
    asked = [one for one in grants if _payout(one, lane).asks_billing]
    found = {one.id: Contract.NONE for one in grants}
    readings = lane.billing.read([one.address for one in asked]) if asked else []
    today = lane.at.astimezone(lane.payouts.zone).date()
    for one, reading in zip(asked, readings, strict=True):
        if reading.result.done and reading.paid_until is not None:
            goes_on = reading.paid_until >= today
            found[one.id] = Contract.OPEN if goes_on else Contract.ENDED
        elif reading.result.code != _GONE:
            ended[one.id] = Result(Ending.DEFERRED, reading.result.code, reading.result.text)
    return found


def _transfer(grants: Sequence[GrantRow], lane: Lane) -> list[Result]:
    dues = [
        Due(
            key=key_of(one, lane.run_name),
            mailbox_id=one.mailbox_id,
            bucket=one.bucket,
            address=one.address,
            amount=one.amount,
            currency=one.currency,
            nature=_payout(one, lane).nature,
            about=f"{_payout(one, lane).title} {number_of(one.id)}",
        )
        for one in grants
    ]
    return payments.ask(dues, lane.at) if dues else []


Look = Callable[[Sequence[GrantRow], Mapping[int, str], Lane], list[Result]]


def _by_way(grants: Sequence[GrantRow], lane: Lane, billed: Look, sent: Look) -> list[Result]:
    routes = _routes(grants)
    ended = {one.id: Result(Ending.REFUSED, ABSENT) for one in grants}
    for channels, look in (((BILL, CREDIT), billed), ((TRANSFER,), sent)):
        some = [one for one in grants if routes.get(one.id) in channels]
        if some:
            ended.update(zip((one.id for one in some), look(some, routes, lane), strict=True))
    return [ended[one.id] for one in grants]


def _seen_in_billing(
    grants: Sequence[GrantRow], routes: Mapping[int, str], lane: Lane
) -> list[Result]:
    readings = lane.billing.read_credits([key_of(one, lane.run_name) for one in grants])
    return [
        _compared(reading, _credit(one, routes[one.id], lane))
        for one, reading in zip(grants, readings, strict=True)
    ]


def _compared(reading: CreditReading, wanted: CreditAsk) -> Result:
    if not reading.result.done:
        return reading.result
    if reading.credit == wanted:
        return Result(Ending.DONE, "seen")
    return Result(Ending.REFUSED, "not-as-given", f"billing shows {reading.credit}")


def _booked_by_bank(
    grants: Sequence[GrantRow], routes: Mapping[int, str], lane: Lane
) -> list[Result]:
    found = _transfer(grants, lane)
    return [Result(Ending.DONE, "seen") if one.done else one for one in found]


def _looked_in_billing(
    grants: Sequence[GrantRow], routes: Mapping[int, str], lane: Lane
) -> list[Result]:
    looked = lane.billing.look([key_of(one, lane.run_name) for one in grants])
    return [
        one if one.done or one.code == ABSENT else Result(Ending.UNKNOWN, one.code, one.text)
        for one in looked
    ]


def _looked_at_bank(
    grants: Sequence[GrantRow], routes: Mapping[int, str], lane: Lane
) -> list[Result]:
    """A transfer that waits has paid nothing; to ask for it again puts it down no second time."""
    looked = payments.look([key_of(one, lane.run_name) for one in grants], lane.at)
    return [
        Result(Ending.REFUSED, ABSENT) if one.ending is Ending.DEFERRED else one for one in looked
    ]


def _credit(grant: GrantRow, channel: str, lane: Lane) -> CreditAsk:
    where = _WHERE[channel]
    key = key_of(grant, lane.run_name)
    return CreditAsk(key, grant.address, grant.amount, grant.currency, where)


def _routes(grants: Sequence[GrantRow]) -> dict[int, str]:
    ids = [one.id for one in grants]
    if not ids:
        return {}
    return dict(Route.objects.filter(grant_id__in=ids).values_list("grant_id", "channel"))


def _route(grant: GrantRow, way: Chosen, at: datetime) -> Route:
    return Route(
        grant_id=grant.id,
        run_id=grant.run_id,
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        channel=way.channel,
        code=way.code,
        at=at,
    )


def _payout(grant: GrantRow, lane: Lane) -> Payout:
    """How the grant's remedy is paid; ``ValueError`` for one that the policy does not have."""
    found = lane.payouts.by_remedy.get(grant.remedy)
    if found is None:
        raise ValueError(f"grant {grant.id} is money, but remedy {grant.remedy} gives none")
    return found


def _no_channel(contract: Contract) -> Result:
    return Result(
        Ending.REFUSED,
        NO_CHANNEL,
        f"the policy names no way of paying that is open where the contract is {contract.value}",
    )
