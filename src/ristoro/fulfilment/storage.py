"""Storage grants: an absolute limit from a recorded base, seen afterwards in a fresh session.

A grant of a fifth more made twice is a fifth more (case LI-3): the host is asked to set
``target`` where the limit is ``base``, never to add. Where it is neither, because the plan was
changed since the decision, the act is refused with ``base-changed`` and a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from ristoro.edges.mailhosts.contract import MailHost, QuotaAsk, QuotaReading
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.states import ABSENT
from ristoro.kernel.outcome import Ending, Result

KIB = 1024


def apply(grants: Sequence[GrantRow], host: MailHost) -> list[Result]:
    """Set each limit to its target by compare-and-set; repeatable."""
    asks = []
    for grant in grants:
        base, target = figures(grant)
        asks.append(QuotaAsk(grant.address, base, target))
    return host.raise_quota(asks)


def verify(grants: Sequence[GrantRow], host: MailHost) -> list[Result]:
    """Whether each limit, as GETQUOTAROOT shows it in a fresh session, is the target.

    Refused with ``not-as-given`` where it shows another; a session that could not be had keeps
    its own ending.
    """
    readings = host.read_quota([grant.address for grant in grants])
    return [_seen(grant, reading) for grant, reading in zip(grants, readings, strict=True)]


def settle(grants: Sequence[GrantRow], host: MailHost) -> list[Result]:
    """Look whether each act happened: done, or refused with ``absent`` (still to do).

    Refused with ``base-changed`` or ``no-mailbox`` where it can neither have happened nor be done
    now. A look that failed is unknown. Where base and target are the same to the protocol's KiB
    the answer is ``absent``, which is safe: the act compares before it sets.
    """
    readings = host.read_quota([grant.address for grant in grants])
    return [_settled(grant, reading) for grant, reading in zip(grants, readings, strict=True)]


def figures(grant: GrantRow) -> tuple[int, int]:
    """Base and target in bytes; a storage grant without both was never decided (``ValueError``)."""
    if grant.base is None or grant.target is None:
        raise ValueError(f"grant {grant.id} is for storage but has no base and target")
    return grant.base, grant.target


def _seen(grant: GrantRow, reading: QuotaReading) -> Result:
    _, target = figures(grant)
    if not reading.result.done:
        return reading.result
    if reading.shows(target):
        return Result(Ending.DONE, "seen")
    return Result(Ending.REFUSED, "not-as-given", _against(reading, target))


def _settled(grant: GrantRow, reading: QuotaReading) -> Result:
    base, target = figures(grant)
    if not reading.result.done:
        if reading.result.ending is Ending.REFUSED:
            return reading.result
        return Result(Ending.UNKNOWN, reading.result.code, reading.result.text)
    if reading.shows(base):
        return Result(Ending.REFUSED, ABSENT)
    if reading.shows(target):
        return Result(Ending.DONE, "seen")
    return Result(Ending.REFUSED, "base-changed", _against(reading, target))


def _against(reading: QuotaReading, target: int) -> str:
    shown = "no limit" if reading.limit_kib is None else f"{reading.limit_kib} KiB"
    return f"the mailbox shows {shown}, the grant says {-(-target // KIB)} KiB"
