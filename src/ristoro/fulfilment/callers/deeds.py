"""What a verified caller has done by telephone: an answer, thinking again, a fault."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ristoro.fulfilment import consent
from ristoro.fulfilment.callers import calls
from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.consent import Said
from ristoro.fulfilment.held import GrantFacts
from ristoro.fulfilment.moves import Free, Keep
from ristoro.fulfilment.withdraw import withdraw_all
from ristoro.kernel.keys import digest_of
from ristoro.outages.reports import report as reports
from ristoro.remedies.models import Run
from ristoro.staff.people import Person

PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller said: yes to ``chosen``, or no to all of ``asked``, with their own reason.

    ``at`` is in the zone of the policy's days.
    """

    run: Run
    asked: tuple[GrantFacts, ...]
    chosen: GrantFacts
    yes: bool
    reason: str
    at: datetime


def record(call: Call, person: Person, reply: Reply, key: str, keep: Keep) -> bool:
    """Record the caller's answer, with the call as its proof; ``False`` for the same form again.

    As ``consent.answer``, and ``NotAllowed`` where the caller is not verified.
    """
    calls.require_verified(call, reply.at)
    proof = f"call {call.pk}, caller verified by {call.means}"
    said = Said(reply.yes, PHONE, proof, person, reply.at, reply.reason)
    with transaction.atomic():
        what = calls.YES if reply.yes else calls.NO
        if not calls.did(call, key, what, reply.chosen.number, reply.at):
            return False
        chosen = reply.chosen
        if reply.yes or len(reply.asked) == 1:
            consent.answer(reply.run, chosen.id, said, chosen.silence, keep, chosen.others)
        else:
            consent.decline(reply.run, [one.id for one in reply.asked], said, keep)
    return True


def figures(grants: Sequence[GrantFacts]) -> str:
    """A digest of what is read out of these grants: another one was not what the caller heard."""
    told = [
        [one.id, one.kind.value, one.amount, one.currency, one.base, one.target]
        + [day and day.isoformat() for day in (one.base_until, one.until, one.deadline)]
        for one in grants
    ]
    return digest_of(told)


@dataclass(frozen=True, slots=True)
class Workers:
    """What workers must know of a move: ``fulfilment.moves``."""

    free: Free
    keep: Keep


def take_back(
    call: Call,
    person: Person,
    run: Run,
    grants: Sequence[GrantFacts],
    key: str,
    at: datetime,
    workers: Workers,
) -> bool:
    """Take the answers to these grants back, while nothing has been made of them.

    As ``withdraw``; whoever answered in the webmail may think again on the telephone, and the other
    way round.
    """
    calls.require_verified(call, at)
    within: Collection[int] = {one.remedy for one in grants} | grants[0].others
    with transaction.atomic():
        if not calls.did(call, key, calls.BACK, grants[0].number, at):
            return False
        ids = [one.id for one in grants]
        withdraw_all(run, ids, at, workers.free, workers.keep, within, person)
    return True


def report_fault(call: Call, said: reports.Said, key: str, store: str, at: datetime) -> int | None:
    """Report a fault in the caller's words; its number, or ``None`` for the same form again."""
    known = reports.Known(call.address, call.brand, store)
    with transaction.atomic():
        made = reports.report(said, known, at, by=call.person)
        if not calls.did(call, key, calls.FAULT, str(made.pk), at):
            transaction.set_rollback(True)
            return None
    return int(made.pk)
