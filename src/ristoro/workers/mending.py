"""What a person does about rows that did not go through: have them tried or looked at, or say why
nothing more is to be done.

Only what certainly did not happen is tried again. What is unknown is never tried: workers look
(promise 5). Whatever is done is journaled with who did it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.moves import Move
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem, bad_input
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.plan import GRANT_REFUSED
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import shift, snags
from ristoro.workers.models import Act, Snag
from ristoro.workers.readback import STORED_WRONG

REFUSED = {Act.GRANTS: GrantState.REFUSED, Act.NOTICES: NoticeState.REFUSED}
DEFERRED = {Act.GRANTS: GrantState.DEFERRED, Act.NOTICES: NoticeState.DEFERRED}
UNKNOWN = {Act.GRANTS: GrantState.UNKNOWN, Act.NOTICES: NoticeState.UNKNOWN}
LONGEST_REASON = 500
AT_ONCE = 500


def may_retry(act: Act, state: int, code: str) -> bool:
    """Whether rows of this kind can be tried again without doing anything twice.

    A letter that lies in its mailbox, though not as it should, was refused after it was stored.
    """
    return state == DEFERRED[act] or (state == REFUSED[act] and code not in STORED_WRONG)


def may_look(act: Act, state: int) -> bool:
    """Whether workers can settle rows of this kind by looking."""
    return state == UNKNOWN[act]


def retry(run: Run, act: Act, ids: Sequence[int], person: Person, at: datetime) -> int:
    """Have these rows tried again, at most ``AT_ONCE``; how many of them can be.

    Refused rows are planned again by compare-and-set; deferred ones are taken up at once. Rows
    that are neither any more, or that must not be tried again, are left as they are.
    """
    _may(run, person)
    with transaction.atomic():
        chosen = list(_locked(run, act, ids))
        refused = [one.row_id for one in chosen if one.state == REFUSED[act]
                   and may_retry(act, one.state, one.code)]  # fmt: skip
        deferred = [one.row_id for one in chosen if one.state == DEFERRED[act]]
        moved = _plan_again(run, act, refused, at) if refused else []
        if deferred:
            shift.open_now(run.pk, act, deferred)
        found = sorted([*moved, *deferred])
        if found:
            _journal(run, names.ROWS_RETRIED, act, found, {}, person, at)
    return len(found)


def retry_all(
    run: Run,
    act: Act,
    state: int,
    code: str,
    person: Person,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Have every row of a kind tried again, some hundred in a transaction; how many."""
    if not may_retry(act, state, code):
        raise _unsafe(act, state, code)
    return _over(run, act, state, code, progress,
                 lambda ids: retry(run, act, ids, person, clock()))  # fmt: skip


def look_again(run: Run, act: Act, ids: Sequence[int], person: Person, at: datetime) -> int:
    """Have workers look at these unknown rows at once; how many are still unknown."""
    _may(run, person)
    with transaction.atomic():
        found = sorted(o.row_id for o in _locked(run, act, ids) if may_look(act, o.state))
        if found:
            shift.open_now(run.pk, act, found)
            _journal(run, names.ROWS_LOOKED_AT, act, found, {}, person, at)
    return len(found)


def look_at_all(
    run: Run,
    act: Act,
    state: int,
    code: str,
    person: Person,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Have workers look at every row of a kind; how many."""
    if not may_look(act, state):
        raise _unsafe(act, state, code)
    return _over(run, act, state, code, progress,
                 lambda ids: look_again(run, act, ids, person, clock()))  # fmt: skip


def handle(
    run: Run, act: Act, ids: Sequence[int], reason: str, person: Person, at: datetime
) -> int:
    """Mark rows as handled by a person, for a reason; how many were not before.

    Their states stay: nothing is given by this, and nothing is forgotten.
    """
    people.require(person, Role.OPERATOR)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise bad_input(
            "reason-missing",
            f"the reason is empty or longer than {LONGEST_REASON} characters",
            "whoever looks at these rows next must be able to read what was done",
            "write what was done about them",
        )
    with transaction.atomic():
        open_ = [one.row_id for one in _locked(run, act, ids) if one.handled_at is None]
        Snag.objects.filter(act=act, row_id__in=open_).update(
            handled_by=person.name, handled_at=at, handled_because=reason
        )
        if open_:
            _journal(run, names.ROWS_HANDLED, act, open_, {"reason": reason}, person, at)
    return len(open_)


def _may(run: Run, person: Person) -> None:
    people.require(person, Role.OPERATOR)
    found = Run.objects.get(pk=run.pk)
    if found.state != RunState.ACTING:
        raise NotAllowed(
            Problem(
                "wrong-state",
                f"the run {found.name} is {RunState(found.state).label.lower()}",
                "workers come only to the rows of a run that acts",
                "see where it stands",
            )
        )


def _locked(run: Run, act: Act, ids: Sequence[int]) -> list[Snag]:
    wanted = list(ids)[:AT_ONCE]
    found = Snag.objects.select_for_update().filter(run=run, act=act, row_id__in=wanted)
    return list(found.order_by("row_id"))


def _plan_again(run: Run, act: Act, ids: Sequence[int], at: datetime) -> list[int]:
    moved = (_grants if act is Act.GRANTS else _notices)(run, ids, at)
    snags.drop(act, moved)
    return moved


def _grants(run: Run, ids: Sequence[int], at: datetime) -> list[int]:
    before, after = GrantState.REFUSED, GrantState.PLANNED
    found = Grant.objects.select_for_update().filter(id__in=ids, run=run, state=before)
    grants = sorted(found, key=lambda one: (one.bucket, one.remedy, one.id))
    for (bucket, remedy), group in groupby(grants, key=lambda one: (one.bucket, one.remedy)):
        rows = list(group)
        some = tuple(one.id for one in rows)
        Grant.objects.filter(id__in=some, state=before).update(state=after, result="", since=at)
        amount = sum(one.amount for one in rows)
        letters = tuple(_withheld(run, [one.mailbox_id for one in rows]))
        shift.keep(Move(run.pk, bucket, remedy, before, after, some, amount, letters))
    return [one.id for one in grants]


def _withheld(run: Run, mailboxes: Sequence[int]) -> Sequence[Notice]:
    """The letters that were withheld because a grant was refused: they can tell of it now."""
    of_run = Notice.objects.filter(run=run, mailbox_id__in=mailboxes)
    return list(of_run.filter(state=NoticeState.WITHHELD, result=GRANT_REFUSED).order_by("id"))


def _notices(run: Run, ids: Sequence[int], at: datetime) -> list[int]:
    before = NoticeState.REFUSED
    found = Notice.objects.select_for_update().filter(id__in=ids, run=run, state=before)
    letters = sorted(found, key=lambda one: (one.bucket, one.kind, one.id))
    for (bucket, kind), group in groupby(letters, key=lambda one: (one.bucket, one.kind)):
        some = [one.id for one in group]
        Notice.objects.filter(id__in=some, state=before).update(
            state=NoticeState.PLANNED, result="", since=at
        )
        shift.send_again(run.pk, bucket, kind, some)
    return [one.id for one in letters]


def _over(
    run: Run,
    act: Act,
    state: int,
    code: str,
    progress: Callable[[int], None],
    do: Callable[[list[int]], int],
) -> int:
    done = 0
    for some in snags.each(run.pk, act, state, code, AT_ONCE):
        done += do([one.row_id for one in some])
        progress(len(some))
    return done


def _unsafe(act: Act, state: int, code: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            "not-safe",
            f"rows of {act.label.lower()} in state {state} ({code}) are not done again",
            "they may have happened, or what they did is there: twice would be worse than once",
            "have workers look where it is unknown; handle what is left one by one",
        )
    )


def _journal(
    run: Run,
    name: str,
    act: Act,
    ids: Sequence[int],
    data: dict[str, Any],
    person: Person,
    at: datetime,
) -> None:
    about = {"run": run.name, "person": person.id, "act": act.name.lower(), "rows": list(ids)}
    append(person.name, name, f"run {run.pk}", {**about, **data}, at)
