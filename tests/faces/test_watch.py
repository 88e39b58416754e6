"""Watching a run on its page: how far, how fast, by whom, what went wrong; pausing it there."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, Programme
from tests.faces.test_console import page, words_of

from ristoro.fulfilment.models import GrantState as S
from ristoro.fulfilment.rows import read
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.workers import leases, roving, waiting
from ristoro.workers.leases import Lease
from ristoro.workers.models import Chunk, ChunkState
from ristoro.workers.tallies import record


def acting(programme: Programme) -> Run:
    run = programme.approve()
    runs.publish(run, programme.staff["Olga"], {}, AT)
    return runs.begin(run, AT)


def worked(run: Run, refused: str = "") -> Lease:
    """A worker takes a chunk and records what became of its first rows, just now."""
    held = leases.lease(run.pk, "5b2c9c1e-worker", 60)
    assert held is not None
    ids = [row.id for row in read(run.pk, held.lo, held.hi, {S.PLANNED})]
    now = clock.now()
    record(held, {(S.PLANNED, S.SENDING, ""): ids}, now)
    ended = {(S.SENDING, S.APPLIED, "set"): ids[2:]}
    if refused:
        ended[S.SENDING, S.REFUSED, refused] = ids[:2]
    else:
        ended[S.SENDING, S.DEFERRED, "userdb"] = ids[:2]
    record(held, ended, now)
    return held


def test_progress_is_seen_at_a_glance(programme: Programme) -> None:
    run = acting(programme)
    worked(run, refused="no-mailbox")
    told = words_of(signed_in("Ivo", "en").get(page(programme, "avanzamento/")))
    for text in (
        "of 339 A second",
        "Time left about",
        "last checkpoint",
        "5b2c9c1e Remedies",
        "The mailbox is gone 2 Remedies, not possible, no-mailbox",
        "45",
    ):
        assert text in told, text
    assert "•••@" in told


def test_the_part_that_changes_is_asked_for_alone(programme: Programme) -> None:
    run = acting(programme)
    client = signed_in("Ivo", "en")
    before = client.get(page(programme, "avanzamento/ora/"))
    assert "<html" not in before.content.decode()
    assert "Nobody is at work. Start a worker" in words_of(before)
    worked(run)
    after = words_of(client.get(page(programme, "avanzamento/ora/")))
    assert "The mail host was not there, or busy" in after
    assert "Nobody is at work" not in after


def test_a_page_without_script_loads_itself_again_while_it_acts(programme: Programme) -> None:
    client = signed_in("Olga")
    again = '<noscript><meta http-equiv="refresh" content="2"></noscript>'
    assert again not in client.get(page(programme, "avanzamento/")).content.decode()
    acting(programme)
    assert again in client.get(page(programme, "avanzamento/")).content.decode()
    done = post(client, page(programme, "pausa/"), **{"from": "watch"})
    assert (done.status_code, done["location"]) == (303, page(programme, "avanzamento/"))
    paused = client.get(page(programme, "avanzamento/"))
    assert again not in paused.content.decode()
    assert "l'esecuzione è in pausa" in words_of(paused)


def test_a_silent_worker_is_told(programme: Programme) -> None:
    run = acting(programme)
    worked(run)
    Chunk.objects.filter(state=ChunkState.LEASED).update(lease_until=AT)
    told = words_of(signed_in("Olga", "en").get(page(programme, "avanzamento/ora/")))
    assert "One part is held by a worker that has gone silent" in told


# Before it acts


class Passing(Event):
    """Waiting moves the test's clock on; ``until`` it is then."""

    def __init__(self, waited: list[float]) -> None:
        super().__init__()
        self.waited = waited

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        return self.is_set()


def waiting_run(programme: Programme) -> Run:
    run, aldo = programme.run, programme.staff["Aldo"]
    return runs.approve(run, aldo, run.approval_total, AT, wait=timedelta(minutes=2))


def test_a_worker_says_what_it_waits_for_and_begins_the_run(programme: Programme) -> None:
    run = waiting_run(programme)
    waited: list[float] = []
    said: list[str] = []

    def now() -> object:
        if len(waited) == 150:
            runs.publish(run, programme.staff["Olga"], {}, AT)
        return AT + timedelta(seconds=sum(waited))

    assert waiting.begun(run.name, Passing(waited), now, said.append, None)  # type: ignore[arg-type]
    assert said[0] == f"{run.name} waits until 09:02:00 UTC, 2 min 0 s more"
    assert said[1] == f"{run.name} waits until 09:02:00 UTC, 1 min 0 s more"
    assert said[-1].endswith("waits for its page of facts to be public")
    assert Run.objects.get().state == RunState.ACTING
    assert sum(waited) == 151


def test_a_worker_gives_up_a_run_that_is_cancelled_while_it_waits(programme: Programme) -> None:
    run = waiting_run(programme)
    waited: list[float] = []

    def say(words: str) -> None:
        if "1 min" in words:
            runs.cancel(Run.objects.get(), programme.staff["Olga"], "a mistake", AT)

    def now() -> object:
        return AT + timedelta(seconds=sum(waited))

    assert not waiting.begun(run.name, Passing(waited), now, say, None)  # type: ignore[arg-type]
    assert Run.objects.get().state == RunState.CANCELLED
    assert sum(waited) < 90


@pytest.mark.parametrize("after", [1, 2])
def test_a_worker_of_every_run_begins_what_is_due(programme: Programme, after: int) -> None:
    run = waiting_run(programme)
    runs.publish(run, programme.staff["Olga"], {}, AT)
    Chunk.objects.all().update(state=ChunkState.DONE)
    stop = Event()
    stop.wait = lambda timeout=None: stop.set() or True  # type: ignore[func-returns-value, method-assign]

    def no_job(found: Run) -> object:
        raise AssertionError(f"{found.name} has nothing to do")

    at = AT + timedelta(minutes=after)
    roving.rove(no_job, stop, lambda: at, print)  # type: ignore[arg-type]
    due = RunState.ACTING if after == 2 else RunState.APPROVED
    assert Run.objects.get().state == due
