"""Grants among which a holder chooses: while one of them is given, the others are declined.

Which remedies are alternatives is the policy's; that one of a mailbox's grants stood back for
another is said by its result, so that it can be told, counted and undone from the rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from ristoro.fulfilment.models import Consent, Grant, GrantState
from ristoro.fulfilment.moves import Move
from ristoro.fulfilment.states import MADE, PENDING
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.models import Run

Others = Mapping[int, frozenset[int]]
"""By a remedy's position, those of its alternatives; remedies of no choice may be left out."""

NO_OTHERS: Others = {}
"""Of a policy without choices."""

CHOSE_OTHER = "chose-other"
"""Begins the result of a grant that stands back; the position of the remedy given follows."""
TAKEN = (PENDING | MADE | {GrantState.REFUSED}) - {GrantState.WAITING}
"""States of a grant that was chosen, or given to whoever was silent, and was not taken back."""
IDS_AT_ONCE = 500


def others_of(policy: Policy) -> dict[int, frozenset[int]]:
    """The alternatives to each remedy that has any."""
    return {
        position: policy.others(position)
        for within in policy.choices.values()
        for position in within
        if len(within) > 1
    }


def instead_of(result: str) -> int | None:
    """The remedy that is given instead of a grant with this result; ``None`` where none is."""
    head, _, remedy = result.partition(":")
    return int(remedy) if head == CHOSE_OTHER and remedy else None


def locked(run: Run, grant_id: int, others: Collection[int]) -> tuple[Grant, list[Grant]]:
    """A grant and the mailbox's alternatives to it, locked until the caller's transaction ends.

    All in the order of their ids, so that two answers to two alternatives wait for each other and
    never both at once.
    """
    if not others:
        return Grant.objects.select_for_update().get(id=grant_id, run_id=run.id), []
    mailbox, remedy = Grant.objects.values_list("mailbox_id", "remedy").get(
        id=grant_id, run_id=run.id
    )
    wanted = Grant.objects.filter(
        mailbox_id=mailbox, run_id=run.id, remedy__in=[remedy, *others]
    ).order_by("id")
    grants = list(wanted.select_for_update())
    chosen = next(one for one in grants if one.id == grant_id)
    return chosen, [one for one in grants if one.id != grant_id]


def refuse_second(grant: Grant, beside: Iterable[Grant]) -> None:
    """``NotAllowed`` where the grant stands back, or an alternative to it is given."""
    taken = [one.remedy for one in beside if one.state in TAKEN]
    instead = instead_of(grant.result) if grant.state == GrantState.DECLINED else None
    if instead is None and not taken:
        return
    given = taken[0] if instead is None else instead
    raise NotAllowed(
        Problem(
            CHOSE_OTHER,
            f"remedy {given} is given instead of remedy {grant.remedy}",
            "the two are alternatives, and a mailbox gets one of them",
            "have the other answer taken back first, as long as nothing has been made of it",
        )
    )


def pass_over(
    grants: Iterable[Grant], chosen: int, at: datetime
) -> tuple[tuple[Move, ...], dict[str, int]]:
    """Decline the grants of one bucket that still wait, because ``chosen`` is given.

    The moves, and how many there were by remedy, for the journal.
    """
    waiting = [
        one for one in grants if one.state == GrantState.WAITING and one.consent == Consent.CONFIRM
    ]
    return _shift(waiting, GrantState.DECLINED, f"{CHOSE_OTHER}:{chosen}", at)


def bring_back(
    grants: Iterable[Grant], chosen: int, at: datetime
) -> tuple[tuple[Move, ...], dict[str, int]]:
    """Let those wait again that stood back for ``chosen``; as ``pass_over``."""
    stood_back = [
        one
        for one in grants
        if one.state == GrantState.DECLINED and instead_of(one.result) == chosen
    ]
    return _shift(stood_back, GrantState.WAITING, "", at)


def _shift(
    grants: Sequence[Grant], after: GrantState, result: str, at: datetime
) -> tuple[tuple[Move, ...], dict[str, int]]:
    by_remedy: dict[int, list[Grant]] = {}
    for grant in grants:
        by_remedy.setdefault(grant.remedy, []).append(grant)
    moves = []
    for remedy, those in sorted(by_remedy.items()):
        before, ids = GrantState(those[0].state), tuple(one.id for one in those)
        for first in range(0, len(ids), IDS_AT_ONCE):
            some = Grant.objects.filter(id__in=ids[first : first + IDS_AT_ONCE], state=before)
            some.update(state=after, result=result, since=at)
        amount = sum(one.amount for one in those)
        moves.append(Move(those[0].run_id, those[0].bucket, remedy, before, after, ids, amount))
    return tuple(moves), {str(move.remedy): len(move.ids) for move in moves}
