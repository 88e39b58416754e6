"""Chunk leases and recording: one holder at a time, fenced, and tallies that equal the counts."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.databases import Database
from tests.leases.filled import (
    AT,
    BUCKETS,
    ROWS,
    ROWS_A_CHUNK,
    N,
    S,
    counted,
    expire,
    filled,
    tallies,
)

from ristoro.fulfilment.models import Grant, GrantState
from ristoro.journal.models import Detail
from ristoro.journal.verify import verify
from ristoro.kernel.keys import row_bounds, row_id
from ristoro.notices.models import Notice
from ristoro.remedies.models import Run, RunState
from ristoro.workers.leases import (
    LeaseLost,
    finish,
    give_back,
    hold,
    lease,
    release_dead,
    renew,
)
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.tallies import Conflict, left, record, tallied

WORKER = """
import sys, uuid
from datetime import UTC, datetime
import ristoro.start
from django.db import transaction
from ristoro.workers.leases import finish, lease
from ristoro.workers.tallies import record
run, owner = int(sys.argv[1]), str(uuid.uuid4())
print("ready", flush=True)
sys.stdin.readline()
while held := lease(run, owner, 60):
    at = datetime.now(UTC)
    if held.act == 3:
        finish(held)
        continue
    record(held, {({1: 2, 2: 1}[held.act], {1: 3, 2: 2}[held.act], "sending"): "all"}, at)
    with transaction.atomic():
        record(held, {({1: 3, 2: 2}[held.act], {1: 4, 2: 3}[held.act], "done"): "all"}, at)
        finish(held)
    print(held.act, held.lo, flush=True)
"""


def test_acts_come_in_order_bucket_by_bucket(each_database: Database) -> None:
    run = filled()
    order = []
    while held := lease(run.pk, "a", 60):
        order.append((held.bucket, held.act, held.lo))
        finish(held)
    assert len(order) == 12
    for bucket in BUCKETS:
        acts = [act for where, act, _ in order if where == bucket]
        assert acts == sorted(acts)
    assert [act for _, act, _ in order] == sorted(act for _, act, _ in order)


def test_notices_wait_until_the_bucket_has_no_unfinished_grants(each_database: Database) -> None:
    run = filled()
    held = [lease(run.pk, "a", 60, Act.GRANTS) for _ in range(4)]
    assert all(held)
    assert lease(run.pk, "b", 60) is None
    for each in held[:2]:
        assert each is not None
        finish(each)
    ready = lease(run.pk, "b", 60)
    assert ready is not None
    assert (ready.bucket, ready.act) == (3, Act.NOTICES)
    assert lease(run.pk, "b", 60, Act.RECONCILE) is None


def test_a_chunk_given_back_is_leased_after_its_time_only(each_database: Database) -> None:
    run = filled()
    first = lease(run.pk, "a", 60)
    assert first is not None
    give_back(first, after_seconds=3600)
    second = lease(run.pk, "a", 60)
    assert second is not None
    assert second.lo != first.lo
    give_back(second)
    third = lease(run.pk, "a", 60)
    assert third is not None
    assert (third.lo, third.tries) == (second.lo, 2)


@pytest.mark.parametrize("state", [RunState.LOADED, RunState.APPROVED, RunState.CLOSED])
def test_nothing_is_leased_of_a_run_that_is_not_acting(database: Database, state: RunState) -> None:
    assert lease(filled(state).pk, "a", 60) is None


def test_nothing_is_leased_of_a_paused_run(each_database: Database) -> None:
    run = filled()
    Run.objects.update(paused=True)
    assert lease(run.pk, "a", 60) is None
    Run.objects.update(paused=False)
    assert lease(run.pk, "a", 60) is not None


def test_a_lease_that_ended_goes_to_another_and_the_first_changes_nothing(
    each_database: Database,
) -> None:
    run = filled()
    first = lease(run.pk, "a", 60)
    assert first is not None
    expire(run)
    second = lease(run.pk, "b", 60)
    assert second is not None
    assert (second.chunk_id, second.tries) == (first.chunk_id, 2)
    before = (counted(), tallies())
    for attempt in (
        lambda: record(first, {(S.PLANNED, S.SENDING, "sending"): "all"}, AT),
        lambda: finish(first),
        lambda: give_back(first),
        lambda: renew(first, 60),
        lambda: hold(first),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert (counted(), tallies()) == before
    assert Chunk.objects.get(pk=first.chunk_id).owner == "b"


def test_the_same_owner_leasing_again_does_not_revive_the_old_lease(database: Database) -> None:
    run = filled()
    first = lease(run.pk, "a", 60)
    expire(run)
    second = lease(run.pk, "a", 60)
    assert first is not None
    assert second is not None
    with pytest.raises(LeaseLost):
        finish(first)
    finish(second)


def test_a_renewed_lease_lasts_longer_and_is_in_utc(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 10)
    assert held is not None
    longer = renew(held, 1000)
    assert (longer.until - held.until).total_seconds() > 900
    assert abs((held.until - datetime.now(UTC)).total_seconds()) < 60
    assert Chunk.objects.get(pk=held.chunk_id).lease_until == longer.until


def test_the_dead_are_relieved_at_once(each_database: Database) -> None:
    run = filled()
    first = lease(run.pk, "a", 3600)
    assert first is not None
    assert release_dead([]) == 0
    assert release_dead(["b"]) == 0
    assert release_dead(["a", "b"]) == 1
    second = lease(run.pk, "b", 60)
    assert second is not None
    assert second.chunk_id == first.chunk_id


def test_recording_moves_counts_and_journals_once(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 60)
    assert held is not None
    record(held, {(S.PLANNED, S.SENDING, "sending"): "all"}, AT)
    ids = list(range(held.lo, held.hi))
    done = record(
        held,
        {
            (S.SENDING, S.REFUSED, "lmtp-552"): ids[:1],
            (S.SENDING, S.UNKNOWN, "cut"): ids[1:3],
            (S.SENDING, S.APPLIED, "done"): ids[3:],
        },
        AT,
    )
    assert list(done.values()) == [1, 2, 7]
    assert tallies() == counted()
    assert Counter(Grant.objects.values_list("state", flat=True)) == {
        S.PLANNED: 30, S.REFUSED: 1, S.UNKNOWN: 2, S.APPLIED: 7,
    }  # fmt: skip
    assert Grant.objects.get(pk=ids[0]).result == "lmtp-552"
    details = list(Detail.objects.order_by("number").values_list("data", flat=True))
    assert len(details) == 2
    assert details[1]["moves"] == [
        [S.SENDING, S.APPLIED, "done", 7],
        [S.SENDING, S.REFUSED, "lmtp-552", 1],
        [S.SENDING, S.UNKNOWN, "cut", 2],
    ]
    assert verify().whole


def test_all_takes_what_no_list_names_whichever_is_named_first(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 60)
    assert held is not None
    record(held, {(S.PLANNED, S.SENDING, "sending"): "all"}, AT)
    moves = {
        (S.SENDING, S.APPLIED, "rest"): "all",
        (S.SENDING, S.UNKNOWN, "over"): [held.lo, held.lo + 3],
    }
    assert list(record(held, moves, AT).values()) == [8, 2]  # type: ignore[arg-type]
    assert Grant.objects.get(pk=held.lo + 3).result == "over"
    assert tallies() == counted()


def test_all_takes_what_no_list_names(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 60)
    assert held is not None
    record(held, {(S.PLANNED, S.SENDING, "sending"): "all"}, AT)
    done = record(
        held,
        {
            (S.SENDING, S.DEFERRED, "later"): [held.lo],
            (S.SENDING, S.APPLIED, "done"): "all",
        },
        AT,
    )
    assert list(done.values()) == [1, 9]
    assert left(held, [S.DEFERRED, S.UNKNOWN]) == 1
    assert left(held, [S.UNKNOWN]) == left(held, []) == 0
    give_back(held, after_seconds=0)
    again = lease(run.pk, "a", 60)
    assert again is not None
    assert again.lo == held.lo


def test_rows_in_another_state_stop_the_recording_whole(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 60)
    assert held is not None
    Grant.objects.filter(pk=held.lo).update(state=S.DECLINED)
    before = counted()
    with pytest.raises(Conflict, match="1 of 10"):
        record(held, {(S.PLANNED, S.SENDING, "sending"): list(range(held.lo, held.hi))}, AT)
    assert counted() == before
    assert not Detail.objects.exists()


def test_rows_of_another_bucket_are_not_moved(each_database: Database) -> None:
    run = filled()
    held = lease(run.pk, "a", 60)
    assert held is not None
    with pytest.raises(Conflict):
        record(held, {(S.PLANNED, S.SENDING, "x"): [row_bounds(7, run.pk)[0]]}, AT)


@pytest.mark.parametrize(
    "moves",
    [
        {(S.PLANNED, S.APPLIED, ""): "all"},
        {(S.PLANNED, S.SENDING, ""): [1], (S.SENDING, S.APPLIED, ""): "all"},
        {(S.PLANNED, S.SENDING, ""): [1], (S.DEFERRED, S.SENDING, ""): [1]},
        {(S.PLANNED, S.SENDING, ""): [1, 1]},
        {(S.SENDING, S.APPLIED, ""): "all", (S.SENDING, S.UNKNOWN, ""): "all"},
    ],
)
def test_unlawful_and_ambiguous_moves_are_refused(database: Database, moves: object) -> None:
    held = lease(filled().pk, "a", 60)
    assert held is not None
    with pytest.raises(ValueError, match=r"does not go|moved on|listed|of one state"):
        record(held, moves, AT)  # type: ignore[arg-type]


def test_reconciling_records_notices_and_the_grants_of_the_bucket(
    each_database: Database,
) -> None:
    run = filled()
    Grant.objects.update(state=S.APPLIED)
    Notice.objects.update(state=N.ACCEPTED)
    Tally.objects.all().delete()
    Tally.objects.bulk_create(
        Tally(run=run, act=a, bucket=b, remedy=r, state=s, rows=rows, amount=amount)
        for (a, b, r, s), (rows, amount) in counted().items()
    )
    Chunk.objects.exclude(act=Act.RECONCILE).update(state=ChunkState.DONE)
    held = lease(run.pk, "a", 60)
    assert held is not None
    assert held.act is Act.RECONCILE
    with transaction.atomic():
        record(held, {(N.ACCEPTED, N.VERIFIED, "seen"): "all"}, AT)
        last = row_id(held.bucket, run.pk, ROWS - 1)
        record(held, {(S.APPLIED, S.VERIFIED, "seen"): [last]}, AT, rows=Act.GRANTS)
        finish(held)
    assert tallies() == counted()
    with pytest.raises(ValueError, match="RECONCILE"):
        record(held, {(S.APPLIED, S.VERIFIED, "seen"): "all"}, AT, rows=Act.GRANTS)


def test_two_processes_racing_for_leases_do_every_chunk_once(each_database: Database) -> None:
    run = filled()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(run.pk)],
            env=each_database.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    said = [worker.communicate(b"go\n")[0].decode().split("\n") for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    connection.close()
    done = [line for lines in said for line in lines if line]
    assert len(done) == len(set(done))
    while held := lease(run.pk, "late", 60):  # what was not ready when a worker asked
        record(held, {(N.PLANNED, N.SENDING, "sending"): "all"}, AT) if held.act == 2 else None
        record(held, {(N.SENDING, N.ACCEPTED, "done"): "all"}, AT) if held.act == 2 else None
        finish(held)
    assert set(Grant.objects.values_list("state", flat=True)) == {S.APPLIED}
    assert set(Notice.objects.values_list("state", flat=True)) == {N.ACCEPTED}
    assert tallies() == counted()
    assert verify().whole


STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted((a, b) for a, b in {
            (S.PLANNED, S.SENDING), (S.DEFERRED, S.SENDING), (S.SENDING, S.APPLIED),
            (S.SENDING, S.DEFERRED), (S.SENDING, S.UNKNOWN), (S.UNKNOWN, S.APPLIED),
            (S.APPLIED, S.VERIFIED),
        })),
        st.sampled_from(["all", "some", "stolen"]),
        st.integers(0, ROWS_A_CHUNK),
    ),
    max_size=12,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_tallies_always_equal_the_counts(
    each_database: Database, steps: list[tuple[tuple[GrantState, GrantState], str, int]]
) -> None:
    with transaction.atomic():
        run = filled()
        held = lease(run.pk, "a", 60)
        assert held is not None
        for (before, after), how, many in steps:
            there = list(
                Grant.objects.filter(pk__gte=held.lo, pk__lt=held.hi, state=before)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            if how == "all":
                record(held, {(before, after, "x"): "all"}, AT)
            elif how == "some":
                record(held, {(before, after, "y"): there[:many]}, AT)
            else:
                absent = [each for each in range(held.lo, held.hi) if each not in there][:1]
                if absent:
                    with pytest.raises(Conflict):
                        record(held, {(before, after, "z"): [*there[:many], *absent]}, AT)
            assert tallies() == counted()
            assert sum(rows for rows, _ in tallied(run.pk, Act.GRANTS).values()) == 40
        transaction.set_rollback(True)
