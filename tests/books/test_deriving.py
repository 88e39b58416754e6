"""Books that follow the grants: whatever moves, entry by entry and in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.books.stage import AT, BUCKETS, CREDIT, STORAGE, filled
from tests.databases import Database

from ristoro.fulfilment.books import Account
from ristoro.fulfilment.books.entries import LINES_AN_ENTRY
from ristoro.fulfilment.books.models import Balance, BookEntry, BookLine, Term
from ristoro.fulfilment.books.positions import position, steps
from ristoro.fulfilment.books.reconcile import arithmetic, differences, whole
from ristoro.fulfilment.models import Grant, GrantState, Route
from ristoro.fulfilment.moves import Move
from ristoro.fulfilment.states import MOVES
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift
from ristoro.workers.books import open_books, sums_of
from ristoro.workers.leases import Lease, lease
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.tallies import Conflict, record

S = GrantState
ON_HOST = (S.PLANNED, S.SENDING, S.APPLIED, S.VERIFIED)


def leased(run: Run) -> Lease:
    Chunk.objects.update(state=ChunkState.OPEN)
    held = lease(run.pk, "w", 600)
    assert held is not None
    return held


def entries_of(run: Run, remedy: int) -> list[str]:
    found = BookEntry.objects.filter(run_id=run.pk, remedy=remedy)
    return list(found.order_by("id").values_list("code", flat=True))


def net(account: Account, unit: str = "EUR") -> int:
    rows = Balance.objects.filter(account=account, unit=unit)
    return sum(row.credit - row.debit for row in rows)


def agrees(run: Run) -> None:
    assert [*whole(run, sums_of(run), BUCKETS), *arithmetic()] == []


def given_to(run: Run, ids: list[int]) -> None:
    """Takes these grants of the first chunk as far as they go."""
    held = leased(run)
    for before, after in pairwise(ON_HOST):
        record(held, {(before, after, ""): ids}, AT)


def test_what_a_run_owes_is_booked_as_it_begins(each_database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run", asked=2)
    assert open_books(run, AT)
    assert not open_books(run, AT)
    planned = Grant.objects.filter(state=S.PLANNED, remedy=CREDIT)
    assert net(Account.PAYABLE) == sum(planned.values_list("amount", flat=True))
    assert net(Account.SERVICE_CREDITS) == -net(Account.PAYABLE)
    assert (net(Account.IN_KIND_OWED, "bytes"), net(Account.IN_KIND_OWED, "months")) == (
        6 << 30,
        12,
    )
    assert entries_of(run, STORAGE) == ["owed"] * 2 * len(BUCKETS)
    assert entries_of(run, CREDIT) == ["owed"] * planned.count()
    agrees(run)


def test_a_run_that_does_not_act_is_in_no_books(database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run", state=RunState.APPROVED)
    assert not open_books(run, AT)
    assert not Term.objects.exists()
    assert [one.code for one in differences(run, sums_of(run))] == ["not-open"]


def test_what_is_given_is_booked_by_its_way(each_database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    held = leased(run)
    record(held, {(S.PLANNED, S.SENDING, ""): "all"}, AT)
    record(held, {(S.SENDING, S.APPLIED, "done"): "all"}, AT)
    chunk = Grant.objects.filter(bucket=held.bucket, remedy=CREDIT)
    by_bill = sum(one.amount for one in chunk if one.mailbox_id % 2 == 0)
    by_transfer = sum(one.amount for one in chunk if one.mailbox_id % 2)
    assert (net(Account.BILL_CREDITS), net(Account.CLEARING)) == (by_bill, by_transfer)
    assert net(Account.IN_KIND_GIVEN, "bytes") == 5 << 30
    agrees(run)


def test_what_stands_nowhere_is_named(database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    ids = list(Grant.objects.filter(bucket=3, remedy=CREDIT).values_list("id", flat=True))[:1]
    Grant.objects.filter(id__in=ids).update(state=S.DECLINED)
    assert [one.what for one in whole(run, sums_of(run), BUCKETS)] == [f"grant {ids[0]}"]
    BookLine.objects.create(id=LINES_AN_ENTRY * 9999, account=Account.BANK, nature=1, side=1,
                            amount=5, unit="EUR")  # fmt: skip
    Balance.objects.filter(account=Account.PAYABLE, bucket=7).update(credit=1)
    codes = {one.code for one in (*whole(run, sums_of(run), BUCKETS), *arithmetic())}
    assert codes == {"position", "unbalanced", "balances", "owed", "given"}


def test_money_given_by_no_known_way_is_in_suspense(database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    grant = Grant.objects.filter(bucket=3, remedy=CREDIT).first()
    assert grant is not None
    Route.objects.filter(grant_id=grant.id).delete()
    given_to(run, [grant.id])
    assert net(Account.SUSPENSE) == grant.amount
    assert [one.code for one in differences(run, sums_of(run))] == ["suspense"]


def test_a_recording_that_fails_books_nothing(each_database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    before = BookEntry.objects.count()
    held = leased(run)
    ids = list(Grant.objects.filter(bucket=held.bucket).values_list("id", flat=True))
    record(held, {(S.PLANNED, S.SENDING, ""): ids[:3]}, AT)
    with pytest.raises(Conflict):
        record(held, {(S.SENDING, S.APPLIED, "done"): ids}, AT)
    assert BookEntry.objects.count() == before
    agrees(run)


def moved(run: Run, ids: list[int], before: GrantState, after: GrantState, worker: bool) -> None:
    """A move as a worker records it, or as an answer makes it."""
    if worker:
        record(leased_over(run, ids), {(before, after, "x"): ids}, AT)
        return
    groups: dict[tuple[int, int], list[Grant]] = defaultdict(list)
    for grant in Grant.objects.filter(id__in=ids).order_by("id"):
        groups[grant.bucket, grant.remedy].append(grant)
    for (bucket, remedy), grants in groups.items():
        some = tuple(one.id for one in grants)
        amount = sum(one.amount for one in grants)
        with transaction.atomic():
            Grant.objects.filter(id__in=some).update(state=after, since=AT)
            shift.keep(Move(run.pk, bucket, remedy, before, after, some, amount))


def leased_over(run: Run, ids: list[int]) -> Lease:
    """A lease over the chunk that has these ids."""
    Chunk.objects.filter(act=Act.GRANTS).update(state=ChunkState.DONE)
    Chunk.objects.filter(lo__lte=ids[0], hi__gt=ids[0]).update(state=ChunkState.OPEN)
    held = lease(run.pk, "w", 600)
    assert held is not None
    return held


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(sorted(MOVES)),
        st.booleans(),
        st.sets(st.integers(0, 11)),
    ),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=STEPS, opened_after=st.integers(0, 5), asked=st.integers(0, 3))
def test_whatever_moves_the_books_say_what_the_rows_say(
    database: Database, tmp_path: Path, plan: list[tuple[int, tuple[S, S], bool, set[int]]],
    opened_after: int, asked: int,
) -> None:  # fmt: skip
    with transaction.atomic():
        run = filled(tmp_path / "run", asked=asked)
        for number, (bucket, (before, after), worker, places) in enumerate(plan):
            if number == opened_after:
                open_books(run, AT + timedelta(seconds=number))
            rows = Grant.objects.filter(bucket=BUCKETS[bucket % 2], state=before).order_by("id")
            ids = [one.id for place, one in enumerate(rows) if place in places]
            if ids:
                moved(run, ids, before, after, worker)
        open_books(run, AT)
        agrees(run)
        transaction.set_rollback(True)


def test_every_move_of_a_grant_has_its_steps() -> None:
    for before, after in MOVES:
        for one, other in steps(position(before), position(after)):
            assert one is not other
    assert Counter(len(steps(position(a), position(b))) for a, b in MOVES)[2] == 0


@pytest.mark.parametrize(
    ("code", "plant"),
    [
        ("balances", lambda: cent(Balance, account=Account.PAYABLE)),
        ("balances", lambda: cent(Balance, account=Account.SERVICE_CREDITS)),
        ("balances", lambda: cent(Balance, account=Account.BILL_CREDITS)),
        ("balances", lambda: cent(Balance, account=Account.CLEARING)),
        ("owed", lambda: cent(Tally, act=Act.GRANTS, remedy=CREDIT, state=S.PLANNED)),
        ("given", lambda: cent(Tally, act=Act.GRANTS, remedy=CREDIT, state=S.APPLIED)),
        ("decided", lambda: totals_less_a_cent()),
        ("unbalanced", lambda: line_of_a_cent()),
    ],
)
def test_a_cent_is_found_wherever_it_is_planted(
    database: Database, tmp_path: Path, code: str, plant: Callable[[], object]
) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    held = leased(run)
    ids = list(Grant.objects.filter(bucket=held.bucket, remedy=CREDIT).values_list("id", flat=True))
    record(held, {(S.PLANNED, S.SENDING, ""): ids}, AT)
    record(held, {(S.SENDING, S.APPLIED, "done"): ids[:3]}, AT)
    agrees(run)
    plant()
    run.refresh_from_db()
    found = [*whole(run, sums_of(run), BUCKETS), *arithmetic()]
    assert code in {one.code for one in found}
    assert 1 in {abs(one.expected - one.found) for one in found}


def cent(model: type[Balance] | type[Tally], **which: object) -> None:
    """One minor unit more in the first such row."""
    row = model.objects.filter(**which).earliest("id")
    field = "amount" if isinstance(row, Tally) else "credit" if row.credit else "debit"
    model.objects.filter(id=row.id).update(**{field: getattr(row, field) + 1})


def totals_less_a_cent() -> None:
    run = Run.objects.get()
    run.totals["remedies"][CREDIT]["owed"][0]["amount"] -= 1
    run.save()


def line_of_a_cent() -> None:
    last = BookLine.objects.latest("id").id
    BookLine.objects.create(id=last + 1, account=Account.PAYABLE, nature=2, side=2, amount=1,
                            unit="EUR")  # fmt: skip
