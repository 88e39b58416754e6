"""Rows that did not go through: kept apart, tried again where that is safe, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.databases import Database
from tests.leases.filled import BUCKETS, counted, filled, tallies

from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.models import GrantState as S
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.notices.models import Notice
from ristoro.notices.models import NoticeState as N
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import mending, snags
from ristoro.workers.leases import finish, give_back, lease
from ristoro.workers.models import Act, Chunk, ChunkState, Snag
from ristoro.workers.readback import SIGNATURE_BROKEN
from ristoro.workers.tallies import record
from ristoro.workers.watching import watch

AT = datetime(2023, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=10)


def operator() -> Person:
    return people.add("anna", "correct horse battery", [Role.OPERATOR], actor="root", at=AT)


def ended(run: Run, act: Act, after: int, code: str, rows: int = 3) -> list[int]:
    """So many rows of the act's first open chunk end so; its chunk is done."""
    held = lease(run.pk, "w", 60, act)
    assert held is not None
    ids = list(range(held.lo, held.lo + rows))
    planned, sending = (S.PLANNED, S.SENDING) if act is Act.GRANTS else (N.PLANNED, N.SENDING)
    record(held, {(planned, sending, ""): ids}, AT)
    record(held, {(sending, after, code): ids}, AT)
    finish(held)
    return ids


def all_grants_done(run: Run) -> None:
    Chunk.objects.filter(run=run, act=Act.GRANTS).update(state=ChunkState.DONE)


def as_they_stand() -> set[tuple[int, int, int, str]]:
    """What the snags must be, from the rows."""
    grants = Grant.objects.filter(state__in=snags.STATES[Act.GRANTS])
    letters = Notice.objects.filter(state__in=snags.STATES[Act.NOTICES])
    return {(1, g.id, g.state, g.result) for g in grants} | {
        (2, n.id, n.state, n.result) for n in letters
    }


def kept() -> set[tuple[int, int, int, str]]:
    return set(Snag.objects.values_list("act", "row_id", "state", "code"))


def test_what_did_not_go_through_is_kept_and_goes_when_it_does(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "w", 60)
    assert held is not None
    ids = list(range(held.lo, held.hi))
    record(held, {(S.PLANNED, S.SENDING, ""): "all"}, AT)
    assert kept() == set()
    record(
        held,
        {
            (S.SENDING, S.REFUSED, "no-mailbox"): ids[:2],
            (S.SENDING, S.UNKNOWN, "cut"): ids[2:4],
            (S.SENDING, S.DEFERRED, "userdb"): ids[4:5],
            (S.SENDING, S.APPLIED, "set"): "all",
        },
        AT,
    )
    assert kept() == as_they_stand()
    assert len(kept()) == 5
    record(held, {(S.UNKNOWN, S.APPLIED, "seen"): ids[2:3]}, AT)
    record(held, {(S.UNKNOWN, S.PLANNED, "absent"): ids[3:4]}, AT)
    record(held, {(S.DEFERRED, S.SENDING, ""): "all"}, AT)
    assert kept() == as_they_stand()
    assert [(k.code, k.rows) for k in snags.kinds(run.pk, Act.GRANTS)] == [("no-mailbox", 2)]
    record(held, {(S.SENDING, S.REFUSED, "base-changed"): "all"}, AT)
    assert kept() == as_they_stand()
    assert tallies() == counted()


def test_refused_grants_are_planned_again_once(each_database: Database) -> None:
    run, anna = filled(), operator()
    ids = ended(run, Act.GRANTS, S.REFUSED, "no-mailbox")
    assert mending.retry(run, Act.GRANTS, [*ids, 10**15], anna, LATER) == 3
    assert mending.retry(run, Act.GRANTS, ids, anna, LATER) == 0
    assert set(Grant.objects.filter(id__in=ids).values_list("state", flat=True)) == {S.PLANNED}
    assert kept() == as_they_stand() == set()
    assert tallies() == counted()
    chunk = Chunk.objects.get(act=Act.GRANTS, lo=ids[0])
    assert chunk.state == ChunkState.OPEN
    entry = Entry.objects.get(name="workers.rows.retried")
    told = Detail.objects.get(number=entry.number).data
    assert (entry.actor, told["rows"], told["act"]) == ("anna", ids, "grants")


def test_a_letter_that_was_withheld_for_a_refused_grant_is_written_once_that_is_tried_again(
    each_database: Database,
) -> None:
    run, anna = filled(), operator()
    [grant] = ended(run, Act.GRANTS, S.REFUSED, "no-channel", rows=1)
    all_grants_done(run)
    mailbox = Grant.objects.get(id=grant).mailbox_id
    letter = Notice.objects.get(mailbox_id=mailbox)
    held = lease(run.pk, "w", 60, Act.NOTICES)
    while held is not None and not held.lo <= letter.id < held.hi:
        finish(held)
        held = lease(run.pk, "w", 60, Act.NOTICES)
    assert held is not None
    record(held, {(N.PLANNED, N.WITHHELD, "grant-refused"): [letter.id]}, AT)
    finish(held)
    assert mending.retry(run, Act.GRANTS, [grant], anna, LATER) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.result) == (N.PLANNED, "")
    chunk = Chunk.objects.get(act=Act.NOTICES, lo__lte=letter.id, hi__gt=letter.id)
    assert chunk.state == ChunkState.OPEN
    assert tallies() == counted()


def test_refused_letters_are_planned_again_and_read_back_again(each_database: Database) -> None:
    run, anna = filled(), operator()
    all_grants_done(run)
    ids = ended(run, Act.NOTICES, N.REFUSED, "lmtp-552")
    Chunk.objects.filter(act=Act.RECONCILE).update(state=ChunkState.DONE)
    assert mending.retry(run, Act.NOTICES, ids, anna, LATER) == 3
    assert set(Notice.objects.filter(id__in=ids).values_list("state", flat=True)) == {N.PLANNED}
    for act in (Act.NOTICES, Act.RECONCILE):
        assert Chunk.objects.get(act=act, lo=ids[0]).state == ChunkState.OPEN
    assert kept() == set()
    assert {k: v for k, v in tallies().items() if v[0]} == counted()


@pytest.mark.parametrize(
    ("act", "state", "code"),
    [
        (Act.GRANTS, S.UNKNOWN, "cut"),
        (Act.NOTICES, N.UNKNOWN, "cut"),
        (Act.NOTICES, N.REFUSED, SIGNATURE_BROKEN),
    ],
)
def test_what_may_have_happened_is_never_tried_again(
    database: Database, act: Act, state: int, code: str
) -> None:
    run, anna = filled(), operator()
    if act is Act.NOTICES:
        all_grants_done(run)
    ids = ended(run, act, state, code)
    before = kept()
    assert not mending.may_retry(act, state, code)
    assert mending.retry(run, act, ids, anna, LATER) == 0
    with pytest.raises(NotAllowed, match="not-safe"):
        mending.retry_all(run, act, state, code, anna, lambda: LATER)
    assert kept() == before
    assert Chunk.objects.get(act=act, lo=ids[0]).state == ChunkState.DONE


def test_deferred_rows_are_taken_up_at_once(each_database: Database) -> None:
    run, anna = filled(), operator()
    held = lease(run.pk, "w", 60)
    assert held is not None
    ids = list(range(held.lo, held.lo + 2))
    record(held, {(S.PLANNED, S.SENDING, ""): ids}, AT)
    record(held, {(S.SENDING, S.DEFERRED, "userdb"): ids}, AT)
    give_back(held, after_seconds=600)
    assert mending.retry(run, Act.GRANTS, ids, anna, LATER) == 2
    assert Chunk.objects.get(pk=held.chunk_id).not_before is None
    assert set(Grant.objects.filter(id__in=ids).values_list("state", flat=True)) == {S.DEFERRED}
    again = lease(run.pk, "w", 60)
    assert again is not None
    assert again.chunk_id == held.chunk_id


def test_what_is_unknown_is_looked_at_and_nothing_else(each_database: Database) -> None:
    run, anna = filled(), operator()
    ids = ended(run, Act.GRANTS, S.UNKNOWN, "cut")
    assert mending.look_at_all(run, Act.GRANTS, S.UNKNOWN, "cut", anna, lambda: LATER) == 3
    assert Chunk.objects.get(act=Act.GRANTS, lo=ids[0]).state == ChunkState.OPEN
    assert set(Grant.objects.filter(id__in=ids).values_list("state", flat=True)) == {S.UNKNOWN}


def test_every_row_of_a_kind_is_tried_again_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, anna = filled(), operator()
    for _ in range(4):
        ended(run, Act.GRANTS, S.REFUSED, "no-mailbox", rows=7)
    monkeypatch.setattr(mending, "AT_ONCE", 5)
    told: list[int] = []
    done = mending.retry_all(
        run, Act.GRANTS, S.REFUSED, "no-mailbox", anna, lambda: LATER, told.append
    )
    assert (done, sum(told)) == (28, 28)
    assert not Snag.objects.exists()
    assert tallies() == counted()


def test_a_row_is_marked_as_handled_for_a_reason_by_an_operator(database: Database) -> None:
    run, anna = filled(), operator()
    carla = people.add("carla", "another long phrase", [Role.AUDITOR], actor="root", at=AT)
    ids = ended(run, Act.GRANTS, S.REFUSED, "no-mailbox")
    with pytest.raises(BadInput, match="reason-missing"):
        mending.handle(run, Act.GRANTS, ids, "  ", anna, LATER)
    with pytest.raises(NotAllowed, match="role-missing"):
        mending.handle(run, Act.GRANTS, ids, "called them", carla, LATER)
    with pytest.raises(NotAllowed, match="role-missing"):
        mending.retry(run, Act.GRANTS, ids, carla, LATER)
    assert mending.handle(run, Act.GRANTS, ids[:2], "called them", anna, LATER) == 2
    assert mending.handle(run, Act.GRANTS, ids, "again", anna, LATER) == 1
    (kind,) = snags.kinds(run.pk, Act.GRANTS)
    assert (kind.rows, kind.open) == (3, 0)
    assert Grant.objects.filter(id__in=ids, state=S.REFUSED).count() == 3
    assert Entry.objects.filter(name="workers.rows.handled").count() == 2


@pytest.mark.parametrize("state", [RunState.APPROVED, RunState.CLOSED])
def test_rows_of_a_run_that_does_not_act_are_left(database: Database, state: RunState) -> None:
    run, anna = filled(), operator()
    ids = ended(run, Act.GRANTS, S.REFUSED, "no-mailbox")
    Run.objects.update(state=state)
    with pytest.raises(NotAllowed, match="wrong-state"):
        mending.retry(run, Act.GRANTS, ids, anna, LATER)


def test_counting_and_paging_are_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = filled()
    for _ in range(4):
        ended(run, Act.GRANTS, S.REFUSED, "no-mailbox", rows=7)
    monkeypatch.setattr(snags, "MOST_COUNTED", 20)
    kind = snags.counted(run.pk, Act.GRANTS, S.REFUSED, "no-mailbox")
    assert (kind.rows, kind.open, kind.more) == (20, 20, True)
    first = snags.page(run.pk, Act.GRANTS, S.REFUSED, "no-mailbox", -1, 10)
    then = snags.page(run.pk, Act.GRANTS, S.REFUSED, "no-mailbox", first[-1].row_id, 30)
    assert [one.row_id for one in [*first, *then]] == sorted(
        Grant.objects.filter(state=S.REFUSED).values_list("id", flat=True)
    )


def test_whoever_watches_sees_rate_time_left_workers_and_troubles(each_database: Database) -> None:
    run = filled()
    now = datetime.now(UTC)
    held = lease(run.pk, "worker-one", 60)
    assert held is not None
    ids = list(range(held.lo, held.lo + 6))
    record(held, {(S.PLANNED, S.SENDING, ""): ids}, now - timedelta(seconds=10))
    moves = {(S.SENDING, S.APPLIED, "set"): ids[:5], (S.SENDING, S.REFUSED, "unit"): ids[5:]}
    record(held, moves, now - timedelta(seconds=2))
    seen = watch(run, now)
    grants, letters = seen.pulses
    assert (grants.progress.ended, grants.progress.rows) == (6, len(BUCKETS) * 20)
    assert grants.a_second == 1
    assert grants.left == timedelta(seconds=170)  # 34 rows at six in thirty seconds
    assert (letters.a_second, letters.left) == (0, None)
    (worker,) = seen.alive
    assert (worker.owner, worker.act) == ("worker-one", Act.GRANTS)
    assert worker.heard_at == now - timedelta(seconds=2)
    assert seen.checkpoint is not None
    assert (seen.checkpoint.at, seen.checkpoint.rows) == (now - timedelta(seconds=2), 6)
    (trouble,) = seen.troubles
    assert (trouble.kind.code, [one.row_id for one in trouble.samples]) == ("unit", ids[5:])
    assert watch(run, now + timedelta(minutes=2)).alive == ()
    assert watch(run, now + timedelta(minutes=2)).held_by_dead == 1
    Run.objects.update(paused=True)
    assert watch(Run.objects.get(), now).pulses[0].left is None
