"""After a pause no row begins that is more than five seconds late, however slow the mail host is.

A worker's own loop over chunks of real size; time is the test's, and the host moves it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.databases import Database
from tests.fulfilment.doubles import MemoryBilling, MemoryHost

from ristoro.edges.mailhosts.contract import Letter, QuotaAsk
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.kernel.keys import row_id
from ristoro.kernel.outcome import DONE, Result
from ristoro.notices.facts import NoticeKind
from ristoro.notices.letters import Written
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import loop
from ristoro.workers.job import Habits, Job, next_slice
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.pace import Pace

AT = datetime(2023, 3, 1, tzinfo=UTC)
MOST = 5.0
GIB = 1 << 30
BUCKET, ROWS = 3, 1000


@dataclass
class Time:
    """Seconds that pass only where somebody waits or works; the run is paused at ``pause_at``."""

    pause_at: float
    now: float = 0.0
    paused_at: float | None = None
    begun: list[float] = field(default_factory=list)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        if self.paused_at is None and self.now >= self.pause_at:
            self.paused_at = self.now
            runs.pause(Run.objects.get(), people.find("anna"), AT)

    def late(self) -> float:
        """How long after the pause the last row began."""
        assert self.paused_at is not None
        return max(self.begun) - self.paused_at


class Stop(Event):
    """Waiting lets time pass; a worker that finds nothing to do for a minute is stopped."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self.time = time

    def wait(self, timeout: float | None = None) -> bool:
        self.time.pass_by(timeout or 0.0)
        if self.time.paused_at is not None and self.time.now > self.time.paused_at + 60:
            self.set()
        return self.is_set()


class SlowHost(MemoryHost):
    """Takes so many seconds a row, and ``slower`` times as many once the run is paused."""

    def __init__(self, time: Time, a_row: float, slower: float = 1.0) -> None:
        super().__init__({grant.address: GIB for grant in Grant.objects.all()})
        self.time, self.a_row, self.slower = time, a_row, slower

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        for _ in asks:
            self.row()
        return super().raise_quota(asks)

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        for _ in letters:
            self.row()
        return [[DONE] for _ in letters]

    def row(self) -> None:
        self.time.begun.append(self.time.now)
        paused = self.time.paused_at is not None
        self.time.pass_by(self.a_row * (self.slower if paused else 1.0))


@pytest.fixture
def run(database: Database) -> Run:
    """An acting run with a thousand grants and a thousand letters, each a chunk."""
    people.add("anna", "correct horse battery", [Role.OPERATOR], actor="root", at=AT)
    run = Run.objects.create(
        name="r1", directory="/r1", totals={}, approval_total="1000", state=RunState.ACTING,
        entered_by="anna", entered_at=AT, approved_by="bruno", approved_at=AT,
    )  # fmt: skip
    first = row_id(BUCKET, run.pk, 0)
    common = {"run": run, "bucket": BUCKET, "brand": "libero", "locale": "it", "result": ""}
    boxes = [(first + each, f"m{each}@libero.it") for each in range(ROWS)]
    Grant.objects.bulk_create(
        Grant(
            id=number, mailbox_id=number, address=address, remedy=0, kind=GrantKind.STORAGE,
            amount=GIB, currency="", base=GIB, target=2 * GIB, consent=Consent.AUTOMATIC,
            state=GrantState.PLANNED, **common,
        )
        for number, address in boxes
    )  # fmt: skip
    Notice.objects.bulk_create(
        Notice(
            id=number, mailbox_id=number, address=address, kind=NoticeKind.STORAGE_DONE,
            state=NoticeState.PLANNED, body_hash="", **common,
        )
        for number, address in boxes
    )  # fmt: skip
    for act, remedy, state in (
        (Act.GRANTS, 0, GrantState.PLANNED),
        (Act.NOTICES, NoticeKind.STORAGE_DONE, NoticeState.PLANNED),
    ):
        Chunk.objects.create(
            run=run, bucket=BUCKET, act=act, lo=first, hi=first + ROWS, state=ChunkState.OPEN
        )
        amount = ROWS * GIB if act is Act.GRANTS else 0
        Tally.objects.create(
            run=run, act=act, bucket=BUCKET, remedy=remedy, state=state, rows=ROWS, amount=amount
        )
    return run


def job(run: Run, time: Time, host: SlowHost, desk: Any = None) -> Job:
    doors = Doors(host, MemoryBilling({}), run.name)
    return Job(
        run=run, owner="worker-1", doors=doors, desk=desk, habits=Habits(), pace=Pace(),
        records=(), stop=Stop(time), clock=lambda: AT + timedelta(seconds=time.now),
        seconds=lambda: time.now,
    )  # fmt: skip


def written(row: Any, grants: Any) -> Written:
    """A letter of its own bytes to the row's address."""
    del grants
    letter = Letter(f"Message-ID: <{row.id}>\r\n".encode(), (row.address,))
    return Written(row.id, letter, f"<{row.id}>", "", "")


@pytest.mark.parametrize(
    ("a_row", "slower"),
    [(0.002, 20), (0.02, 1), (0.02, 5), (0.2, 1), (0.45, 1)],
)
def test_no_grant_begins_five_seconds_after_a_pause(run: Run, a_row: float, slower: float) -> None:
    time = Time(pause_at=100 * a_row)
    loop.work(job(run, time, SlowHost(time, a_row, slower)))
    assert time.late() < MOST
    begun = len(time.begun)
    assert begun < Grant.objects.count()
    assert Grant.objects.filter(state=GrantState.APPLIED).count() == begun
    assert not Grant.objects.filter(state=GrantState.SENDING).exists()
    assert not Chunk.objects.filter(state=ChunkState.LEASED).exists()


@pytest.mark.parametrize("rate", [None, 2])
def test_no_letter_begins_five_seconds_after_a_pause(run: Run, rate: int | None) -> None:
    Chunk.objects.filter(act=Act.GRANTS).update(state=ChunkState.DONE)
    Run.objects.update(rate_per_second=rate)
    time = Time(pause_at=6.3)
    desk = cast(Any, SimpleNamespace(write=written))
    loop.work(job(run, time, SlowHost(time, 0.02, 5), desk))
    assert time.late() < MOST
    begun = len(time.begun)
    assert 0 < begun < Notice.objects.count()
    assert Notice.objects.filter(state=NoticeState.ACCEPTED).count() == begun
    assert not Notice.objects.filter(state=NoticeState.SENDING).exists()


def test_a_letter_that_waits_for_its_turn_is_not_sent_once_the_run_is_paused(run: Run) -> None:
    Chunk.objects.filter(act=Act.GRANTS).update(state=ChunkState.DONE)
    Run.objects.update(rate_per_second=1)
    time = Time(pause_at=2.5)
    desk = cast(Any, SimpleNamespace(write=written))
    work = job(run, time, SlowHost(time, 0.0), desk)
    loop.work(work)
    assert time.late() <= 0


def test_a_resumed_run_goes_on_where_it_was(run: Run) -> None:
    time = Time(pause_at=1.0)
    loop.work(job(run, time, SlowHost(time, 0.02)))
    before = Grant.objects.filter(state=GrantState.APPLIED).count()
    runs.resume(Run.objects.get(), people.find("anna"), AT)
    again = Time(pause_at=3.0)
    loop.work(job(run, again, SlowHost(again, 0.02)))
    assert Grant.objects.filter(state=GrantState.APPLIED).count() > before


@pytest.mark.parametrize(
    ("rows", "seconds", "then"),
    [(10, 0.0, 20), (10, 0.1, 20), (100, 1.0, 100), (100, 4.0, 25), (1, 60.0, 1)],
)
def test_a_slice_is_what_takes_a_second(rows: int, seconds: float, then: int) -> None:
    assert next_slice(rows, seconds) == then
