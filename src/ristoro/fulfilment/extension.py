"""Extensions and service days: an absolute day until which a subscription is paid.

The days stand decided in the row and are never computed again: 30 and 31 August plus six months
are both 29 February 2024 (cases LI-4 and LI-5), so the way back is the old day, which is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ristoro.edges.billing.contract import Billing, ExtensionAsk, SubscriptionReading
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.states import ABSENT
from ristoro.kernel.outcome import Ending, Result


def apply(grants: Sequence[GrantRow], billing: Billing, run_name: str) -> list[Result]:
    """Move each subscription from its old day to its new one; repeatable by the grant's key.

    A mailbox that was paid until no day has nothing to be longer: ``no-subscription``.
    """
    asks = []
    for grant in grants:
        if grant.base_until is not None or grant.until is None:
            base_until, until = figures(grant)
            asks.append(ExtensionAsk(key_of(grant, run_name), grant.address, base_until, until))
    booked = iter(billing.extend(asks, reason=f"run {run_name}"))
    none = Result(Ending.REFUSED, "no-subscription", "it was paid until no day when decided")
    return [none if grant.base_until is None else next(booked) for grant in grants]


def verify(grants: Sequence[GrantRow], billing: Billing) -> list[Result]:
    """Whether each subscription is paid until the new day; ``not-as-given`` where it is not."""
    readings = billing.read([grant.address for grant in grants])
    return [_seen(grant, reading) for grant, reading in zip(grants, readings, strict=True)]


def settle(grants: Sequence[GrantRow], billing: Billing, run_name: str) -> list[Result]:
    """Ask the billing system whether each key was booked: done, or refused with ``absent``."""
    results = billing.look([key_of(grant, run_name) for grant in grants])
    return [
        Result(Ending.UNKNOWN, result.code, result.text)
        if not result.done and result.code != ABSENT
        else result
        for result in results
    ]


def key_of(grant: GrantRow, run_name: str) -> str:
    """The idempotency key of the grant: the same in every process, in every attempt."""
    return f"{run_name}/{grant.id}"


def grant_of(key: str) -> tuple[str, int] | None:
    """The run's name and the grant's id of which this is the key; ``None`` for another key."""
    run_name, _, number = key.partition("/")
    if not (run_name and number.isascii() and number.isdecimal() and len(number) <= 16):
        return None
    return run_name, int(number)


def figures(grant: GrantRow) -> tuple[date, date]:
    """The old day and the new one; a grant without both was never decided (``ValueError``)."""
    if grant.base_until is None or grant.until is None:
        raise ValueError(f"grant {grant.id} extends a subscription but has no days")
    return grant.base_until, grant.until


def _seen(grant: GrantRow, reading: SubscriptionReading) -> Result:
    _, until = figures(grant)
    if not reading.result.done:
        return reading.result
    if reading.paid_until == until:
        return Result(Ending.DONE, "seen")
    shown = reading.paid_until.isoformat() if reading.paid_until else "no day"
    return Result(
        Ending.REFUSED, "not-as-given", f"billing shows {shown}, the grant says {until.isoformat()}"
    )
