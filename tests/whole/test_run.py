"""The command that runs a run: several worker processes, one of them killed, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.databases import Database
from tests.whole.programme import ROOT, Programme, assert_once, programme

from ristoro.workers.models import Chunk

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

MAILBOXES = 240


def started(made: Programme, database: Database, workers: int) -> subprocess.Popen[str]:
    settings = {"RISTORO_HOME": str(made.home), "RISTORO_SETTLE_SECONDS": "1", "RISTORO_BATCH": "8"}
    return subprocess.Popen(
        [sys.executable, "-m", "ristoro", "run", made.run.name, "--workers", str(workers)],
        cwd=ROOT,
        env={**database.environment(), **settings},
        stdout=subprocess.PIPE,
        text=True,
    )


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return [int(each) for each in children.split()]


def until_somebody_works(process: subprocess.Popen[str]) -> None:
    """Return once a worker holds a chunk: it has opened everything and is in the middle of it."""
    while not Chunk.objects.exclude(owner="").exists():
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"ended with {process.wait(0.05)} before anybody worked")


def test_a_run_with_a_dead_worker_is_finished_by_the_others_and_one_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each_database: Database
) -> None:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    with programme(tmp_path, MAILBOXES) as made:
        process = started(made, each_database, workers=3)
        until_somebody_works(process)
        os.kill(workers_of(process)[0], signal.SIGKILL)
        told, _ = process.communicate()
        assert process.returncode == 0, told
        assert "died and left their chunks to others: 1" in told
        assert_once(made)


def test_a_run_that_is_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each_database: Database
) -> None:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    with programme(tmp_path, MAILBOXES) as made:
        first = started(made, each_database, workers=2)
        until_somebody_works(first)
        first.send_signal(signal.SIGINT)
        told, _ = first.communicate()
        assert first.returncode == 0, told
        assert "Stopping between two batches" in told
        second = started(made, each_database, workers=2)
        told, _ = second.communicate()
        assert second.returncode == 0, told
        assert_once(made)
