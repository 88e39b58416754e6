"""Giving what a claimant chose in kind: once, to an absolute target, and seen afterwards.

It goes by the same acts as grants (``fulfilment.act``): the base is read and written down before
the first act, an unknown end is settled by looking, and what cannot be given is paid in money.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from django.db import transaction

from ristoro.claims import choosing, settle
from ristoro.claims.models import Offer
from ristoro.claims.moving import note
from ristoro.fulfilment import act, states
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.rows import GrantRow
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.clock import add_months
from ristoro.kernel.outcome import Ending, Result

KEYS = "_claims"
"""Stands where a grant's key has its run: no run can have this name."""
KIB = 1024
TO_FOLLOW = states.TO_ACT | states.TO_SETTLE | {GrantState.APPLIED}
MOVED_SINCE = "base-changed"
"""Nothing was done, for the base is another by now."""


def follow(opening: Callable[[], AbstractContextManager[Doors]], at: datetime) -> int:
    """Take each chosen gift as far as it goes now; how many moved. For a timer.

    ``opening`` gives the way to the mail host and the billing system, and is asked only where there
    is something to give.
    """
    waiting = Offer.objects.filter(state__in=TO_FOLLOW).order_by("id")
    ids = list(waiting.values_list("pk", flat=True))
    if not ids:
        return 0
    with opening() as doors:
        return sum(_go_on(pk, doors, at) for pk in ids)


def _go_on(pk: int, doors: Doors, at: datetime) -> bool:
    one = Offer.objects.select_related("claim", "finding").get(pk=pk)
    before = (one.state, one.result)
    if one.state in states.TO_SETTLE:
        [result] = act.settle([_row(one)], doors, at)
        _move(one, states.after_look(result), result.code, at)
    if one.state in states.TO_ACT and _based(one, doors, at):
        _move(one, GrantState.SENDING, "", at)
        if one.state == GrantState.SENDING:
            [result] = act.apply([_row(one)], doors, at)
            _move(one, states.after_act(result), result.code, at)
    if one.state == GrantState.APPLIED:
        [result] = act.verify([_row(one)], doors, at)
        _move(one, states.after_verify(result), result.code, at)
    return (one.state, one.result) != before


def _based(one: Offer, doors: Doors, at: datetime) -> bool:
    """Whether the target stands; it is worked out once, from what is there now."""
    if one.target is not None or one.until is not None:
        return True
    address = one.claim.address
    if one.kind == GrantKind.STORAGE:
        [quota] = doors.host.read_quota([address])
        result, limit = quota.result, quota.limit_kib
        if result.done and limit is not None:
            one.base, one.target = limit * KIB, limit * KIB + one.amount
        none = Result(Ending.REFUSED, "no-limit", "the mailbox has no limit to raise")
    else:
        [paid] = doors.billing.read([address])
        result = paid.result
        if result.done and paid.paid_until is not None:
            one.base_until = paid.paid_until
            one.until = add_months(paid.paid_until, one.amount)
        none = Result(Ending.REFUSED, "no-subscription", "it is paid until no day")
    if one.target is None and one.until is None:
        refused = none if result.done else result
        to = GrantState.REFUSED if refused.ending is Ending.REFUSED else GrantState.DEFERRED
        _move(one, to, refused.code, at)
        return False
    one.save(update_fields=["base", "target", "base_until", "until"])
    return True


def _move(one: Offer, to: GrantState, told: str, at: datetime) -> None:
    """Write a step down, with what follows from it, unless another process was there before."""
    before = one.state
    if to is GrantState.REFUSED and told == MOVED_SINCE:
        to, one.base, one.target, one.base_until, one.until = GrantState.PLANNED, *[None] * 4
    if (before, one.result) == (to, told):
        return
    one.state, one.result, one.since = to, told, at
    with transaction.atomic():
        same = Offer.objects.filter(pk=one.pk, state=before)
        figures = {name: getattr(one, name) for name in ("base", "target", "base_until", "until")}
        if not same.update(state=to, result=told, since=at, **figures):
            one.refresh_from_db(fields=["state", "result"])
            return
        if to == before:
            return
        if to is GrantState.APPLIED:
            post([choosing.entry(one, "given", Account.IN_KIND_OWED, Account.IN_KIND_GIVEN, at)])
            _note(one, "given-kind", at)
        elif to is GrantState.REFUSED:
            post(
                [
                    choosing.entry(
                        one, "not-owed", Account.IN_KIND_OWED, Account.IN_KIND_PROMISED, at
                    )
                ]
            )
            settle.pay_instead(one, at)
            _note(one, "refused-kind", at)
        if to is not GrantState.SENDING:
            data = {"round": one.finding.round, "state": to.name.lower(), "result": told}
            append("ristoro", names.CLAIM_IN_KIND, f"claim {one.claim.number}", data, at)


def _note(one: Offer, what: str, at: datetime) -> None:
    note(one.claim, what, f"{what} {one.finding.round}", "ristoro", "", at, shown=True)


def _row(one: Offer) -> GrantRow:
    """As acts take it; ``id`` is the offer's."""
    return GrantRow(
        id=one.pk,
        run_id=0,
        mailbox_id=one.mailbox_id,
        bucket=one.bucket,
        address=one.claim.address,
        remedy=0,
        kind=GrantKind(one.kind),
        amount=one.amount,
        currency="",
        base=one.base,
        target=one.target,
        base_until=one.base_until,
        until=one.until,
        deadline=None,
        state=GrantState(one.state),
        result=one.result,
    )
