"""A pause in the middle of a run, by real worker processes on a real mail host."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from subprocess import Popen, TimeoutExpired

import pytest
from tests.databases import Database
from tests.whole.programme import assert_once, programme
from tests.whole.test_run import started

from ristoro.fulfilment.models import Grant
from ristoro.kernel import clock
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.staff import people
from ristoro.workers.models import Chunk, ChunkState

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

MAILBOXES = 120
MOST = timedelta(seconds=5)


def until_letters_go(process: Popen[str]) -> None:
    """Return once the first letters are in their mailboxes."""
    while not Notice.objects.filter(state=NoticeState.ACCEPTED).exists():
        with suppress(TimeoutExpired):
            raise AssertionError(f"ended with {process.wait(0.05)} before any letter went")


def until_nobody_works(process: Popen[str], within: float) -> None:
    """Return once no worker holds a chunk; ``AssertionError`` after so many seconds."""
    begun = time.monotonic()
    while Chunk.objects.filter(state=ChunkState.LEASED).exists():
        assert time.monotonic() - begun < within
        with suppress(TimeoutExpired):
            raise AssertionError(f"ended with {process.wait(0.05)} though the run is paused")


def test_within_five_seconds_of_a_pause_nothing_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    with programme(tmp_path, MAILBOXES) as made:
        anna = people.find("anna")
        process = started(made, database, workers=2)
        until_letters_go(process)
        paused_at = clock.now()
        runs.pause(made.run, anna, paused_at)
        until_nobody_works(process, MOST.total_seconds())
        for table in (Grant, Notice):
            moved = table._default_manager.filter(since__gt=paused_at + MOST)
            assert not moved.exists()
        assert Notice.objects.filter(state=NoticeState.PLANNED).exists()
        assert not Notice.objects.filter(state=NoticeState.SENDING).exists()
        runs.resume(made.run, anna, clock.now())
        told, _ = process.communicate()
        assert process.returncode == 0, told
        assert_once(made)
