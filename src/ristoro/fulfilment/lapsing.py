"""What silence means at the deadline of a grant that waits, and that done for whoever was silent.

Silence never takes away what the policy gives anyway, nobody forfeits unheard, and where the rules
of one remedy disagree about silence a person is asked (promise 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from ristoro.fulfilment import alternatives
from ristoro.fulfilment.alternatives import IDS_AT_ONCE, NO_OTHERS, Others
from ristoro.fulfilment.consent import Silence, told
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.moves import Keep, Move, follow_up
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.keys import row_bounds
from ristoro.remedies.language.policy import Give, Policy
from ristoro.remedies.models import Run

_AFTER_SILENCE: Mapping[Silence, tuple[GrantState, str]] = {
    Silence.GIVE: (GrantState.PLANNED, "given-unasked"),
    Silence.FORFEIT: (GrantState.LAPSED, "no-answer"),
}


def lapse(
    run: Run,
    today: date,
    silences: Mapping[int, Silence],
    actor: str,
    at: datetime,
    keep: Keep,
    others: Others = NO_OTHERS,
) -> dict[Silence, int]:
    """Do what the policy says with the grants whose deadline lies before ``today``.

    ``silences`` is by remedy (``silences_of``). Given ones become planned, with a letter to tell of
    it, forfeited ones lapsed; those to be asked again stay waiting and on the hold list. So do
    forfeited ones whose mailbox no letter has reached: nobody forfeits unheard (promise 7), and
    ``unheard`` names them. Where one of several alternatives is given, those that wait beside it
    are declined with it; it is given first, so none of them has lapsed. One transaction for each
    bucket and remedy, so it may stop anywhere and be run again. Returns how many grants met each
    fallback.
    """
    met = dict.fromkeys(Silence, 0)
    overdue = Grant.objects.filter(run_id=run.id, state=GrantState.WAITING, deadline__lt=today)
    places = overdue.order_by("bucket", "remedy").values_list("bucket", "remedy").distinct()

    def given_first(place: tuple[int, int]) -> tuple[int, bool, int]:
        return place[0], silences.get(place[1]) is not Silence.GIVE, place[1]

    for bucket, remedy in sorted(places, key=given_first):
        lo, hi = row_bounds(bucket, run.id)
        waiting = overdue.filter(id__gte=lo, id__lt=hi)
        silence = silences.get(remedy, Silence.ASK_AGAIN)
        if silence is Silence.ASK_AGAIN:
            met[silence] += waiting.filter(remedy=remedy).count()
            continue
        beside = others.get(remedy, frozenset()) if silence is Silence.GIVE else frozenset()
        waiting = waiting.filter(remedy__in=[remedy, *beside])
        met[silence] += _lapse(run, waiting, remedy, silence, By(actor, at), keep)
    return met


def silences_of(policy: Policy) -> dict[int, Silence]:
    """What silence means for each remedy, by its position.

    A remedy asks by rule, a grant knows only its remedy: where its rules disagree, a person is
    asked. A claim that was never made is forfeited.
    """
    found = {}
    for position, remedy in enumerate(policy.remedies):
        said = {
            Silence(rule.result.consent.silence)
            for rule in remedy.rules
            if isinstance(rule.result, Give) and rule.result.consent.silence
        }
        if said:
            found[position] = said.pop() if len(said) == 1 else Silence.ASK_AGAIN
    return found


@dataclass(frozen=True, slots=True)
class By:
    """Who goes through the deadlines, and when."""

    actor: str
    at: datetime


def _lapse(
    run: Run, waiting: QuerySet[Grant], remedy: int, silence: Silence, by: By, keep: Keep
) -> int:
    """Move the grants of the remedy among these of one bucket, in one transaction; how many.

    The others are alternatives to it: they are declined where it is given.
    """
    after, result = _AFTER_SILENCE[silence]
    with transaction.atomic():
        locked = list(waiting.select_for_update().order_by("id"))
        grants = [one for one in locked if one.remedy == remedy]
        if silence is Silence.FORFEIT and grants:
            reached = told(run, grants[0].bucket)
            grants = [one for one in grants if one.mailbox_id in reached]
        if not grants:
            return 0
        ids, amount = tuple(one.id for one in grants), sum(one.amount for one in grants)
        for first in range(0, len(ids), IDS_AT_ONCE):
            some = waiting.filter(id__in=ids[first : first + IDS_AT_ONCE])
            some.update(state=after, result=result, since=by.at)
        mailboxes = {one.mailbox_id for one in grants}
        beside = (o for o in locked if o.remedy != remedy and o.mailbox_id in mailboxes)
        passed, counts = alternatives.pass_over(beside, remedy, by.at)
        bucket = grants[0].bucket
        given = grants if after is GrantState.PLANNED else []
        letters = tuple(follow_up(one) for one in given)
        before = GrantState.WAITING
        keep(Move(run.id, bucket, remedy, before, after, ids, amount, letters, passed))
        data = {
            "bucket": bucket,
            "remedy": remedy,
            "silence": silence.value,
            "grants": len(ids),
            "amount": amount,
            **({"passed_over": counts} if counts else {}),
        }
        append(by.actor, names.GRANTS_LAPSED, f"run {run.pk}", data, by.at)
    return len(ids)
