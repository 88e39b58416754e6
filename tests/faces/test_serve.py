"""The web process: it starts once, answers, says what is wrong, and ends when asked."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.templatetags.static import static
from tests.databases import Database, free_port

from ristoro.cli.behind import STEP, web_of
from ristoro.cli.beside import SERVED

PATIENCE = 60


@dataclass(frozen=True)
class Home:
    """A home folder and the environment of commands that work in it."""

    path: Path
    environment: dict[str, str]

    def serve(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run ``ristoro serve`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "ristoro", "serve", *options],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Iterator[Home]:
    path = tmp_path / "home"
    known = {**database.environment(), "RISTORO_HOME": str(path)}
    yield Home(path, {**known, "RISTORO_SECRET_KEY": "a key for sessions in tests"})
    web_of(path).stop()


def test_the_web_starts_behind_answers_and_stops(home: Home) -> None:
    port = str(free_port())
    started = home.serve("--background", "--port", port)
    assert started.returncode == 0, started.stderr
    assert f"http://127.0.0.1:{port}/it/" in started.stdout
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.read() == b"ok\n"
    with urlopen(f"http://127.0.0.1:{port}{static('ristoro.css')}", timeout=10) as style:
        assert style.headers["content-type"].startswith("text/css")
    web = web_of(home.path)
    assert web.running() == int(web.pid_file.read_text())
    again = home.serve("--port", port)
    assert (again.returncode, "port-taken" in again.stderr) == (2, True)
    elsewhere = home.serve("--port", str(free_port()))
    assert (elsewhere.returncode, "already-running" in elsewhere.stderr) == (2, True)
    assert web_of(home.path).stop()
    assert web.running() is None
    assert not web_of(home.path).stop()
    assert web.log.exists()


def test_a_web_without_its_secret_does_not_start(home: Home) -> None:
    without = {k: v for k, v in home.environment.items() if k != "RISTORO_SECRET_KEY"}
    refused = Home(home.path, without).serve("--port", str(free_port()))
    assert refused.returncode == 2
    assert "the secret RISTORO_SECRET_KEY is not set" in refused.stderr
    assert "ristoro init" in refused.stderr


def test_a_stale_pid_file_signals_nobody(tmp_path: Path) -> None:
    web = web_of(tmp_path)
    web.pid_file.write_text(f"{os.getpid()}\n")
    assert web.running() is None
    assert not web_of(tmp_path).stop()
    assert not web.pid_file.exists()


def beside(served: int) -> list[int]:
    """The processes of ``ristoro errands`` that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            environment = (path / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended, or is another user's
            continue
        if b"errands" in words and f"{SERVED}={served}".encode() in environment:
            found.append(int(path.name))
    return found


def ended(process: int, within: float) -> bool:
    """Whether a process ends within so many seconds."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def another(served: int, *before: int) -> int:
    """The one process that works beside it, once there is another than ``before``."""
    deadline = time.monotonic() + PATIENCE
    while not (found := [one for one in beside(served) if one not in before]):
        assert time.monotonic() < deadline
        assert not ended(served, STEP)
    [one] = found
    return one


def test_what_works_beside_it_has_a_successor_and_ends_with_it_however_it_ends(
    home: Home,
) -> None:
    assert home.serve("--background", "--port", str(free_port())).returncode == 0
    served = web_of(home.path).running()
    assert served is not None
    first = another(served)
    os.kill(first, signal.SIGKILL)
    second = another(served, first)
    os.kill(served, signal.SIGKILL)
    assert ended(second, PATIENCE)
    assert beside(served) == []
