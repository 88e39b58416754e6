"""The bulk load: a decided run's grants and notices, with their chunks and tallies.

A group of buckets is one transaction together with a marker for each of its buckets. Killed at any
instant and started again, a load goes on with the buckets that have no marker, and no row is there
twice. Secondary indexes stay: they are what makes a second row for one remedy impossible, and
dropping them would take that from every other run in the table while one is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
from adbc_driver_manager.dbapi import Error as BulkError
from django.db import connection
from django.db.models import Count, Sum

from ristoro.fulfilment.load import (
    ROWS_A_GROUP,
    Counted,
    Group,
    GroupRows,
    Owed,
    groups,
    opened,
)
from ristoro.fulfilment.models import Grant
from ristoro.kernel.errors import NotAllowed, Problem, RistoroError
from ristoro.kernel.keys import BUCKET_SHIFT, row_id
from ristoro.notices.models import Notice
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff.people import Person
from ristoro.workers.bulk import Bulk, bulk
from ristoro.workers.models import Act, Chunk, ChunkState, LoadedBucket, Tally

ROWS_A_CHUNK = 1_000
"""What one lease covers: a hundred is 3 times slower to record, ten thousand long to redo."""
ROWS_A_SMALL_CHUNK = 50
CHUNKS_AT_LEAST = 16
"""What a small run is cut into, so that several workers find work."""
LANES = {"postgresql": 2}
"""Connections that write groups at once; elsewhere one, for SQLite has one writer at a time."""


class LoadFailed(RistoroError):
    """The database does not hold what was decided; the run stays as it was, not loaded."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load left in the database."""

    grants: int
    notices: int
    chunks: int


def load(
    run: Run,
    person: Person,
    at: datetime,
    progress: Callable[[int], None] = lambda grants: None,
    rows_a_group: int = ROWS_A_GROUP,
) -> Loaded:
    """Load what is missing of an entered run, check all of it, and mark the run loaded.

    ``progress`` is told the number of grants that each step brought in, those of an earlier,
    interrupted load first. ``NotAllowed`` unless the run is loading, or while another process
    loads it; ``LoadFailed`` when counts or sums differ from the outcomes or the totals.
    """
    _must_be_loading(run)
    decided = runs.read_decided(Path(run.directory))
    runs.check_outcomes(decided.outcomes, run.outcomes_digest)
    with opened(decided, run.pk) as owed:
        weights = owed.weights()
        there = set(LoadedBucket.objects.filter(run=run).values_list("bucket", flat=True))
        progress(sum(weights[bucket] for bucket in there))
        missing = {bucket: rows for bucket, rows in weights.items() if bucket not in there}
        _write_all(run, _read_ahead(owed, groups(missing, rows_a_group)), progress)
        loaded = _checked(run, owed)
    runs.loaded(run, person, loaded.grants, at)
    return loaded


def owed_rows(run: Run) -> int:
    """How many grants the run's load will bring in."""
    with opened(runs.read_decided(Path(run.directory)), run.pk) as owed:
        return sum(owed.weights().values())


def _must_be_loading(run: Run) -> None:
    state = RunState(Run.objects.values_list("state", flat=True).get(pk=run.pk))
    if state is not RunState.LOADING:
        raise NotAllowed(
            Problem(
                "wrong-state",
                f"the run {run.name} is {state.label.lower()}",
                "only a run that was entered and is not loaded yet is loaded",
                "nothing needs to be done" if state is RunState.LOADED else "enter it again",
            )
        )


def _read_ahead(owed: Owed, wanted: Iterable[Group]) -> Iterator[GroupRows]:
    """Each group's rows, the next being read while the database takes in those before."""
    with ThreadPoolExecutor(1) as reader:
        ahead: Future[GroupRows] | None = None
        for group in wanted:
            following = reader.submit(owed.read, group)
            if ahead is not None:
                yield ahead.result()
            ahead = following
        if ahead is not None:
            yield ahead.result()


class _NotTaken(Exception):
    """The database took none of a group's rows; ``__cause__`` says what it said."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.group = group


def _write_all(run: Run, ahead: Iterable[GroupRows], progress: Callable[[int], None]) -> None:
    """Write every group; the database is asked why it refused one when bulk has let go of it."""
    try:
        _write_each(run, ahead, progress)
    except _NotTaken as refused:
        raise _refused(run, refused.group, refused.__cause__) from refused.__cause__


def _write_each(run: Run, ahead: Iterable[GroupRows], progress: Callable[[int], None]) -> None:
    """Write every group, each in a transaction of its own, as many at once as there are lanes."""
    with ExitStack() as stack:
        lanes = LANES.get(connection.vendor, 1)
        free = [stack.enter_context(bulk()) for _ in range(lanes)]
        writers = stack.enter_context(ThreadPoolExecutor(lanes))
        writing: dict[Future[None], tuple[Group, Bulk]] = {}

        def one_ends() -> None:
            for ended in wait(writing, return_when=FIRST_COMPLETED).done:
                group, into = writing.pop(ended)
                try:
                    ended.result()
                except BulkError as error:
                    raise _NotTaken(group) from error
                progress(group.owed)
                free.append(into)

        for rows in ahead:
            if not free:
                one_ends()
            into = free.pop()
            writing[writers.submit(_write, run, rows, into)] = rows.group, into
        while writing:
            one_ends()


def _write(run: Run, rows: GroupRows, into: Bulk) -> None:
    grants, notices = rows.grants_counted, rows.notices_counted
    tallies = [_tallies(run, Act.GRANTS, grants), _tallies(run, Act.NOTICES, notices)]
    try:
        # The markers come first: a second loader stops here, before it has written a row.
        into.append(LoadedBucket._meta.db_table, _markers(run, rows.group))
        into.append(Grant._meta.db_table, rows.grants)
        into.append(Notice._meta.db_table, rows.notices)
        into.append(Chunk._meta.db_table, _chunks(run, grants, notices))
        into.append(Tally._meta.db_table, pa.concat_tables(tallies))
        into.commit()
    except BulkError:
        into.rollback()
        raise


def _refused(run: Run, group: Group, error: BaseException | None) -> RistoroError:
    """Why the database took a group's rows not: another loader's markers, or what it says."""
    if LoadedBucket.objects.filter(run=run, bucket__in=group.buckets).exists():
        return NotAllowed(
            Problem(
                "loading-elsewhere",
                f"buckets of the run {run.name} were loaded by another process meanwhile",
                "a run is loaded by one process at a time; its rows are there once",
                "wait until it has ended; start again if it was interrupted",
            )
        )
    return LoadFailed(
        Problem(
            "database-refused",
            f"the database refused buckets {group.first} to {group.last} of {run.name}",
            str(error),
            "remove the cause and load again: what is in stays, the rest goes on",
        )
    )


def _markers(run: Run, group: Group) -> pa.Table:
    return pa.table(
        {
            "run_id": pa.array([run.pk] * len(group.buckets), pa.int32()),
            "bucket": pa.array(group.buckets, pa.int16()),
        }
    )


def _chunks(run: Run, grants: list[Counted], notices: list[Counted]) -> pa.Table:
    """Chunks for each act; reconciling visits the notices' mailboxes."""
    columns: dict[str, list[int]] = {"bucket": [], "act": [], "lo": [], "hi": []}
    rows = {Act.GRANTS: _by_bucket(grants), Act.NOTICES: _by_bucket(notices)}
    rows[Act.RECONCILE] = rows[Act.NOTICES]
    for act, weights in rows.items():
        for first, lo, last, hi in cut(weights):
            columns["bucket"].append(first)
            columns["act"].append(int(act))
            columns["lo"].append(row_id(first, run.pk, lo))
            columns["hi"].append(row_id(last, run.pk, hi))
    count = len(columns["lo"])
    return pa.table(
        {
            "run_id": pa.array([run.pk] * count, pa.int32()),
            "bucket": pa.array(columns["bucket"], pa.int16()),
            "act": pa.array(columns["act"], pa.int16()),
            "lo": pa.array(columns["lo"], pa.int64()),
            "hi": pa.array(columns["hi"], pa.int64()),
            "state": pa.array([int(ChunkState.OPEN)] * count, pa.int16()),
            "owner": pa.array([""] * count, pa.string()),
            "tries": pa.array([0] * count, pa.int32()),
        }
    )


def cut(weights: dict[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Chunks as (first bucket, ordinal in it, last bucket, ordinal behind its last row).

    A bucket of many rows is cut into even chunks of its own. Neighbouring buckets of few rows make
    one chunk together, or a run of two thousand mailboxes would be a thousand chunks of two; there
    are still enough of them for several workers.
    """
    most = min(ROWS_A_CHUNK, max(ROWS_A_SMALL_CHUNK, sum(weights.values()) // CHUNKS_AT_LEAST))
    together: list[int] = []
    for bucket, count in sorted(weights.items()):
        if together and sum(weights[each] for each in together) + count > most:
            yield together[0], 0, together[-1], weights[together[-1]]
            together = []
        if count > most:
            pieces = -(-count // most)
            for lo, hi in pairwise(count * piece // pieces for piece in range(pieces + 1)):
                yield bucket, lo, bucket, hi
        elif count:
            together.append(bucket)
    if together:
        yield together[0], 0, together[-1], weights[together[-1]]


def _tallies(run: Run, act: Act, counted: list[Counted]) -> pa.Table:
    return pa.table(
        {
            "run_id": pa.array([run.pk] * len(counted), pa.int32()),
            "act": pa.array([int(act)] * len(counted), pa.int16()),
            "bucket": pa.array([each.bucket for each in counted], pa.int16()),
            "remedy": pa.array([each.remedy for each in counted], pa.int16()),
            "state": pa.array([each.state for each in counted], pa.int16()),
            "rows": pa.array([each.rows for each in counted], pa.int64()),
            "amount": pa.array([each.amount for each in counted], pa.int64()),
        }
    )


def _by_bucket(counted: list[Counted]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for each in counted:
        sums[each.bucket] = sums.get(each.bucket, 0) + each.rows
    return sums


def _checked(run: Run, owed: Owed) -> Loaded:
    """Counts and sums of the database against the outcomes, and those against the totals."""
    wanted = owed.totals()
    by_remedy: dict[int, tuple[int, int]] = {}
    for (_, remedy), (rows, amount) in wanted.items():
        before = by_remedy.get(remedy, (0, 0))
        by_remedy[remedy] = (before[0] + rows, before[1] + amount)
    _must_equal(run, "totals by remedy", runs.owed_by_remedy(run), by_remedy)
    # By bucket: the sum of all grants in bytes would not fit into SQLite's integers.
    lines = Grant.objects.filter(run=run).values("bucket", "remedy")
    found = {
        (line["bucket"], line["remedy"]): (line["rows"], int(line["sum"]))
        for line in lines.annotate(rows=Count("id"), sum=Sum("amount"))
    }
    for key in sorted(wanted.keys() | found.keys()):
        bucket, remedy = key
        where = f"grants and amounts of remedy {remedy} in bucket {bucket}"
        _must_equal(run, where, found.get(key, (0, 0)), wanted.get(key, (0, 0)))
    grants = sum(rows for rows, _ in wanted.values())
    notices = Notice.objects.filter(run=run).count()
    _must_equal(run, "notices", notices, owed.mailboxes_in_all())
    tallied = Tally.objects.filter(run=run)
    of_grants = tallied.filter(act=Act.GRANTS).values_list("bucket", "remedy", "rows", "amount")
    in_tallies: dict[tuple[int, int], tuple[int, int]] = {}
    for bucket, remedy, rows, amount in of_grants.iterator():  # one for each state
        before = in_tallies.get((bucket, remedy), (0, 0))
        in_tallies[bucket, remedy] = (before[0] + rows, before[1] + amount)
    for key in sorted(wanted.keys() | in_tallies.keys()):
        where = f"tallies of remedy {key[1]} in bucket {key[0]}"
        _must_equal(run, where, in_tallies.get(key, (0, 0)), wanted.get(key, (0, 0)))
    of_notices = tallied.filter(act=Act.NOTICES).aggregate(sum=Sum("rows"))["sum"] or 0
    _must_equal(run, "notices in the tallies", int(of_notices), notices)
    for act in Act:
        _must_equal(run, f"rows in chunks of {act.label.lower()}", *_in_chunks(run, act))
    return Loaded(grants, notices, Chunk.objects.filter(run=run).count())


def _in_chunks(run: Run, act: Act) -> tuple[dict[int, int], dict[int, int]]:
    """For each bucket, the rows that its chunks of an act cover, and the rows that are tallied."""
    of = Tally.objects.filter(run=run, act=min(act, Act.NOTICES)).values("bucket")
    tallied = {line["bucket"]: int(line["sum"]) for line in of.annotate(sum=Sum("rows"))}
    covered = dict.fromkeys(tallied, 0)
    for lo, hi in Chunk.objects.filter(run=run, act=act).values_list("lo", "hi").iterator():
        first, last = lo >> BUCKET_SHIFT, (hi - 1) >> BUCKET_SHIFT
        for bucket in range(first, last + 1):
            start = lo if bucket == first else row_id(bucket, run.pk, 0)
            end = hi if bucket == last else row_id(bucket, run.pk, tallied.get(bucket, 0))
            covered[bucket] = covered.get(bucket, 0) + end - start
    return {bucket: rows for bucket, rows in covered.items() if rows or bucket in tallied}, tallied


def _must_equal(run: Run, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise LoadFailed(
            Problem(
                "load-differs",
                f"the run {run.name} has other {what} than were decided",
                f"the database has {found}, the outcomes {wanted}",
                "cancel the run, find what else writes to the database, and load it anew",
            )
        )
