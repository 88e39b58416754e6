"""The bulk load: exact rows on both databases, once, however often it is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from tests.databases import Database
from tests.load.decided import GIB, write_decided

from ristoro.fulfilment.load import groups
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.kernel.keys import BUCKET_SHIFT, bucket_of, row_bounds
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.load import LoadFailed, cut, load, owed_rows
from ristoro.workers.models import Act, Chunk, LoadedBucket, Tally

AT = datetime(2023, 3, 1, tzinfo=UTC)

LOADER = """
import sys
import ristoro.start
from datetime import UTC, datetime
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.workers.load import load
def told(rows):
    print(rows, flush=True)
load(Run.objects.get(), people.find("anna"), datetime.now(UTC), told, rows_a_group=300)
"""


def anna() -> people.Person:
    return people.add("anna", "correct horse battery", [Role.OPERATOR], actor="root", at=AT)


def entered(folder: Path, mailboxes: int, buckets: int | None = None) -> tuple[Run, people.Person]:
    operator = anna()
    return runs.enter(write_decided(folder, mailboxes, buckets), operator, AT), operator


def assert_exact(run: Run, mailboxes: int) -> None:
    """The rows are those that ``write_decided`` describes, read back by the ORM."""
    ids = range(1, mailboxes + 1)
    storage = {each for each in ids if each % 5}
    months = {each for each in ids if each % 3 == 0}
    grants = list(Grant.objects.order_by("id"))
    assert {g.mailbox_id for g in grants if g.remedy == 0} == storage
    assert {g.mailbox_id for g in grants if g.remedy == 1} == months
    assert len(grants) == len(storage) + len(months)
    for g in grants:
        assert (g.run_id, g.bucket, g.brand) == (run.pk, bucket_of(g.mailbox_id), "libero")
        assert g.address == f"m{g.mailbox_id}@libero.it"
        assert g.locale == ("en" if g.mailbox_id % 10 == 0 else "it")
        rest = (g.kind, g.amount, g.base, g.target, g.base_until, g.until, g.deadline)
        if g.remedy == 0:
            assert rest == (GrantKind.STORAGE, GIB // 2, GIB, GIB + GIB // 2, None, None, None)
            assert (g.consent, g.state) == (Consent.AUTOMATIC, GrantState.PLANNED)
        else:
            assert rest == (
                GrantKind.EXTENSION, 6, None, None,
                date(2023, 8, 31), date(2024, 2, 29), date(2023, 6, 30),
            )  # fmt: skip
            assert (g.consent, g.state) == (Consent.CONFIRM, GrantState.WAITING)
        assert (g.currency, g.result) == ("", "")
    notices = list(Notice.objects.order_by("id"))
    assert [n.mailbox_id for n in notices] == sorted(
        storage | months, key=lambda each: (bucket_of(each), each)
    )
    for n in notices:
        kind = (
            NoticeKind.SEVERAL
            if n.mailbox_id in storage & months
            else NoticeKind.STORAGE_DONE
            if n.mailbox_id in storage
            else NoticeKind.EXTENSION_CONFIRM
        )
        assert (n.kind, n.state, n.uid) == (kind, NoticeState.PLANNED, None)
    for rows in (grants, notices):
        per_bucket: dict[int, int] = {}
        for row in rows:
            ordinal = per_bucket.get(row.bucket, 0)
            assert row.pk == row_bounds(row.bucket, run.pk)[0] + ordinal
            per_bucket[row.bucket] = ordinal + 1


def assert_chunks_cover(run: Run) -> None:
    """Every row is in exactly one chunk of its act, and no chunk has more than a thousand."""
    for act, model in ((Act.GRANTS, Grant), (Act.NOTICES, Notice), (Act.RECONCILE, Notice)):
        covered: list[int] = []
        for chunk in Chunk.objects.filter(run=run, act=act):
            rows = model.objects.filter(run=run, pk__gte=chunk.lo, pk__lt=chunk.hi)
            ids = sorted(rows.values_list("pk", flat=True))
            assert 0 < len(ids) <= 1000
            assert (chunk.lo, chunk.hi) == (ids[0], ids[-1] + 1)
            assert chunk.bucket == ids[0] >> BUCKET_SHIFT
            covered += ids
        assert sorted(covered) == sorted(model.objects.values_list("pk", flat=True))


def test_small_buckets_share_chunks_and_large_ones_have_their_own() -> None:
    small = list(cut(dict.fromkeys(range(1024), 2)))
    assert len(small) == 16
    assert small[0] == (0, 0, 63, 2)
    large = list(cut({0: 900, 1: 900, 2: 2500}))
    assert large == [
        *((0, lo, 0, lo + 225) for lo in range(0, 900, 225)),
        *((1, lo, 1, lo + 225) for lo in range(0, 900, 225)),
        *((2, 2500 * piece // 10, 2, 2500 * (piece + 1) // 10) for piece in range(10)),
    ]
    whole = list(cut(dict.fromkeys(range(1024), 8800)))
    assert len(whole) == 1024 * 9
    assert all(first == last for first, _, last, _ in whole)


def test_a_load_brings_in_exactly_what_is_owed(each_database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 3000)
    told: list[int] = []
    loaded = load(run, operator, AT, told.append)
    assert (loaded.grants, loaded.notices) == (3400, 2600)
    assert sum(told) == 3400 == owed_rows(run)
    assert_exact(run, 3000)
    assert_chunks_cover(run)
    run.refresh_from_db()
    assert run.state == RunState.LOADED
    assert Entry.objects.filter(name="remedies.run.loaded").count() == 1
    assert LoadedBucket.objects.count() == len({bucket_of(n) for n in range(1, 3001)})


def test_large_buckets_are_cut_into_even_chunks(each_database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 1_300_000, buckets=2)
    load(run, operator, AT)
    assert_chunks_cover(run)
    sizes = [chunk.hi - chunk.lo for chunk in Chunk.objects.filter(act=Act.GRANTS)]
    assert len(sizes) == 17
    assert max(sizes) - min(sizes) < 20
    assert set(Chunk.objects.values_list("tries", "owner")) == {(0, "")}


def test_tallies_equal_the_counts_after_a_load(each_database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 200)
    load(run, operator, AT)
    for tally in Tally.objects.all():
        if tally.act == Act.GRANTS:
            rows = list(
                Grant.objects.filter(
                    bucket=tally.bucket, remedy=tally.remedy, state=tally.state
                ).values_list("amount", flat=True)
            )
            assert (tally.rows, tally.amount) == (len(rows), sum(rows))
        else:
            rows = list(
                Notice.objects.filter(bucket=tally.bucket, kind=tally.remedy).values_list("pk")
            )
            assert (tally.rows, tally.amount) == (len(rows), 0)


def test_one_remedy_may_be_given_to_some_and_asked_of_others_in_one_bucket(
    each_database: Database, tmp_path: Path
) -> None:
    operator = anna()
    folder = write_decided(tmp_path / "run", 20_000, buckets=4, asked=3)
    run = runs.enter(folder, operator, AT)
    loaded = load(run, operator, AT)
    both = {
        GrantState.PLANNED: Consent.AUTOMATIC,
        GrantState.WAITING: Consent.CONFIRM,
    }
    for bucket in range(4):
        for state, consent in both.items():
            of = {"bucket": bucket, "remedy": 0, "state": state}
            grants = list(Grant.objects.filter(**of))
            assert {grant.consent for grant in grants} == {consent}
            tally = Tally.objects.get(act=Act.GRANTS, **of)
            assert (tally.rows, tally.amount) == (len(grants), len(grants) * GIB // 2)
    assert loaded.grants == Grant.objects.count()
    told = Notice.objects.filter(kind=NoticeKind.STORAGE_DONE).values_list("mailbox_id", flat=True)
    assert all(mailbox_id % 3 for mailbox_id in told)
    assert_chunks_cover(run)


def test_a_loader_killed_again_and_again_leaves_every_row_once(
    each_database: Database, tmp_path: Path
) -> None:
    run, _ = entered(tmp_path / "run", 4000)
    connection.close()
    kills = finished = 0
    while not finished:
        loader = subprocess.Popen(
            [sys.executable, "-c", LOADER],
            env=each_database.environment(),
            stdout=subprocess.PIPE,
        )
        assert loader.stdout is not None
        loader.stdout.readline()  # what earlier loads left
        for step, _ in enumerate(loader.stdout, 1):
            if step == 2 and kills < 3:
                loader.send_signal(signal.SIGKILL)  # in the middle of the third group
                kills += 1
                break
        loader.communicate()
        finished = loader.returncode == 0
    assert kills == 3
    run.refresh_from_db()
    assert run.state == RunState.LOADED
    assert_exact(run, 4000)
    assert_chunks_cover(run)


def test_two_loaders_at_once_leave_every_row_once(each_database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 3000)
    connection.close()
    loaders = [
        subprocess.Popen(
            [sys.executable, "-c", LOADER],
            env=each_database.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = [loader.communicate()[1].decode() for loader in loaders]
    for loader, errors in zip(loaders, said, strict=True):
        assert loader.returncode == 0 or "loading-elsewhere" in errors or "wrong-state" in errors
    run.refresh_from_db()
    if run.state == RunState.LOADING:  # each stopped the other
        load(run, operator, AT)
    assert_exact(run, 3000)
    assert_chunks_cover(run)


def test_a_run_is_loaded_once(database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 300)
    load(run, operator, AT)
    with pytest.raises(NotAllowed, match="wrong-state"):
        load(run, operator, AT)
    assert_exact(run, 300)


def test_rows_from_elsewhere_stop_the_run_from_being_loaded(
    each_database: Database, tmp_path: Path
) -> None:
    run, operator = entered(tmp_path / "run", 300)
    Grant.objects.create(
        id=row_bounds(3, run.pk)[1] - 1, run=run, mailbox_id=999, bucket=3, address="x@libero.it",
        brand="libero", locale="it", remedy=0, kind=1, amount=1, currency="", consent=0,
        state=GrantState.PLANNED, result="",
    )  # fmt: skip
    with pytest.raises(LoadFailed, match="bucket 3"):
        load(run, operator, AT)
    run.refresh_from_db()
    assert run.state == RunState.LOADING


def test_outcomes_changed_after_entry_are_not_loaded(database: Database, tmp_path: Path) -> None:
    run, operator = entered(tmp_path / "run", 300)
    write_decided(tmp_path / "run", 301)
    with pytest.raises(BadInput, match="changed-outcomes"):
        load(run, operator, AT)
    assert not Grant.objects.exists()


def test_a_mailbox_that_the_snapshot_lacks_stops_the_load(
    database: Database, tmp_path: Path
) -> None:
    run, operator = entered(tmp_path / "run", 300)
    snapshot = tmp_path / "run" / "snapshot.parquet"
    smaller = write_decided(tmp_path / "smaller", 299)
    (smaller / "snapshot.parquet").replace(snapshot)
    with pytest.raises(LoadFailed, match="grants and amounts"):
        load(run, operator, AT)


def test_groups_hold_neighbouring_buckets_and_about_so_many_rows() -> None:
    made = groups({1: 40, 2: 50, 5: 20, 6: 200, 7: 1}, rows=100)
    assert [(g.first, g.last, g.buckets, g.owed) for g in made] == [
        (1, 2, (1, 2), 90),
        (5, 5, (5,), 20),
        (6, 6, (6,), 200),
        (7, 7, (7,), 1),
    ]
    assert groups({}) == []


def test_what_is_written_after_a_load_is_seen_by_other_processes(
    database: Database, tmp_path: Path
) -> None:
    run, operator = entered(tmp_path / "run", 300)
    load(run, operator, AT)
    code = (
        "from ristoro import start; from ristoro.remedies.models import Run;"
        "print(*Run.objects.values_list('state', flat=True))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=database.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [str(int(RunState.LOADED))]
