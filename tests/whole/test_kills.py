"""Workers killed with SIGKILL at every step and at 200 random instants, on a real Dovecot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.databases import Database
from tests.whole.nursery import BOUNDARIES
from tests.whole.programme import NOW, ROOT, Programme, assert_once, programme

from ristoro.remedies import runs

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(1500)]

KILLS = 200


def raised(made: Programme, database: Database, *mode: str) -> list[dict[str, Any]]:
    """What became of each worker of a nursery."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.whole.nursery", made.run.name, *mode],
        cwd=ROOT,
        env={**database.environment(), "RISTORO_HOME": str(made.home)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, lives[-3:]
    return lives


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    return tmp_path


def test_workers_killed_at_200_random_instants_leave_everything_done_once(
    home: Path, database: Database
) -> None:
    kills = int(os.environ.get("RISTORO_TEST_KILLS", KILLS))
    with programme(home, 15 * kills) as made:
        runs.begin(made.run, NOW)
        runs.set_rate(made.run, 8, NOW)  # or the run would be done before the last kill
        lives = raised(made, database, "instants", str(kills), "2023")
        assert sum(life.get("killed", False) for life in lives) == kills
        assert_once(made)


def test_workers_killed_before_and_after_every_step_leave_everything_done_once(
    home: Path, database: Database
) -> None:
    with programme(home, 800) as made:
        runs.begin(made.run, NOW)
        lives = raised(made, database, "boundaries")
        assert [life for life in lives[:-1] if not life["killed"]] == []
        assert len(lives) == len(BOUNDARIES) + 1
        assert_once(made)
